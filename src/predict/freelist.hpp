// bbolt's freelist, of its default type `array`: what is free, what a commit
// frees, and what it panics at.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "predict/ending.hpp"

namespace rebolt::predict {

struct Page;

class Freelist {
public:
    /// As read: sorted, with whatever is in it.
    void set(std::vector<std::uint64_t> ids);

    /// freelist.allocate. 0: no run so long.
    Ended<std::uint64_t> allocate(std::uint64_t pages);
    /// freelist.free of a page with its overflow pages.
    Done free(const Page& page);
    /// What earlier commits freed may be used: nobody reads.
    void release();

    [[nodiscard]] const std::vector<std::uint64_t>& ids() const noexcept { return ids_; }
    /// Free and freed by this commit.
    [[nodiscard]] std::uint64_t count() const noexcept { return ids_.size() + pending_.size(); }
    /// Bytes of the page that holds it.
    [[nodiscard]] std::uint64_t bytes() const noexcept;

private:
    std::vector<std::uint64_t> ids_;
    std::unordered_set<std::uint64_t> cache_;
    std::vector<std::uint64_t> pending_;
};

class Store;

/// DB.loadFreelist: from its page, or, where none is stored, from the tree.
Done load_freelist(Store& store);

} // namespace rebolt::predict
