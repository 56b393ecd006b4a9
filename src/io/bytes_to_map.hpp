// How much of a large file is mapped: a sparse one may claim more bytes than an
// address space or a walk can take.
#pragma once

#include <cstdint>

#include <rebolt/bytes.hpp>
#include <rebolt/format.hpp>
#include <rebolt/result.hpp>

#include "io/file.hpp"

namespace rebolt::io {

/// A file up to this size is mapped whole, whatever lies in it.
inline constexpr std::uint64_t mapped_whole_bytes = std::uint64_t{1} << 30U;

/// Where bbolt's metas lie, whatever the page size: in so many first bytes.
inline constexpr std::uint64_t metas_bytes_max = std::uint64_t{2} * format::page_size_max;

/// Visits a meta, valid or not, in each of the two places where metas are.
template <class Visit>
void for_each_meta(Bytes file, std::uint32_t page_size, Visit visit) {
    for (const std::uint64_t begin : {std::uint64_t{0}, std::uint64_t{page_size}}) {
        if (begin >= file.size())
            return;
        if (const auto meta = format::MetaView::of(file.subspan(begin)))
            visit(*meta);
    }
}

/// The bytes below the highest high water mark of the valid metas in `head`; 0 if
/// none is valid. May be more than the file has. Cost: O(1).
[[nodiscard]] std::uint64_t bytes_of_metas(Bytes head) noexcept;

/// The bytes of a file of `size` that a database can lie in: all of a file up to
/// 1 GiB; of a larger one all data, and what its metas claim of the hole behind, as
/// far as that can be true: a free page takes 8 bytes of the freelist. Errors: io.
/// Cost: O(holes).
[[nodiscard]] Result<std::uint64_t> bytes_to_map(const File& file, std::uint64_t size);

} // namespace rebolt::io
