// HoleFiller: fills holes with what older states and donors still have.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "salvage/recover/entry_writer.hpp"
#include "salvage/recover/stretch.hpp"
#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {

class HoleFiller {
public:
    HoleFiller(Context& context, EntryWriter& entries)
        : context_(context), entries_(entries), walk_(context, WalkMode::fill),
          asked_(context.orphans_of.end()) {}

    /// Lists all sound leaves that are not used, by bucket and first key.
    void prepare();
    /// Fills one hole: first from the state before, then from older pages.
    Result<void> fill(std::size_t hole, const std::vector<Stretch>& covered);
    /// Fills it from a donor's tree, as far as that can be read.
    Result<void> fill_from_donor(std::size_t hole, const DB& donor, std::size_t index,
                                 const std::vector<Stretch>& covered);
    /// Adds what the output does not have of one leaf.
    Result<void> add_leaf(BucketId bucket, PageId page);

private:
    Result<bool> keep(const Kept& element);
    Result<void> keep_leaf(BucketId bucket, PageId page, const KeyRange& range);
    Result<void> fill_with(std::size_t hole, PageId page);
    [[nodiscard]] bool is_in_newer_leaf(const Kept& element);
    void note_ages(const Hole& hole, PageId page);
    [[nodiscard]] bool is_outdated(const Kept& element) const;
    Result<void> copy_donors_bucket(const Bucket& from, std::vector<std::string>& path,
                                    std::size_t donor);
    [[nodiscard]] std::span<const PageId> leaves_of(const Hole& hole) const;
    [[nodiscard]] bool may_be_of(const Hole& hole, PageId page) const;

    Context& context_;
    EntryWriter& entries_;
    TreeWalk walk_;
    std::vector<std::string> asked_path_{
        std::string(1, char{})}; ///< the bucket that was asked for last
    std::map<BucketId, std::vector<Stretch>>::const_iterator asked_;
    std::vector<PageId> leaves_;   ///< by home, then by first key
    std::vector<Stretch> covered_; ///< by pages of the newest state, in order
    std::vector<Stretch> known_;   ///< by pages of the state before, in order
    /// Of the keys in this hole, the newest age that an older page has.
    std::map<std::string_view, std::uint64_t> newest_;
    BucketId only_ = no_bucket; ///< the one bucket with pages, if there is but one
    std::size_t hole_ = 0;
    std::size_t depth_ = 0; ///< of the hole's bucket
};

} // namespace rebolt::salvage
