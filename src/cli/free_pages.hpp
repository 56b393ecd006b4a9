// What the newest commit says of the pages, for commands that look at pages
// one by one: which meta counts, and which pages are free.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <rebolt/page_source.hpp>

namespace rebolt::cli {

/// The meta that bbolt uses: the valid one with the larger txid; nullopt if
/// neither is valid.
[[nodiscard]] std::optional<format::MetaFields> current_meta(const PageSource& source);

/// One past the last page that is in use and in the file: the high water mark,
/// or the file's end where that comes first or no meta is valid.
[[nodiscard]] std::uint64_t page_end(const PageSource& source,
                                     const std::optional<format::MetaFields>& meta);

/// The free pages: by the stored freelist or, where none is stored, all that
/// the tree does not reach (bbolt: loadFreelist). One bit a page.
class FreePages {
public:
    /// Errors: damaged, if the freelist or the tree is; which pages are free is
    /// not known then. Cost: O(freelist), or O(pages) if none is stored.
    static Result<FreePages> of(const PageSource& source, const format::MetaFields& meta);

    [[nodiscard]] bool contains(PageId id) const noexcept {
        return number(id) < free_.size() && free_[number(id)];
    }

private:
    explicit FreePages(std::vector<bool> free) noexcept : free_(std::move(free)) {}

    std::vector<bool> free_;
};

/// An error of code `damaged` at a page.
[[nodiscard]] Error page_damage(const PageSource& source, FindingCode code, PageId page,
                                std::string message);

} // namespace rebolt::cli
