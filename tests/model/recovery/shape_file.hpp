// Sound files with a history, made by the real bbolt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "live_tree.hpp"
#include "states.hpp"

namespace rebolt::test {

/// What is promised of a shape's files is the group's.
enum class ShapeGroup : std::uint8_t {
    docker,
    etcd,
    nested,
    plain,
    owner, ///< of another program whose layout is known
};

/// `docker`, `etcd`, …
[[nodiscard]] std::string_view name_of(ShapeGroup group) noexcept;

struct Shape {
    const char* name; ///< as bboltpeer's build-shape knows it
    ShapeGroup group;
};

[[nodiscard]] std::span<const Shape> all_shapes() noexcept;

struct ShapeFile {
    const Shape* shape;
    std::uint64_t seed;
    std::vector<std::byte> bytes;
    std::unique_ptr<States> states;
    LiveTree tree; ///< of `bytes`
    /// The file after each of its last commits, the oldest first; the last is `bytes`.
    std::vector<std::vector<std::byte>> history;
};

/// Builds bboltpeer if need be, and with it the file; all are kept, with REBOLT_SHAPES=folder
/// there, for the next run too. Ends the test program if that does not work.
[[nodiscard]] const ShapeFile& shape_file(const Shape& shape, std::uint64_t seed);

/// Where bboltpeer is; builds it if need be.
[[nodiscard]] const std::string& peer_program();

} // namespace rebolt::test
