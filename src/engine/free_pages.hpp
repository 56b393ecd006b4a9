// FreePages: which pages a writer may use (bbolt: freelist).
//
// A bit a page, so memory and the cost of listing depend on the size of the
// database, never on the order in which pages became free. A page that a
// transaction freed is *pending* until nobody can read it any more: no reader
// of an older state, and not the state that the other meta names, so that both
// metas' trees stay whole (bbolt keeps only the newest). That ends with the
// handle: what the file lists as free when it is opened can be used at once.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <vector>

#include <rebolt/options.hpp>

namespace rebolt::engine {

/// A run of pages.
struct PageRun {
    std::uint64_t first;
    std::uint64_t count;

    [[nodiscard]] auto pages() const { return std::views::iota(first, first + count); }
};

class FreePages {
public:
    explicit FreePages(FreelistType type = FreelistType::array) : type_(type) {}

    /// Marks a page free, when loading. False if it is marked already.
    bool add(std::uint64_t page);
    /// Takes a run of `count` pages, or nothing if there is none. Cost:
    /// O(1) amortised for runs of one; else at most a bit a page of the file.
    [[nodiscard]] std::optional<std::uint64_t> take(std::uint64_t count);
    /// Gives back what take() gave.
    void give_back(const PageRun& run);

    /// True if the page is free or pending: nothing may lead to it.
    [[nodiscard]] bool contains(std::uint64_t page) const noexcept {
        return is_set(free_, page) || is_set(pending_, page);
    }
    /// Transaction `txid` does not use these pages any more. False, and nothing
    /// changed, if one of them is free or pending already.
    bool set_pending(std::uint64_t txid, const PageRun& run);
    /// The transaction failed: its pages are in use as before.
    void forget_pending(std::uint64_t txid);
    /// What transactions up to `txid` freed is free now.
    void release(std::uint64_t txid);

    [[nodiscard]] std::uint64_t free_count() const noexcept { return free_count_; }
    [[nodiscard]] std::uint64_t pending_count() const noexcept { return pending_count_; }
    /// Calls visit(page) for each free and each pending page, ascending.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t word = 0; word < std::max(free_.size(), pending_.size()); ++word) {
            std::uint64_t bits = (word < free_.size() ? free_[word] : 0) |
                                 (word < pending_.size() ? pending_[word] : 0);
            if (~bits == 0) { // most words of a large list
                for (unsigned bit = 0; bit < 64; ++bit)
                    visit(word * 64 + bit);
                continue;
            }
            for (; bits != 0; bits &= bits - 1)
                visit(word * 64 + static_cast<unsigned>(std::countr_zero(bits)));
        }
    }

private:
    using Bits = std::vector<std::uint64_t>;

    [[nodiscard]] static bool is_set(const Bits& bits, std::uint64_t page) noexcept {
        return page / 64 < bits.size() && (bits[page / 64] >> (page % 64) & 1U) != 0;
    }
    static void set(Bits& bits, std::uint64_t page);
    static void clear(Bits& bits, std::uint64_t page) noexcept {
        bits[page / 64] &= ~(std::uint64_t{1} << (page % 64));
    }
    void set_free(std::uint64_t page);
    [[nodiscard]] std::optional<std::uint64_t> find(std::uint64_t from, std::uint64_t end,
                                                    std::uint64_t count) const noexcept;

    FreelistType type_;
    Bits free_;
    Bits pending_;
    std::uint64_t free_count_ = 0;
    std::uint64_t pending_count_ = 0;
    std::map<std::uint64_t, std::vector<PageRun>> pending_of_;
    /// array: no run of `count` free pages begins below from_[min(count, size) − 1].
    std::vector<std::uint64_t> from_ = std::vector<std::uint64_t>(16, 0);
    std::uint64_t next_ = 0; ///< hashmap: where the search goes on
};

} // namespace rebolt::engine
