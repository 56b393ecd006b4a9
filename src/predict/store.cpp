#include "predict/store.hpp"

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::predict {
namespace {

constexpr std::uint64_t slice_limit = 0x7FFFFFFF; // bbolt's maxAllocSize
constexpr std::uint64_t steps_of_any_file = std::uint64_t{1} << 22U;

} // namespace

Done Store::step(std::uint64_t steps) {
    steps_ += steps;
    if (steps_ > steps_of_any_file + file_bytes_)
        return hang("it goes on for as long as it is let: pages lead to pages that it has read");
    return {};
}

Ended<Page> Store::page_at(Address at) {
    Page page;
    page.at = at;
    page.id = TRY(memory_.number(at, 8));
    page.flags = TRY(memory_.number(at + 8, 2));
    page.count = TRY(memory_.number(at + 10, 2));
    page.overflow = TRY(memory_.number(at + 12, 4));
    return page;
}

Ended<Page> Store::db_page(std::uint64_t id) {
    const std::uint64_t at = id * page_size_; // wraps as Go's does
    if (at >= map_limit)
        return index_panic(at, map_limit);
    Ended<Page> page = page_at(at);
    if (!page)
        page.error()->page = PageId{id};
    return page;
}

Ended<Page> Store::tx_page(std::uint64_t id) {
    const auto dirty = dirty_.find(id);
    const Page page = dirty == dirty_.end() ? TRY(db_page(id)) : TRY(page_at(dirty->second));
    if (!rules_.asks_pages())
        return page;
    if (page.id != id)
        return panic(
            fmt::format("assertion failed: Page expected to be: {}, but self identifies as {}", id,
                        page.id),
            PageId{id});
    if (page.flags != branch_flag && page.flags != leaf_flag && page.flags != meta_flag &&
        page.flags != freelist_flag)
        return panic(fmt::format("assertion failed: page {}: has unexpected type/flags: {:x}",
                                 page.id, page.flags),
                     PageId{id});
    return page;
}

std::string Store::type_of(const Page& page) const {
    if (rules_.is(page.flags, branch_flag))
        return "branch";
    if (rules_.is(page.flags, leaf_flag))
        return "leaf";
    if (rules_.is(page.flags, meta_flag))
        return "meta";
    if (rules_.is(page.flags, freelist_flag))
        return "freelist";
    return fmt::format("unknown<{:02x}>", page.flags);
}

Ended<Text> Store::slice(Address at, std::uint64_t begin, std::uint64_t end) {
    if (end > slice_limit)
        return panic(fmt::format("runtime error: slice bounds out of range [::{}] with length {}",
                                 end, slice_limit));
    return Text{at + begin, end - begin, false};
}

Ended<Text> Store::branch_key(const Page& page, std::uint64_t index) {
    const Address element = page.at + header_bytes + index * element_bytes;
    const std::uint64_t position = TRY(memory_.number(element, 4));
    const std::uint64_t length = TRY(memory_.number(element + 4, 4));
    return slice(element, position, position + length);
}

Ended<std::uint64_t> Store::branch_child(const Page& page, std::uint64_t index) {
    return memory_.number(page.at + header_bytes + index * element_bytes + 8, 8);
}

Ended<std::uint64_t> Store::leaf_flags(const Page& page, std::uint64_t index) {
    return memory_.number(page.at + header_bytes + index * element_bytes, 4);
}

Ended<Text> Store::leaf_key(const Page& page, std::uint64_t index) {
    const Address element = page.at + header_bytes + index * element_bytes;
    const std::uint64_t position = TRY(memory_.number(element + 4, 4));
    const std::uint64_t length = TRY(memory_.number(element + 8, 4));
    return slice(element, position, position + length);
}

Ended<Text> Store::leaf_value(const Page& page, std::uint64_t index) {
    const Address element = page.at + header_bytes + index * element_bytes;
    const std::uint64_t position = TRY(memory_.number(element + 4, 4));
    const std::uint64_t key_length = TRY(memory_.number(element + 8, 4));
    const std::uint64_t length = TRY(memory_.number(element + 12, 4));
    return slice(element, position + key_length, position + key_length + length);
}

Ended<std::uint64_t> Store::map_size(std::uint64_t bytes) const {
    constexpr std::uint64_t smallest = std::uint64_t{1} << 15U;
    constexpr std::uint64_t largest_step = std::uint64_t{1} << 30U;
    for (std::uint64_t size = smallest; size <= largest_step; size *= 2)
        if (bytes <= size)
            return size;
    if (bytes > map_limit)
        return refusal("mmap too large");
    return std::min(map_limit, (bytes + largest_step - 1) / largest_step * largest_step);
}

} // namespace rebolt::predict
