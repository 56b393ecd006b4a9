// Pages taken apart and put together again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <rebolt/format.hpp>

namespace rebolt::salvage {

/// An element of a branch or a leaf. Views the page.
struct PageElement {
    std::string_view key;
    std::string_view value{}; ///< of a leaf
    PageId child{};           ///< of a branch
    std::uint32_t flags = 0;  ///< of a leaf

    /// The page of a bucket that is not inline.
    [[nodiscard]] std::optional<PageId> bucket_root() const noexcept;
};

/// The elements of a branch or leaf, in order; nullopt if it is neither, or
/// one does not lie in it.
[[nodiscard]] std::optional<std::vector<PageElement>> elements_of(Bytes page);

/// A page of these elements as bbolt writes it: whole pages, zeros after the
/// content. `type` is branch or leaf.
[[nodiscard]] std::vector<std::byte> page_image(PageId id, format::PageType type,
                                                std::span<const PageElement> elements,
                                                std::uint32_t page_size);

/// A meta page with these fields, sealed: magic, version and checksum are right.
[[nodiscard]] std::vector<std::byte> meta_image(PageId id, format::MetaFields fields,
                                                std::uint32_t page_size);

} // namespace rebolt::salvage
