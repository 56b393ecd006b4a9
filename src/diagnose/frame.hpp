// Lines of a goroutine's stack.
#pragma once

#include <optional>
#include <string_view>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

/// `goroutine 1 [running]:`.
struct GoroutineHeader {
    std::uint64_t number;
    std::string_view state;
};
[[nodiscard]] std::optional<GoroutineHeader> goroutine_header(std::string_view line) noexcept;
/// Cost: O(1).
[[nodiscard]] bool starts_with_goroutine_header(std::string_view text) noexcept;

/// `go.etcd.io/bbolt.(*Cursor).first(0xc002bfcda0)`: a call, without its place.
[[nodiscard]] std::optional<Frame> frame_of(std::string_view line);

/// `<tab>/usr/src/db.go:933 +0x1f`: the place of the call above it. Sets
/// `frame`'s file and line; false if the line is none.
bool take_place(std::string_view line, Frame& frame);

/// `go.etcd.io/bbolt` of `go.etcd.io/bbolt.(*Cursor).first`.
[[nodiscard]] std::string_view package_of(const Frame& frame) noexcept;

} // namespace rebolt::diagnose
