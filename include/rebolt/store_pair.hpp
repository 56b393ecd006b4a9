// Pairs of a store: of one's own, as views, and as a list in one block of memory.
// Read rebolt/store.hpp first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::store {

/// A pair whose bytes are another's: valid as long as that one says.
struct PairView {
    std::string_view key;
    std::string_view value;
    std::uint64_t last_index = 0;
    bool operator==(const PairView&) const = default;
};

struct KeyValue {
    std::string key;
    std::string value;
    /// Of this key's last write; what compare-and-swap compares. bolt: libkv's
    /// counter; etcd: the revision of the last change.
    std::uint64_t last_index = 0;
    bool operator==(const KeyValue&) const = default;

    [[nodiscard]] PairView view() const noexcept { return {key, value, last_index}; }
    [[nodiscard]] static KeyValue copy_of(const PairView& pair) {
        return {std::string(pair.key), std::string(pair.value), pair.last_index};
    }
};

/// What list() found, in key order. Its views are valid as long as it is, also
/// when it is moved. Few allocations, however many pairs.
class PairList {
public:
    void add(const PairView& pair);

    [[nodiscard]] std::size_t size() const noexcept { return pairs_.size(); }
    [[nodiscard]] bool empty() const noexcept { return pairs_.empty(); }
    [[nodiscard]] const PairView& operator[](std::size_t index) const { return pairs_[index]; }
    [[nodiscard]] auto begin() const noexcept { return pairs_.begin(); }
    [[nodiscard]] auto end() const noexcept { return pairs_.end(); }

private:
    std::vector<PairView> pairs_;
    std::vector<std::unique_ptr<char[]>> blocks_; ///< their bytes
    std::size_t block_bytes_ = 0;                 ///< of the last block
    std::size_t used_bytes_ = 0;                  ///< of these
};

} // namespace rebolt::store
