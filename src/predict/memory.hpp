// Memory as the Go process sees it: the mapped file at address 0, and behind it
// what Go itself allocated, in blocks of their own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/bytes.hpp>

#include "predict/ending.hpp"

namespace rebolt::predict {

using Address = std::uint64_t;

/// Go's slice of bytes. nil is not the same as empty.
struct Text {
    Address at = 0;
    std::uint64_t length = 0;
    bool is_nil = true;
};

class Memory {
public:
    /// `file` is mapped over `map_bytes`.
    Memory(Bytes file, std::uint64_t map_bytes) : file_(file), map_bytes_(map_bytes) {}

    void map_again(std::uint64_t map_bytes) noexcept { map_bytes_ = map_bytes; }
    [[nodiscard]] std::uint64_t map_bytes() const noexcept { return map_bytes_; }

    /// A little-endian number of 1 to 8 bytes. Panics: bad address.
    [[nodiscard]] Ended<std::uint64_t> number(Address at, unsigned bytes) const;
    /// Go's bytes.Compare: below, at or above 0.
    [[nodiscard]] Ended<int> compare(const Text& left, const Text& right) const;
    /// The bytes themselves, copied.
    [[nodiscard]] Ended<std::string> copy(const Text& text) const;
    /// Reads all of it, from its beginning on or as a copy is made.
    [[nodiscard]] Done touch(const Text& text) const;
    [[nodiscard]] Done touch_as_copied(const Text& text) const;

    /// A new block of Go's heap.
    [[nodiscard]] Text allocate(std::string bytes);
    [[nodiscard]] std::size_t block_count() const noexcept { return blocks_.size(); }
    /// Gives back the blocks allocated since.
    void release(std::size_t block_count) { blocks_.resize(block_count); }

    /// Something behind the mapping was read.
    [[nodiscard]] bool went_outside() const noexcept { return went_outside_; }

private:
    /// Bytes that stand there, then zeros, then nothing that can be read.
    struct Segment {
        Bytes bytes;
        std::uint64_t zeros;
    };
    [[nodiscard]] Segment segment_at(Address at) const;
    [[nodiscard]] std::uint64_t readable(Address at, std::uint64_t length) const;
    [[nodiscard]] Ending fault(Address at) const;

    Bytes file_;
    std::uint64_t map_bytes_;
    std::vector<std::string> blocks_;
    mutable bool went_outside_ = false;
};

/// Go's bytes.Equal: lengths first.
[[nodiscard]] inline Ended<bool> are_equal(const Memory& memory, const Text& left,
                                           const Text& right) {
    if (left.length != right.length)
        return false;
    Ended<int> order = memory.compare(left, right);
    if (!order)
        return std::move(order).error();
    return *order == 0;
}

} // namespace rebolt::predict
