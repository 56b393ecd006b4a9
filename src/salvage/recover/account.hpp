// Account: what of the newest state's pages has been found, by its freelist.
//
// Each page below the high water mark is a meta, the freelist, free, or part of
// the tree. So a page that is not free, and that nothing leads to any more, is
// part of the newest state; and when no such page is left over, all is found.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "salvage/recover/states.hpp"
#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {

class Account {
public:
    Account(Context& context, const State& newest) noexcept : context_(context), newest_(newest) {}

    /// A sound page of the newest state that nothing has led to yet.
    [[nodiscard]] bool is_orphan(PageId page) const noexcept;
    /// The same, and some other orphan leads to it: Survey::led_to.
    void mark_led_to() const;
    /// Marks leaves of the newest state that several of its pages lead to:
    /// Survey::contested, Survey::disputed. Cost: O(pages).
    void mark_contested() const;
    /// Pages of the newest state that were not found: damaged ones that nothing
    /// leads to. Cost: O(pages).
    [[nodiscard]] std::uint64_t pages_missing() const;

private:
    using Lead = std::function<void(PageId from, PageId to, std::optional<std::string_view> key)>;
    void for_each_lead(const Lead& lead) const;

    Context& context_;
    const State& newest_;
};

} // namespace rebolt::salvage
