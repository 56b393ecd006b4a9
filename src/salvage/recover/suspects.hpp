// Suspects: pages of the newest tree that its freelist, which is believed, calls
// free. Where another page may be the true one there is a hole; else the page is
// kept, but it is not proven.
#pragma once

#include <optional>

#include "salvage/recover/account.hpp"
#include "salvage/recover/entry_writer.hpp"
#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {

class Suspects {
public:
    Suspects(Context& context, EntryWriter& entries, std::vector<Suspect> suspects)
        : context_(context), entries_(entries), suspects_(std::move(suspects)),
          walk_(context, WalkMode::newest) {}

    /// Looks at one more; false when there is none. Errors: the writer's, cancelled.
    Result<bool> step();

private:
    void prepare();
    [[nodiscard]] bool may_be_elsewhere(const Suspect& suspect) const;
    [[nodiscard]] bool is_below(PageId page, PageId branch) const;
    Result<void> keep(const Suspect& suspect);

    Context& context_;
    EntryWriter& entries_;
    std::vector<Suspect> suspects_;
    TreeWalk walk_;
    /// Sound pages of the newest state that nothing leads to, by their first keys.
    std::optional<std::vector<PageId>> orphans_;
};

} // namespace rebolt::salvage
