#include "salvage/page_image.hpp"

#include <algorithm>
#include <cstring>

namespace rebolt::salvage {
namespace {

using format::BranchElementHeader;
using format::BranchView;
using format::element_bytes;
using format::LeafElementHeader;
using format::LeafView;
using format::MetaFields;
using format::page_header_bytes;
using format::PageHeader;
using format::PageType;

template <class T>
void store(std::vector<std::byte>& to, std::size_t offset, const T& value) {
    std::memcpy(to.data() + offset, &value, sizeof value);
}

std::uint32_t narrow(std::size_t bytes) {
    return static_cast<std::uint32_t>(bytes);
}

} // namespace

std::optional<PageId> PageElement::bucket_root() const noexcept {
    if ((flags & format::bucket_leaf_flag) == 0)
        return std::nullopt;
    const auto bucket = format::BucketView::of(value);
    if (!bucket || bucket->is_inline())
        return std::nullopt;
    return bucket->root();
}

std::optional<std::vector<PageElement>> elements_of(Bytes page) {
    const PageType type = load<PageHeader>(page.data()).type();
    std::vector<PageElement> elements;
    if (type == PageType::leaf) {
        const auto leaf = LeafView::of(page);
        for (std::size_t i = 0; leaf && i < leaf->count(); ++i) {
            const auto element = leaf->element(i);
            if (!element)
                return std::nullopt;
            elements.push_back(
                {.key = element->key, .value = element->value, .flags = element->flags});
        }
        return leaf ? std::optional(std::move(elements)) : std::nullopt;
    }
    const auto branch = BranchView::of(page);
    if (type != PageType::branch || !branch)
        return std::nullopt;
    for (std::size_t i = 0; i < branch->count(); ++i) {
        const auto element = branch->element(i);
        if (!element)
            return std::nullopt;
        elements.push_back({.key = element->key, .child = element->child});
    }
    return elements;
}

std::vector<std::byte> page_image(PageId id, PageType type, std::span<const PageElement> elements,
                                  std::uint32_t page_size) {
    std::size_t bytes = page_header_bytes + elements.size() * element_bytes;
    for (const PageElement& element : elements)
        bytes += element.key.size() + element.value.size();
    const std::size_t pages = (bytes + page_size - 1) / page_size;
    std::vector<std::byte> image(pages * page_size);
    store(image, 0,
          PageHeader{.id = number(id),
                     .flags = type == PageType::leaf ? format::leaf_flag : format::branch_flag,
                     .count = static_cast<std::uint16_t>(elements.size()),
                     .overflow = narrow(pages - 1)});
    std::size_t content = page_header_bytes + elements.size() * element_bytes;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const PageElement& element = elements[i];
        const std::size_t at = page_header_bytes + i * element_bytes;
        if (type == PageType::leaf)
            store(image, at,
                  LeafElementHeader{.flags = element.flags,
                                    .pos = narrow(content - at),
                                    .key_bytes = narrow(element.key.size()),
                                    .value_bytes = narrow(element.value.size())});
        else
            store(image, at,
                  BranchElementHeader{.pos = narrow(content - at),
                                      .key_bytes = narrow(element.key.size()),
                                      .child = number(element.child)});
        std::ranges::copy(as_bytes(element.key), image.data() + content);
        content += element.key.size();
        std::ranges::copy(as_bytes(element.value), image.data() + content);
        content += element.value.size();
    }
    return image;
}

std::vector<std::byte> meta_image(PageId id, MetaFields fields, std::uint32_t page_size) {
    fields.magic = format::magic;
    fields.version = format::version;
    std::vector<std::byte> image(page_size);
    store(image, 0,
          PageHeader{.id = number(id), .flags = format::meta_flag, .count = 0, .overflow = 0});
    store(image, page_header_bytes, fields);
    fields.checksum =
        format::fnv1a(Bytes(image).subspan(page_header_bytes, offsetof(MetaFields, checksum)));
    store(image, page_header_bytes, fields);
    return image;
}

} // namespace rebolt::salvage
