// carve: finds bbolt databases inside another file, such as a disk image.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <rebolt/id.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// A database that lies in one piece: open it with ReadOptions' offset_bytes and
/// length_bytes, and recover it.
struct FoundDatabase {
    std::uint64_t offset_bytes;
    std::uint64_t length_bytes; ///< up to its high water mark, or to its last page seen
    std::uint32_t page_size_bytes;
    std::optional<TxId> transaction; ///< the newest of its metas; nullopt: none is left
    std::uint64_t pages_seen;        ///< sound pages that stand where their numbers say
};

/// Looks at every byte for metas, and at every 512th for pages that carry their own
/// number. A database without a meta is found by three sound pages, where it begins
/// at a 512th byte. A file that
/// its file system keeps in several pieces is found in parts. `progress` is told
/// bytes done and bytes in all; returns false to cancel. Errors: cancelled.
/// Cost: O(bytes); memory: up to 64 MiB.
[[nodiscard]] Result<std::vector<FoundDatabase>>
find_databases(const PageSource& image,
               const std::function<bool(std::uint64_t, std::uint64_t)>& progress = nullptr);

} // namespace rebolt
