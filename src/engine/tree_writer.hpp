// TreeWriter: changes to one bucket's tree of pages in a write transaction.
//
// A page becomes a dirty page when it is first changed, with all pages above it
// (copy on write), and its old place in the file becomes pending. A page that is
// too full is split as soon as the left half can be filled as it should; pages
// that became too empty are merged before the commit writes them (rebalance). Both by bbolt's rules
// (node.splitIndex, node.rebalance), so that files look like bbolt's own.
//
// In one thing it departs from them. A page is written as a whole, and bbolt puts two
// elements at least on each leaf: a value of 4 KiB has two or three others written with it.
// A value that fills half a page gets a leaf of its own here, unless it goes behind all
// others, where bbolt's way costs nothing. bbolt reads such leaves, and keeps them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <rebolt/result.hpp>

#include "engine/changes.hpp"
#include "engine/free_pages.hpp"
#include "engine/search.hpp"
#include "engine/transaction_state.hpp"

namespace rebolt::engine {

// bbolt: common.MinKeysPerPage; a page is split into two of at least these.
inline constexpr std::size_t split_keys_min = 2;
// A page's count has 16 bits, and bbolt panics when it would write all ones.
inline constexpr std::size_t elements_max = 0xFFFE;
// No page with this many was written by bbolt or by us, but one may be read: it is
// split before anything is added, so that no page ever comes near to elements_max.
inline constexpr std::size_t crowded_count = 0x2000;
// Positions in a page are 32 bits: no page may come near to that.
inline constexpr std::uint64_t huge_page_bytes = std::uint64_t{1} << 30;

class TreeWriter {
public:
    TreeWriter(TransactionState& state, OpenBucket& bucket) noexcept;

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
    Result<void> rebalance();

private:
    [[nodiscard]] DirtyPage& at(PageId page) const noexcept { return dirty_.at(page); }
    [[nodiscard]] bool is_overfull(const DirtyPage& page) const noexcept;
    [[nodiscard]] bool is_due_for_split(const DirtyPage& page) const noexcept;
    [[nodiscard]] bool is_due_for_merge(PageId page) const noexcept;
    /// What becomes of the leaf that a search ended at.
    enum class LeafUse : std::uint8_t {
        copy,    ///< it becomes a dirty page
        discard, ///< an empty dirty page takes its place
        keep,    ///< it stays as it is: only the pages above it change
    };

    Result<PageId> copy(PageId page);
    Result<PageId> discard(PageId page, const Node& leaf);
    Result<void> make_writable(Search& search, LeafUse use);
    Result<void> judge_place(const Search& search, std::size_t level, const Node& page,
                             std::optional<std::string_view> below) const;
    [[nodiscard]] bool is_behind_all(const Search& search) const noexcept;
    [[nodiscard]] bool may_stand_alone(const Search& search, std::uint64_t bytes) const noexcept;
    Result<void> put_beside(Search& search, const Item& item);
    void lower_separators(const Search& search, std::string_view key);
    [[nodiscard]] bool is_crowded(std::span<const PageId> pages) const noexcept;
    Result<void> split_crowded(Search& search, std::string_view key);
    void split_where_overfull(const Search& search);
    void note_last_leaf(const Search& search);
    [[nodiscard]] std::optional<std::size_t> index_at_fill(const DirtyPage& page) const noexcept;
    [[nodiscard]] std::size_t split_index(const DirtyPage& page) const noexcept;
    void split_child(DirtyPage& parent, std::size_t index);
    void grow_root();
    void shrink_root();
    void put_branch_above_root();
    void make_way_for_huge(Search& search, std::string_view key);
    [[nodiscard]] Error fail(PageId page, const format::Fault& fault) const;
    [[nodiscard]] Item separator(const Search& search, std::size_t level) const noexcept;
    Result<void> rebalance_below(DirtyPage& branch);
    Result<void> merge_children(DirtyPage& branch);
    Result<void> merge(DirtyPage& branch, std::size_t left);

    TransactionState& state_;
    Changes& changes_;
    DirtyPages& dirty_;
    OpenBucket& bucket_;
    bool is_rebalancing_ = false;
};

/// Gives up the pages that a transaction does not need any more. Fails, when
/// one of them is free already, with page_reachable_but_free.
Result<void> free_after_commit(TransactionState& state, const PageRun& run,
                               const BucketName* bucket);

} // namespace rebolt::engine
