// bbolt's Tx.Check, with its order, its words and its blind spots.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "predict/bucket.hpp"
#include "predict/fnv.hpp"

namespace rebolt::predict {

class Checker {
public:
    explicit Checker(Store& store) : store_(&store) {}

    /// Tx.check, all of it, with the freelist loaded.
    Done run();
    /// What DB.freepages does of it: the first problem is a panic.
    Done find_reachable();

    [[nodiscard]] std::uint64_t problems() const noexcept { return problems_; }
    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_.value(); }
    [[nodiscard]] const std::string& first() const noexcept { return first_; }
    [[nodiscard]] bool is_reachable(std::uint64_t id) const { return reachable_.contains(id); }

private:
    Done problem(std::string text);
    Done reach_freelist();
    Done check_bucket(Bucket& bucket);
    Done check_pages(std::uint64_t root);
    Done check_page(const Page& page);
    Done check_loop(std::uint64_t id);
    Done check_entries(Bucket& bucket);
    Done check_unreachable();
    /// recursivelyCheckPages of 1.3.7 and later. Returns the subtree's last key.
    Ended<Text> check_keys(std::uint64_t id, const Text& least, const Text& beyond);
    Ended<Text> check_branch_keys(const Page& page, const Text& least, const Text& beyond);
    struct KeyPlace {
        std::uint64_t page;
        const char* type;
        std::uint64_t index;
    };
    Done check_key(const KeyPlace& place, const Text& key, const Text& previous,
                   const Text& beyond);
    /// ` (stack: [1 2])` where the release says it.
    [[nodiscard]] std::string stack_text() const;
    Ended<std::string> hex(const Text& text) const;

    Store* store_;
    bool panics_ = false;
    std::unordered_set<std::uint64_t> freed_;
    std::unordered_set<std::uint64_t> reachable_;
    std::vector<std::uint64_t> path_;  ///< pages from a bucket's root down
    std::vector<std::uint64_t> roots_; ///< of the buckets that are open
    std::uint64_t problems_ = 0;
    std::string first_;
    Fnv hash_;
};

/// DB.freepages: what the tree does not lead to.
Ended<std::vector<std::uint64_t>> free_pages_by_tree(Store& store);

} // namespace rebolt::predict
