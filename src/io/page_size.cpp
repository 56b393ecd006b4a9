#include "io/page_size.hpp"

#include <algorithm>

#include <rebolt/format.hpp>

namespace rebolt::io {
namespace {

constexpr std::uint32_t default_page_size = 4096;
constexpr std::uint64_t pages_sampled = 1024;

// The page size that a valid meta at `offset` names, or 0.
std::uint32_t valid_meta_page_size(Bytes file, std::uint64_t offset) noexcept {
    if (offset >= file.size())
        return 0;
    const auto meta = format::MetaView::of(file.subspan(offset));
    if (!meta || meta->validate())
        return 0;
    return format::is_page_size(meta->fields().page_size) ? meta->fields().page_size : 0;
}

// How many of the first pages, cut at `size`, carry their own number and a
// type. Page 0 says nothing: zeros carry the number 0 too.
std::uint64_t pages_in_place(Bytes file, std::uint32_t size) noexcept {
    const std::uint64_t count = std::min<std::uint64_t>(file.size() / size, pages_sampled);
    std::uint64_t in_place = 0;
    for (std::uint64_t id = 1; id < count; ++id) {
        const auto header = load<format::PageHeader>(file.data() + id * size);
        if (header.id == id && header.type() != format::PageType::unknown)
            ++in_place;
    }
    return in_place;
}

} // namespace

PageSize find_page_size(Bytes file) noexcept {
    if (const std::uint32_t bytes = valid_meta_page_size(file, 0))
        return {bytes, PageSizeOrigin::meta0};
    for (unsigned i = 0; i <= 14; ++i)
        if (const std::uint32_t bytes = valid_meta_page_size(file, std::uint64_t{1024} << i))
            return {bytes, PageSizeOrigin::meta1};
    // bbolt does not probe at 512, though it writes such files.
    if (const std::uint32_t bytes = valid_meta_page_size(file, 512); bytes == 512)
        return {bytes, PageSizeOrigin::guessed};
    PageSize best{default_page_size, PageSizeOrigin::unknown};
    std::uint64_t most = 0;
    for (std::uint32_t size = format::page_size_min; size <= format::page_size_max; size *= 2) {
        const std::uint64_t in_place = pages_in_place(file, size);
        if (in_place > most) {
            most = in_place;
            best = {size, PageSizeOrigin::guessed};
        }
    }
    return best;
}

} // namespace rebolt::io
