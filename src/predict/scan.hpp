// A program that reads every key of every bucket with Tx.ForEach and
// Bucket.ForEach, as any dump or copy does.
#pragma once

#include "predict/bucket.hpp"
#include "predict/fnv.hpp"

namespace rebolt::predict {

class Scan {
public:
    explicit Scan(Store& store) : store_(&store) {}

    Done run();

    [[nodiscard]] std::uint64_t entries() const noexcept { return entries_; }
    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_.value(); }

private:
    Done walk(Bucket& bucket, bool is_root);
    Done show(Bucket& bucket, const Entry& entry, bool is_root);
    Done show_text(const Text& text);

    Store* store_;
    Fnv hash_;
    std::uint64_t entries_ = 0;
    std::vector<std::uint64_t> roots_; ///< of the buckets that are open
};

} // namespace rebolt::predict
