// SafeLeaf, SafeBranch: the elements of pages that the survey found sound.
//
// The file may be changed by others while it is read. What then no longer lies in its
// page is empty: wrong content, which the new file's check finds, never a wrong access.
#pragma once

#include <cstddef>
#include <optional>

#include <rebolt/format.hpp>
#include <rebolt/page_view.hpp>

namespace rebolt::salvage {

class SafeLeaf {
public:
    explicit SafeLeaf(Bytes page) noexcept {
        if (const auto view = format::LeafView::of(page))
            view_ = *view;
    }
    [[nodiscard]] std::size_t count() const noexcept { return view_ ? view_->count() : 0; }
    [[nodiscard]] format::LeafElement element(std::size_t index) const noexcept {
        if (index < count())
            if (const auto element = view_->element(index))
                return *element;
        return {};
    }

private:
    std::optional<format::LeafView> view_;
};

class SafeBranch {
public:
    explicit SafeBranch(Bytes page) noexcept {
        if (const auto view = format::BranchView::of(page))
            view_ = *view;
    }
    [[nodiscard]] std::size_t count() const noexcept { return view_ ? view_->count() : 0; }
    [[nodiscard]] format::BranchElement element(std::size_t index) const noexcept {
        if (index < count())
            if (const auto element = view_->element(index))
                return *element;
        return {};
    }

private:
    std::optional<format::BranchView> view_;
};

} // namespace rebolt::salvage
