// A file that is opened to be changed in place: locked, with an undo file of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/result.hpp>

#include "io/file.hpp"
#include "io/file_writer.hpp"
#include "io/lock.hpp"

namespace rebolt::salvage {

struct OpenedInPlace {
    std::shared_ptr<const io::File> file;
    io::FileWriter writer;
    std::uint64_t size_bytes;
};

/// Opens and locks an existing file; creates none. Errors: file_not_found,
/// permission_denied, lock_timeout, io.
[[nodiscard]] Result<OpenedInPlace> open_in_place(const std::string& path, io::LockMode mode,
                                                  std::optional<std::chrono::milliseconds> timeout);

/// Up to `count` bytes at `offset`; fewer at the file's end. Errors: io.
[[nodiscard]] Result<std::vector<std::byte>> read_range(const io::File& file, std::uint64_t offset,
                                                        std::size_t count);

} // namespace rebolt::salvage
