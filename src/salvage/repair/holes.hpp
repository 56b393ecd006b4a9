// Holes: takes the elements that lead to damage out of the pages above it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <rebolt/repair.hpp>

#include "salvage/page_edit.hpp"
#include "salvage/page_image.hpp"

namespace rebolt::salvage {

class Holes {
public:
    /// `edit` must outlive it.
    explicit Holes(PageEdit& edit) : edit_(edit) {}

    /// Cuts off what a tree's finding names. False if nothing was changed:
    /// the root itself is damaged, what leads there is not found, or the page
    /// was changed in this round, so that the finding's offset may not hold.
    bool cut(const Finding& finding);
    /// The changed pages have been checked again: their offsets hold.
    void begin_round() { changed_.clear(); }

    [[nodiscard]] std::vector<DroppedHole>& dropped() noexcept { return dropped_; }

private:
    using Path = std::vector<PageId>;

    bool cut_page(const Finding& finding, const Path& path);
    bool cut_element(const Finding& finding);
    bool write(const Finding& finding, const Path& path, const std::vector<PageElement>& elements);
    void note(const Finding& finding, const Path& path, const std::vector<PageElement>& elements,
              std::size_t index);
    [[nodiscard]] format::PageType type_of(PageId page) const;
    [[nodiscard]] std::vector<std::size_t> leading_to(const std::vector<PageElement>& elements,
                                                      format::PageType type, PageId page) const;
    [[nodiscard]] std::optional<std::string> end_above(const Path& path, std::size_t at) const;

    PageEdit& edit_;
    std::vector<DroppedHole> dropped_;
    std::vector<PageId> changed_; ///< in this round
};

} // namespace rebolt::salvage
