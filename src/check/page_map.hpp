// What each page is: one byte a page, for the whole check.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include <rebolt/id.hpp>
#include <rebolt/result.hpp>

namespace rebolt::check_walk {

/// The part that a page plays in the tree that claimed it first.
enum class Role : std::uint8_t { none, meta, freelist, branch, leaf, overflow, damaged };

struct UnmapCells {
    std::uint64_t bytes = 0;
    void operator()(std::atomic<std::uint8_t>* cells) const noexcept;
};

/// A byte a page below the high water mark: the role in the current tree in
/// the low three bits, marks above. Pages are claimed with an atomic or, so
/// that several threads may walk one tree.
class PageMap {
public:
    enum Mark : std::uint8_t {
        free = 0x08,          ///< on the current freelist
        in_previous = 0x10,   ///< claimed by the other meta's tree
        previous_free = 0x20, ///< on the other meta's freelist
        tainted = 0x40,       ///< a finding in it or below it
        by_cause = 0x80,      ///< claimed below a page that was put off
    };
    static constexpr std::uint8_t role_bits = 0x07;

    /// Errors: out_of_memory. Memory: `page_count` bytes, zero at first.
    static Result<PageMap> create(std::uint64_t page_count);

    [[nodiscard]] std::uint64_t page_count() const noexcept { return page_count_; }
    [[nodiscard]] std::uint8_t at(PageId id) const noexcept {
        return cells_[number(id)].load(std::memory_order_relaxed);
    }
    [[nodiscard]] Role role(PageId id) const noexcept {
        return static_cast<Role>(at(id) & role_bits);
    }
    [[nodiscard]] bool has(PageId id, Mark mark) const noexcept { return (at(id) & mark) != 0; }
    void set(PageId id, Mark mark) noexcept {
        cells_[number(id)].fetch_or(mark, std::memory_order_relaxed);
    }
    /// Gives a page its role, if it has none yet. Returns the byte before.
    std::uint8_t claim(PageId id, Role role) noexcept {
        auto& cell = cells_[number(id)];
        std::uint8_t before = cell.load(std::memory_order_relaxed);
        while ((before & role_bits) == 0 &&
               !cell.compare_exchange_weak(
                   before, static_cast<std::uint8_t>(before | static_cast<std::uint8_t>(role)),
                   std::memory_order_relaxed)) {
        }
        return before;
    }
    /// The page turned out not to be what it was claimed as.
    void set_damaged(PageId id) noexcept;
    /// Takes all roles of trees back (not those of metas and freelists), for a
    /// second walk.
    void forget_trees() noexcept;
    /// How many pages below `end` have each byte value. Cost: O(pages).
    [[nodiscard]] std::array<std::uint64_t, 256> histogram(std::uint64_t end) const noexcept;

private:
    PageMap() = default;

    std::unique_ptr<std::atomic<std::uint8_t>[], UnmapCells> cells_;
    std::uint64_t page_count_ = 0;
};

} // namespace rebolt::check_walk
