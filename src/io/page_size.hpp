// Finding the page size of a file whose metas may be unusable.
#pragma once

#include <cstdint>

#include <rebolt/bytes.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt::io {

struct PageSize {
    std::uint32_t bytes;
    PageSizeOrigin origin;
};

/// As bbolt: from meta 0 at byte 0; else from the first valid meta at
/// 1024 << i, i = 0 … 14. Beyond bbolt, with no valid meta: the size at which
/// most pages carry their own number. Cost: O(1): at most 1024 pages a size.
[[nodiscard]] PageSize find_page_size(Bytes file) noexcept;

} // namespace rebolt::io
