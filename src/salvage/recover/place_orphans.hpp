// PlaceOrphans: pages of the newest state that nothing leads to any more are put
// into the holes that they fell out of.
#pragma once

#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "salvage/recover/account.hpp"
#include "salvage/recover/entry_writer.hpp"
#include "salvage/recover/stretch.hpp"
#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {

class PlaceOrphans {
public:
    PlaceOrphans(Context& context, EntryWriter& entries)
        : context_(context), entries_(entries), account_(context, context.states.newest),
          walk_(context, WalkMode::fill) {}

    /// Places some of the orphans that belong to one hole, or to one bucket, without
    /// doubt, and what they lead to; false when all are placed or left over. Errors:
    /// the writer's, cancelled.
    Result<bool> step();
    /// What place() has put into a hole, in order of keys.
    [[nodiscard]] const std::vector<Stretch>& covered(std::size_t hole) const;
    /// Orphans that were placed by their owner's rules, into no hole, and the
    /// others, which fit nowhere or in several places. Tops only.
    [[nodiscard]] const std::vector<PageId>& left_over() const noexcept { return left_over_; }

private:
    /// An orphan that no other leads to, with all below it.
    struct Top {
        PageId page;
        PageId last_leaf; ///< the last below it; itself if it is a leaf
        Stretch keys;
        std::uint16_t height; ///< above the leaves
    };

    void prepare();
    void find_tops();
    void find_rest();
    void add_top(PageId page);
    [[nodiscard]] std::optional<Top> top_at(PageId page) const;
    void find_buckets_with_buckets();
    [[nodiscard]] bool fits(const Hole& hole, const Top& top) const;
    [[nodiscard]] bool may_hide_buckets(const Hole& hole) const;
    struct Fit {
        std::size_t hole;
        bool is_exact; ///< it begins with the very key that led there
    };
    [[nodiscard]] std::optional<Fit> hole_for(const Top& top) const;
    [[nodiscard]] std::optional<std::size_t> hole_in(BucketId bucket, const Top& top) const;
    [[nodiscard]] bool is_of_unknown_kind(const Hole& hole) const;
    void find_likely_branches();
    [[nodiscard]] bool are_parts_of_root() const;
    [[nodiscard]] bool overlaps(std::size_t hole, const Stretch& keys) const;
    Result<void> place(const Top& top);
    Result<void> put(const Top& top, BucketId bucket, const KeyRange& range, std::size_t hole);

    enum class Round : std::uint8_t { begin, tops, rest, end };

    Context& context_;
    EntryWriter& entries_;
    Account account_;
    TreeWalk walk_;
    Round round_ = Round::begin;
    std::vector<Top> tops_; ///< in order of their first keys
    std::size_t next_ = 0;
    std::set<BucketId> with_buckets_; ///< buckets that are known to hold buckets
    std::multimap<BucketId, std::size_t> holes_of_;
    std::map<std::size_t, std::vector<Stretch>> covered_; ///< by hole
    std::set<std::size_t> likely_branches_; ///< holes of unknown kind that were branches
    std::size_t hiding_ = 0;                ///< holes that may have held whole buckets
    std::size_t unknown_ = 0;               ///< holes of unknown kind
    bool share_keys_ = false;               ///< keys of one bucket are between another's
    bool are_parts_of_root_ = false;
    std::vector<PageId> left_over_;
};

} // namespace rebolt::salvage
