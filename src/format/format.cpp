#include <rebolt/format.hpp>

#include <algorithm>
#include <bit>
#include <string_view>
#include <type_traits>

namespace rebolt::format {

static_assert(std::endian::native == std::endian::little,
              "rebolt reads little-endian files by memcpy");
static_assert(std::has_unique_object_representations_v<PageHeader> &&
              std::has_unique_object_representations_v<MetaFields> &&
              std::has_unique_object_representations_v<BranchElementHeader> &&
              std::has_unique_object_representations_v<LeafElementHeader> &&
              std::has_unique_object_representations_v<BucketHeader>);
static_assert(offsetof(PageHeader, flags) == 8 && offsetof(PageHeader, count) == 10);
static_assert(offsetof(MetaFields, page_size) == 8 && offsetof(MetaFields, root) == 16 &&
              offsetof(MetaFields, freelist) == 32 && offsetof(MetaFields, high_water_mark) == 40 &&
              offsetof(MetaFields, txid) == 48);

namespace {

constexpr std::size_t meta_checksum_offset = offsetof(MetaFields, checksum);

Fault too_short(FindingCode code, Subject subject, std::uint64_t offset, std::uint64_t bytes,
                std::uint64_t needed) noexcept {
    return {.code = code,
            .offset = offset,
            .subject = subject,
            .actual = bytes,
            .relation = Relation::at_least,
            .bound = needed};
}

} // namespace

std::string_view name_of(PageType type) noexcept {
    switch (type) {
    case PageType::branch:
        return "branch";
    case PageType::leaf:
        return "leaf";
    case PageType::meta:
        return "meta";
    case PageType::freelist:
        return "freelist";
    case PageType::unknown:
        return "unknown";
    }
    return "unknown";
}

PageType PageHeader::type() const noexcept {
    switch (flags) {
    case branch_flag:
        return PageType::branch;
    case leaf_flag:
        return PageType::leaf;
    case meta_flag:
        return PageType::meta;
    case freelist_flag:
        return PageType::freelist;
    default:
        return PageType::unknown;
    }
}

std::uint64_t fnv1a(Bytes bytes) noexcept {
    std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
    for (const std::byte byte : bytes) {
        hash ^= static_cast<std::uint64_t>(byte);
        hash *= 0x0000'0100'0000'01B3;
    }
    return hash;
}

bool all_zero(Bytes bytes) noexcept {
    return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

Checked<PageView> PageView::of(Bytes bytes) noexcept {
    if (bytes.size() < page_header_bytes)
        return std::unexpected(too_short(FindingCode::page_out_of_range, Subject::view_bytes, 0,
                                         bytes.size(), page_header_bytes));
    return PageView(bytes, load<PageHeader>(bytes.data()));
}

Checked<MetaView> MetaView::of(Bytes page) noexcept {
    if (page.size() < page_header_bytes + sizeof(MetaFields))
        return std::unexpected(too_short(FindingCode::meta_magic, Subject::meta_bytes, 0,
                                         page.size(), page_header_bytes + sizeof(MetaFields)));
    const Bytes body = page.subspan(page_header_bytes, sizeof(MetaFields));
    return MetaView(load<MetaFields>(body.data()), fnv1a(body.first(meta_checksum_offset)));
}

std::optional<Fault> MetaView::validate() const noexcept {
    const auto fault = [](FindingCode code, std::size_t offset, Subject subject,
                          std::uint64_t actual, std::uint64_t expected) {
        return Fault{.code = code,
                     .offset = page_header_bytes + offset,
                     .subject = subject,
                     .actual = actual,
                     .relation = Relation::equal,
                     .bound = expected};
    };
    if (fields_.magic != magic)
        return fault(FindingCode::meta_magic, 0, Subject::magic, fields_.magic, magic);
    if (fields_.version != version)
        return fault(FindingCode::meta_version, 4, Subject::version, fields_.version, version);
    if (fields_.checksum != expected_checksum_)
        return fault(FindingCode::meta_checksum, meta_checksum_offset, Subject::checksum,
                     fields_.checksum, expected_checksum_);
    return std::nullopt;
}

Checked<FreelistView> FreelistView::of(Bytes page) noexcept {
    const auto fault = [&](std::uint64_t actual, std::uint64_t most) {
        return std::unexpected(Fault{.code = FindingCode::freelist_count,
                                     .offset = offsetof(PageHeader, count),
                                     .subject = Subject::freelist_count,
                                     .actual = actual,
                                     .relation = Relation::at_most,
                                     .bound = most});
    };
    if (page.size() < page_header_bytes)
        return fault(0, 0);
    const std::uint64_t room = (page.size() - page_header_bytes) / 8;
    const std::uint16_t count = load<PageHeader>(page.data()).count;
    if (count != freelist_count_in_first_id) {
        if (count > room)
            return fault(count, room);
        return FreelistView(page, page_header_bytes, count);
    }
    if (room == 0)
        return fault(1, 0);
    const auto true_count = load<std::uint64_t>(page.data() + page_header_bytes);
    if (true_count > room - 1)
        return fault(true_count, room - 1);
    return FreelistView(page, page_header_bytes + 8, true_count);
}

Checked<BranchView> BranchView::of(Bytes page) noexcept {
    const std::uint16_t count =
        page.size() < page_header_bytes ? 0xFFFF : load<PageHeader>(page.data()).count;
    if (offset_of(count) > page.size())
        return std::unexpected(elements_fault(count, page.size()));
    return BranchView(page, count);
}

Checked<LeafView> LeafView::of(Bytes page) noexcept {
    const std::uint16_t count =
        page.size() < page_header_bytes ? 0xFFFF : load<PageHeader>(page.data()).count;
    if (offset_of(count) > page.size())
        return std::unexpected(elements_fault(count, page.size()));
    return LeafView(page, count);
}

Checked<BucketView> BucketView::of(std::string_view value) noexcept {
    if (value.size() < sizeof(BucketHeader))
        return std::unexpected(too_short(FindingCode::bucket_value_malformed, Subject::bucket_value,
                                         0, value.size(), sizeof(BucketHeader)));
    const Bytes bytes = as_bytes(value);
    const auto header = load<BucketHeader>(bytes.data());
    if (header.root != 0)
        return BucketView(header, {});
    const Bytes page = bytes.subspan(sizeof(BucketHeader));
    if (page.size() < page_header_bytes)
        return std::unexpected(too_short(FindingCode::inline_bucket_malformed, Subject::inline_page,
                                         sizeof(BucketHeader), page.size(), page_header_bytes));
    return BucketView(header, page);
}

} // namespace rebolt::format
