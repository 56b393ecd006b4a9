// PageEdit: pages of a file changed in memory, until they are a plan.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/edit_plan.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt::salvage {

/// The only maker of EditPlans' changes. Memory: the pages that are changed.
class PageEdit {
public:
    /// `source` must outlive it.
    explicit PageEdit(const PageSource& source) : source_(source) {}

    /// Puts whole pages at `first` and after it; the file grows if needed.
    void put(PageId first, Bytes pages);
    /// Puts a meta with these fields on page 0 or 1, with its checksum; the rest
    /// of the page stays.
    void put_meta(PageId page, const format::MetaFields& fields);
    /// Forgets what was put on a page.
    void forget(PageId page) { pages_.erase(number(page)); }
    /// The file gets at least so many pages.
    void grow_to(std::uint64_t pages);

    /// A page with its overflow as edited, up to the end of the file.
    [[nodiscard]] std::vector<std::byte> page(PageId id) const;
    [[nodiscard]] const PageSource& source() const noexcept { return source_; }
    /// Numbers of the pages that were put.
    [[nodiscard]] std::vector<PageId> changed_pages() const;
    /// The file as edited. Valid as long as this and the source
    /// are unchanged. Errors: PageSource::with_patches'.
    [[nodiscard]] Result<PageSource> preview() const;
    /// What differs, in the order of writing: metas last, `last_meta` at the
    /// very end, each after a sync.
    [[nodiscard]] EditPlan plan(PageId last_meta) const;

private:
    [[nodiscard]] std::uint64_t file_bytes() const noexcept;
    [[nodiscard]] Bytes old_page(std::uint64_t page) const noexcept;
    void add_differences(std::uint64_t page, const std::vector<std::byte>& bytes,
                         EditPlan& plan) const;

    const PageSource& source_;
    std::map<std::uint64_t, std::vector<std::byte>> pages_;
    std::uint64_t page_count_ = 0; ///< at least
};

/// What the disk writes whole or not at all.
inline constexpr std::uint64_t sector_bytes = 512;

} // namespace rebolt::salvage
