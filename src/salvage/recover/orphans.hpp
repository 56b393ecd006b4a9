// Orphans: pages of the newest state that nothing leads to any more are put
// into the holes that they fell out of.
#pragma once

#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "salvage/recover/account.hpp"
#include "salvage/recover/tree_keeper.hpp"

namespace rebolt::salvage {

/// The keys from `first` to `last`: a part of a hole that is known again.
struct Stretch {
    std::string_view first;
    std::string_view last;
};

class Orphans {
public:
    /// Told of each element, and whether a hole proves its place.
    using Sink = std::function<Result<bool>(const Kept&, bool has_hole)>;
    Orphans(Ground& ground, const Account& account, Sink sink);

    /// Places every orphan that belongs to one hole without doubt, and what it
    /// leads to. Errors: the sink's.
    Result<void> place();
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

    [[nodiscard]] std::vector<Top> find_tops() const;
    [[nodiscard]] std::optional<Top> top_at(PageId page) const;
    void find_buckets_with_buckets();
    [[nodiscard]] bool fits(const Hole& hole, const Top& top) const;
    [[nodiscard]] bool may_hide_buckets(const Hole& hole) const;
    [[nodiscard]] std::optional<std::size_t> hole_for(const Top& top) const;
    [[nodiscard]] std::optional<std::size_t> hole_in(BucketId bucket, const Top& top) const;
    [[nodiscard]] bool is_of_unknown_kind(const Hole& hole) const;
    void find_likely_branches(const std::vector<Top>& tops);
    [[nodiscard]] bool overlaps(std::size_t hole, const Stretch& keys) const;
    Result<void> put(const Top& top, BucketId bucket, const KeyRange& range, std::size_t hole);

    Ground& ground_;
    const Account& account_;
    TreeKeeper keeper_;
    std::size_t hole_ = 0;            ///< that is being filled; behind the last: none
    std::set<BucketId> with_buckets_; ///< buckets that are known to hold buckets
    std::multimap<BucketId, std::size_t> holes_of_;
    std::map<std::size_t, std::vector<Stretch>> covered_; ///< by hole
    std::set<std::size_t> likely_branches_; ///< holes of unknown kind that were branches
    std::size_t hiding_ = 0;                ///< holes that may have held whole buckets
    std::size_t unknown_ = 0;               ///< holes of unknown kind
    bool share_keys_ = false;               ///< keys of one bucket are between another's
    std::vector<PageId> left_over_;
};

} // namespace rebolt::salvage
