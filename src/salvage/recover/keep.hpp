// Keep: what sound pages of the newest tree lead to goes to the new file. What the
// newest tree soundly reaches is never taken from it.
#pragma once

#include "salvage/recover/entry_writer.hpp"
#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {

class Keep {
public:
    Keep(Context& context, EntryWriter& entries)
        : context_(context), entries_(entries), walk_(context, WalkMode::newest) {}

    /// Goes on for some pages; false at the end. Errors: the writer's, cancelled.
    Result<bool> step();
    /// Pages of the tree that the freelist calls free: they were put off.
    [[nodiscard]] std::vector<Suspect>& suspects() noexcept { return walk_.suspects(); }
    [[nodiscard]] std::uint64_t pages_done() const noexcept { return pages_done_; }

private:
    Context& context_;
    EntryWriter& entries_;
    TreeWalk walk_;
    std::uint64_t pages_done_ = 0;
    bool has_begun_ = false;
};

} // namespace rebolt::salvage
