#include "io/bytes_to_map.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/try.hpp"
#include "io/page_size.hpp"

namespace rebolt::io {
namespace {

constexpr std::uint64_t unit_bytes = 65536; // no page is larger
constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

constexpr std::uint64_t product(std::uint64_t left, std::uint64_t right) noexcept {
    return right != 0 && left > most / right ? most : left * right;
}

} // namespace

std::uint64_t bytes_of_metas(Bytes head) noexcept {
    const std::uint32_t page_size = find_page_size(head).bytes;
    std::uint64_t pages = 0;
    for_each_meta(head, page_size, [&](const format::MetaView& meta) {
        if (!meta.validate())
            pages = std::max(pages, meta.fields().high_water_mark);
    });
    return product(pages, page_size);
}

Result<std::uint64_t> bytes_to_map(const File& file, std::uint64_t size) {
    if (size <= mapped_whole_bytes)
        return size;
    std::vector<std::byte> head(metas_bytes_max);
    head.resize(TRY(file.read_at(0, head)));
    const std::uint64_t data_end = TRY(file.data_end_bytes());
    const std::uint64_t free_bytes_max =
        product(data_end, find_page_size(head).bytes / sizeof(std::uint64_t));
    const std::uint64_t claimed = std::min(bytes_of_metas(head), free_bytes_max);
    const std::uint64_t end = std::max({data_end, claimed, mapped_whole_bytes});
    return end >= size ? size : std::min(size, (end + unit_bytes - 1) / unit_bytes * unit_bytes);
}

} // namespace rebolt::io
