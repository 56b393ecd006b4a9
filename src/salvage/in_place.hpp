// A file opened to be changed in place: locked, with its own undo file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <rebolt/edit_plan.hpp>
#include <rebolt/result.hpp>

#include "io/file.hpp"
#include "io/file_writer.hpp"
#include "io/lock.hpp"

namespace rebolt::salvage {

struct OpenedInPlace {
    std::shared_ptr<const io::File> file;
    std::shared_ptr<io::SystemCalls> calls;
    io::FileWriter writer;
    std::uint64_t size_bytes;
    std::uint32_t mode; ///< permission bits
};

/// Opens and locks what is there; makes no file. Errors: file_not_found,
/// permission_denied, lock_timeout, io.
[[nodiscard]] Result<OpenedInPlace> open_in_place(const std::string& path, io::LockMode mode,
                                                  const ApplyOptions& options);

/// Up to `count` bytes at `offset`; fewer at the file's end. Errors: io.
[[nodiscard]] Result<std::vector<std::byte>> read_range(const io::File& file, std::uint64_t offset,
                                                        std::size_t count);

} // namespace rebolt::salvage
