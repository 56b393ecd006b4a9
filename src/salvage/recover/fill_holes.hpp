// FillHoles: what no page of the newest state fills comes from the state before,
// then from older pages, then from donors.
#pragma once

#include "salvage/recover/hole_filler.hpp"
#include "salvage/recover/place_orphans.hpp"

namespace rebolt::salvage {

class FillHoles {
public:
    FillHoles(Context& context, EntryWriter& entries, const PlaceOrphans& orphans)
        : context_(context), entries_(entries), orphans_(orphans), filler_(context, entries) {}

    /// Fills some more holes; false when all are. Errors: the writer's, cancelled.
    Result<bool> step();
    [[nodiscard]] std::uint64_t holes_done() const noexcept { return next_hole_; }
    /// Nothing of this hole is missing.
    [[nodiscard]] bool is_found_again(std::size_t hole) const;

private:
    void prepare();
    Result<void> fill(std::size_t hole);
    void add_holes_of_lost_buckets();
    [[nodiscard]] bool may_have_been_lost(BucketId bucket) const;
    Result<void> add_other_state();

    Context& context_;
    EntryWriter& entries_;
    const PlaceOrphans& orphans_;
    HoleFiller filler_;
    bool has_begun_ = false;
    bool has_looked_for_lost_buckets_ = false;
    bool has_added_other_ = false;
    std::uint64_t pages_missing_ = 0;
    std::size_t next_hole_ = 0;
};

} // namespace rebolt::salvage
