// How much of a large file is mapped: a sparse one may claim more bytes than an
// address space or a walk can take.
#pragma once

#include <cstdint>

#include <rebolt/bytes.hpp>
#include <rebolt/format.hpp>
#include <rebolt/result.hpp>

#include "io/file.hpp"

namespace rebolt::io {

/// Where bbolt's metas lie, whatever the page size: in so many first bytes.
inline constexpr std::uint64_t metas_bytes_max = std::uint64_t{2} * format::page_size_max;

/// The bytes below the highest high water mark of the valid metas in `head`; 0 if
/// none is valid. May be more than the file has. Cost: O(1).
[[nodiscard]] std::uint64_t bytes_of_metas(Bytes head) noexcept;

/// The bytes of a file of `size` that a database can lie in: all of a file up to
/// 1 GiB; of a larger one all data, and what its metas claim of the hole behind, as
/// far as that can be true: a free page takes 8 bytes of the freelist. Errors: io.
/// Cost: O(holes).
[[nodiscard]] Result<std::uint64_t> bytes_to_map(const File& file, std::uint64_t size);

} // namespace rebolt::io
