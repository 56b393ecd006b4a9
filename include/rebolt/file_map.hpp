// file_map: what every page of a file is, in each of its two states: what a picture
// of the file is drawn from.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/page_tree.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// What a page is to one state.
enum class PageUse : std::uint8_t {
    meta,
    freelist, ///< with its overflow
    branch,
    leaf,
    overflow, ///< of a branch or leaf
    wrong,    ///< the tree leads to it, and it is no branch or leaf
    free,     ///< the freelist lists it, or, where none is stored, nothing leads to it
    lost,     ///< none of these: leaked, or cut off by damage
    beyond,   ///< at or after the high water mark
};

/// `meta`, `freelist`, …
[[nodiscard]] std::string_view name_of(PageUse use) noexcept;

struct MappedPage {
    PageUse use = PageUse::beyond;
    std::optional<PageTree::BucketNumber> bucket{}; ///< of the state's buckets
    PageId parent{};                                ///< PageId{0}: none
};

/// One of the two metas with its trees.
struct MappedState {
    format::MetaFields meta{};
    std::vector<BucketOfTree> buckets; ///< the first holds the top-level buckets
    std::vector<MappedPage> pages;
};

/// What a page is by itself.
struct PageContent {
    format::PageType type = format::PageType::unknown;
    std::uint16_t count = 0;       ///< elements, as the header says
    std::uint8_t fill_percent = 0; ///< of the page with its overflow
    bool is_sound = false;         ///< a branch or leaf that nothing is wrong with
};

struct FileMap {
    std::vector<MappedState> states; ///< of the valid metas, the newest first
    std::vector<PageContent> pages;
    CheckReport report;
};

/// Looks at every page, and checks the file. `progress` as check's. Errors: cancelled,
/// out_of_memory, io. Cost: O(file); memory: about 60 bytes a page.
[[nodiscard]] Result<FileMap>
map_file(const PageSource& source, const std::function<bool(const CheckProgress&)>& progress = {});

} // namespace rebolt
