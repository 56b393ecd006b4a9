#include "support/mutator.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <rebolt/format.hpp>

namespace rebolt::test {

using format::page_header_bytes;

Mutator::Mutator(std::vector<std::byte> bytes, std::uint32_t page_size, std::uint64_t seed)
    : bytes_(std::move(bytes)), page_size_(page_size), random_(seed) {}

template <class T>
T Mutator::get(std::uint64_t at) const {
    T value{};
    if (at + sizeof value <= bytes_.size())
        std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
}

template <class T>
void Mutator::put(std::uint64_t at, T value) {
    if (at + sizeof value <= bytes_.size())
        std::memcpy(bytes_.data() + at, &value, sizeof value);
}

std::uint64_t Mutator::any_page() {
    return random_.below(pages());
}

std::optional<std::uint64_t> Mutator::any_branch() {
    std::vector<std::uint64_t> branches;
    for (std::uint64_t page = 2; page < pages(); ++page)
        if (get<std::uint16_t>(page * page_size_ + 8) == format::branch_flag)
            branches.push_back(page);
    if (branches.empty())
        return std::nullopt;
    return branches[random_.below(branches.size())];
}

// Numbers that break comparisons: borders, neighbours, the largest.
std::uint64_t Mutator::edge_value(unsigned bytes) {
    const std::uint64_t largest =
        bytes == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (bytes * 8)) - 1;
    const std::array<std::uint64_t, 14> edges = {
        0,           1,       2,           3,          15,          16,          17,
        pages() - 1, pages(), pages() + 1, page_size_, largest / 2, largest - 1, largest};
    const std::uint64_t choice = random_.below(edges.size() + 2);
    return (choice < edges.size() ? edges[choice] : random_.next()) & largest;
}

void Mutator::seal_metas() {
    for (const std::uint64_t page : {0U, 1U}) {
        const std::uint64_t body = page * page_size_ + page_header_bytes;
        if (body + sizeof(format::MetaFields) <= bytes_.size())
            put(body + 56, format::fnv1a(Bytes(bytes_).subspan(body, 56)));
    }
}

Mutation Mutator::change_header_field() {
    const std::uint64_t page = any_page();
    const std::array<std::pair<std::uint64_t, unsigned>, 4> fields = {
        {{0, 8}, {8, 2}, {10, 2}, {12, 4}}};
    const auto [offset, size] = fields[random_.below(fields.size())];
    const std::uint64_t value = edge_value(size);
    const std::uint64_t at = page * page_size_ + offset;
    if (size == 8)
        put(at, value);
    else if (size == 4)
        put(at, static_cast<std::uint32_t>(value));
    else
        put(at, static_cast<std::uint16_t>(value));
    return {fmt::format("header of page {}, offset {} = {}", page, offset, value), PageId{page},
            std::nullopt};
}

Mutation Mutator::change_element_field() {
    const std::uint64_t page = any_page();
    const auto count = get<std::uint16_t>(page * page_size_ + 10);
    const std::uint64_t index = random_.below(std::uint64_t{count} + 1);
    const std::uint64_t offset = page_header_bytes + index * 16 + random_.below(4) * 4;
    const auto value = static_cast<std::uint32_t>(edge_value(4));
    put(page * page_size_ + offset, value);
    return {fmt::format("element {} of page {}, offset {} = {}", index, page, offset, value),
            PageId{page}, std::nullopt};
}

Mutation Mutator::change_meta_field() {
    const std::uint64_t page = random_.below(2);
    const std::uint64_t field = random_.below(10);
    const std::uint64_t at =
        page * page_size_ + page_header_bytes + (field < 4 ? field * 4 : 16 + (field - 4) * 8);
    const std::uint64_t value = edge_value(8);
    if (field < 4)
        put(at, static_cast<std::uint32_t>(value));
    else
        put(at, value);
    const bool sealed = random_.below(4) != 0;
    if (sealed)
        seal_metas();
    return {fmt::format("meta {} field {} = {}{}", page, field, value, sealed ? ", sealed" : ""),
            PageId{page}, std::nullopt};
}

Mutation Mutator::change_freelist() {
    const auto freelist = get<std::uint64_t>(random_.below(2) * page_size_ + 16 + 32);
    const std::uint64_t index = random_.below(6);
    const std::uint64_t value = edge_value(8);
    if (freelist < pages())
        put(freelist * page_size_ + 16 + index * 8, value);
    return {fmt::format("freelist page {} entry {} = {}", freelist, index, value), std::nullopt,
            std::nullopt};
}

Mutation Mutator::flip_bytes() {
    const std::uint64_t count = 1 + random_.below(8);
    const std::uint64_t start = random_.below(bytes_.size());
    for (std::uint64_t i = 0; i < count && start + i < bytes_.size(); ++i)
        bytes_[start + i] ^= static_cast<std::byte>(random_.next());
    return {fmt::format("{} bytes at {}", count, start), std::nullopt, std::nullopt};
}

Mutation Mutator::swap_pages() {
    const std::uint64_t left = any_page();
    const std::uint64_t right = any_page();
    const auto at = [&](std::uint64_t page) {
        return bytes_.begin() + static_cast<std::ptrdiff_t>(page * page_size_);
    };
    std::swap_ranges(at(left), at(left) + page_size_, at(right));
    return {fmt::format("pages {} and {} swapped", left, right), std::nullopt, std::nullopt};
}

Mutation Mutator::zero_page() {
    const std::uint64_t page = any_page();
    std::fill_n(bytes_.begin() + static_cast<std::ptrdiff_t>(page * page_size_), page_size_,
                std::byte{0});
    // Of a meta bbolt asks for the magic first.
    const bool is_meta = page < 2;
    return {fmt::format("page {} zeroed", page), PageId{page},
            is_meta ? FindingCode::meta_magic : FindingCode::page_zeroed};
}

Mutation Mutator::tear_page() {
    const std::uint64_t page = any_page();
    const std::uint64_t from = any_page();
    const std::uint64_t sectors = std::max<std::uint64_t>(page_size_ / 512, 2);
    const std::uint64_t kept = (1 + random_.below(sectors - 1)) * (page_size_ / sectors);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(from * page_size_ + kept),
                page_size_ - kept,
                bytes_.begin() + static_cast<std::ptrdiff_t>(page * page_size_ + kept));
    return {fmt::format("page {} torn at {} with page {}", page, kept, from), PageId{page},
            std::nullopt};
}

Mutation Mutator::stale_page() {
    const std::uint64_t page = any_page();
    const std::uint64_t from = any_page();
    const bool keeps_id = random_.below(2) == 0;
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(from * page_size_), page_size_,
                bytes_.begin() + static_cast<std::ptrdiff_t>(page * page_size_));
    if (keeps_id)
        put(page * page_size_, page);
    return {fmt::format("page {} holds page {}{}", page, from, keeps_id ? ", with its own id" : ""),
            PageId{page}, std::nullopt};
}

Mutation Mutator::truncate() {
    const bool at_border = random_.below(2) == 0;
    const std::uint64_t size =
        at_border ? random_.below(pages()) * page_size_ : random_.below(bytes_.size());
    bytes_.resize(size);
    return {fmt::format("truncated to {}", size), std::nullopt, std::nullopt};
}

// Cycles, shared pages, free pages and pages beyond: all are a child id.
Mutation Mutator::redirect_child() {
    const auto branch = any_branch();
    if (!branch)
        return flip_bytes();
    const auto count = get<std::uint16_t>(*branch * page_size_ + 10);
    const std::uint64_t index = random_.below(count);
    const std::uint64_t child = random_.below(4) == 0 ? *branch : any_page();
    put(*branch * page_size_ + page_header_bytes + index * 16 + 8, child);
    const bool is_cycle = child == *branch && index < count;
    return {fmt::format("branch {} element {} leads to page {}", *branch, index, child),
            PageId{child}, is_cycle ? std::optional(FindingCode::page_cycle) : std::nullopt};
}

// 40 branches, each with two elements that lead to the next: 2^40 ways.
Mutation Mutator::doubling_ladder() {
    const auto branch = any_branch();
    if (!branch || page_size_ < 512)
        return flip_bytes();
    const std::uint64_t first = pages();
    constexpr std::uint64_t levels = 40;
    bytes_.resize((first + levels) * page_size_);
    for (std::uint64_t page = first; page < first + levels; ++page) {
        const std::uint64_t at = page * page_size_;
        put(at, page);
        put(at + 8, format::branch_flag);
        put(at + 10, std::uint16_t{2});
        for (std::uint64_t i = 0; i < 2; ++i) {
            put(at + 16 + i * 16, static_cast<std::uint32_t>(32 - i * 15));
            put(at + 20 + i * 16, std::uint32_t{1});
            put(at + 24 + i * 16, page + 1 < first + levels ? page + 1 : 3);
            put(at + 48 + i, static_cast<char>('a' + i));
        }
    }
    for (const std::uint64_t meta : {0U, 1U})
        put(meta * page_size_ + 16 + 40, first + levels);
    seal_metas();
    put(*branch * page_size_ + page_header_bytes + 8, first);
    return {fmt::format("branch {} element 0 leads to a ladder from page {}", *branch, first),
            std::nullopt, std::nullopt};
}

Mutation Mutator::change_bucket_root() {
    for (unsigned attempt = 0; attempt < 16; ++attempt) {
        const std::uint64_t page = any_page();
        const std::uint64_t at = page * page_size_;
        if (get<std::uint16_t>(at + 8) != format::leaf_flag || get<std::uint16_t>(at + 10) == 0)
            continue;
        const std::uint64_t element = at + 16 + random_.below(get<std::uint16_t>(at + 10)) * 16;
        if (get<std::uint32_t>(element) != format::bucket_leaf_flag)
            continue;
        const std::uint64_t value =
            element + get<std::uint32_t>(element + 4) + get<std::uint32_t>(element + 8);
        const std::uint64_t root = random_.below(3) == 0 ? edge_value(8) : any_page();
        put(value, root);
        return {fmt::format("a bucket in page {} has root {}", page, root), std::nullopt,
                std::nullopt};
    }
    return flip_bytes();
}

Mutation Mutator::mutate() {
    using Make = Mutation (Mutator::*)();
    static constexpr std::array<Make, 13> kinds = {
        &Mutator::change_header_field, &Mutator::change_element_field,
        &Mutator::change_meta_field,   &Mutator::change_freelist,
        &Mutator::flip_bytes,          &Mutator::swap_pages,
        &Mutator::zero_page,           &Mutator::tear_page,
        &Mutator::stale_page,          &Mutator::truncate,
        &Mutator::redirect_child,      &Mutator::doubling_ladder,
        &Mutator::change_bucket_root};
    if (pages() < 3)
        return {"nothing left to change", std::nullopt, std::nullopt};
    return (this->*kinds[random_.below(kinds.size())])();
}

} // namespace rebolt::test
