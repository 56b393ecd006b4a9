// The cursor's stack, which knows its pages: a chain of pages that never ends would be
// searched through for each of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include <rebolt/id.hpp>

namespace rebolt::docker {

/// A page, or an inline bucket's page image, and where the cursor is on it.
struct GoFrame {
    std::uint64_t at = 0; ///< byte of the file where the page begins
    PageId page{};
    std::uint64_t index = 0;
    std::uint64_t count = 0;
    bool is_leaf = false;
    bool from_first = false; ///< entered by first(), at element 0
};

class GoStack {
public:
    void push(const GoFrame& frame);
    void cut_to(std::size_t depth);
    void clear() { cut_to(0); }

    [[nodiscard]] const std::vector<GoFrame>& frames() const noexcept { return frames_; }
    /// The page and the element it was entered at are not changed through it.
    [[nodiscard]] GoFrame& back() noexcept { return frames_.back(); }
    [[nodiscard]] const GoFrame& back() const noexcept { return frames_.back(); }

    /// Cost: O(1).
    [[nodiscard]] bool has(PageId page) const { return pages_.contains(number(page)); }
    /// Entered by first(). Cost: O(1).
    [[nodiscard]] bool has_from_first(PageId page) const {
        const auto found = pages_.find(number(page));
        return found != pages_.end() && found->second.from_first != 0;
    }

private:
    struct Places {
        std::uint32_t all = 0;
        std::uint32_t from_first = 0;
    };
    std::vector<GoFrame> frames_;
    std::unordered_map<std::uint64_t, Places> pages_; ///< those on the stack
};

} // namespace rebolt::docker
