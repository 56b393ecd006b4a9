// TreeWriter: changes to one bucket's tree of pages in a write transaction.
//
// A page is copied to a draft when it is first changed, with all pages above
// it (copy on write), and its place in the file becomes pending. A page that is
// too full is split as soon as the left half can be filled as it should; pages
// that became too empty are merged when the transaction settles, before it is
// written. Both by bbolt's rules (node.splitIndex, node.rebalance), so that
// files look like bbolt's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <rebolt/result.hpp>

#include "engine/changes.hpp"
#include "engine/free_pages.hpp"
#include "engine/search.hpp"
#include "engine/snapshot.hpp"

namespace rebolt::engine {

class TreeWriter {
public:
    TreeWriter(Snapshot& snapshot, OpenBucket& bucket) noexcept;

    /// Finds where `key` is or belongs.
    Result<void> find(std::string_view key, Search& search) const;
    /// Puts an element where find() of its key led, in place of the one there
    /// if it is exact. `value` may view the transaction's own bytes.
    Result<void> put(Search& search, std::string_view key, std::string_view value,
                     std::uint32_t flags);
    /// Puts an element behind all others, if the last change was here and put the
    /// one before it, and its page has room; else does nothing and returns false.
    /// Cost: O(1): loading sorted keys needs no search.
    bool append(std::string_view key, std::string_view value);
    /// Removes the element that find() led to exactly.
    Result<void> erase(Search& search);
    /// Merges what became too empty, and names each changed page by its first
    /// key in the page above it.
    Result<void> settle();

private:
    [[nodiscard]] Draft& at(PageId page) const noexcept { return drafts_.at(page); }
    [[nodiscard]] bool is_overfull(const Draft& page) const noexcept;
    [[nodiscard]] bool is_due_for_split(const Draft& page) const noexcept;
    [[nodiscard]] bool is_due_for_merge(PageId page) const noexcept;
    Result<PageId> copy(PageId page);
    Result<void> own(Search& search);
    void lower_separators(const Search& search, std::string_view key);
    [[nodiscard]] bool is_crowded(const Search& search) const noexcept;
    Result<void> split_crowded(Search& search, std::string_view key);
    void split_where_overfull(const Search& search);
    void note_last_leaf(const Search& search);
    [[nodiscard]] std::optional<std::size_t> index_at_fill(const Draft& page) const noexcept;
    [[nodiscard]] std::size_t split_index(const Draft& page) const noexcept;
    void split_child(Draft& parent, std::size_t index);
    void grow_root();
    void shrink_root();
    void put_branch_above_root();
    void make_way_for_huge(Search& search, std::string_view key);
    [[nodiscard]] Error fail(PageId page, const format::Fault& fault) const;
    [[nodiscard]] Item separator(const Search& search, std::size_t level) const noexcept;
    Result<void> settle_below(Draft& branch);
    Result<void> merge_children(Draft& branch);
    Result<void> merge(Draft& branch, std::size_t left);

    Snapshot& snapshot_;
    Changes& changes_;
    Drafts& drafts_;
    OpenBucket& bucket_;
    bool is_settling_ = false;
};

/// Gives up the pages that a transaction does not need any more. Fails, when
/// one of them is free already, with page_reachable_but_free.
Result<void> give_up(Snapshot& snapshot, const PageRun& run, const BucketName* bucket);

} // namespace rebolt::engine
