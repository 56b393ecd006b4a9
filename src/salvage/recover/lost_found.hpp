// LostFound: sound pages that fit nowhere go to `lost+found/<page id>`.
#pragma once

#include <vector>

#include "salvage/recover/entry_writer.hpp"
#include "salvage/recover/place_orphans.hpp"
#include "salvage/recover/tree_walk.hpp"

namespace rebolt::salvage {

class LostFound {
public:
    LostFound(Context& context, EntryWriter& entries, const PlaceOrphans& orphans)
        : context_(context), entries_(entries), orphans_(orphans), walk_(context, WalkMode::fill) {}

    /// Adds some more pages; false when all are. Errors: the writer's, cancelled.
    Result<bool> step();

private:
    void choose();
    [[nodiscard]] bool is_left(PageId page) const;
    [[nodiscard]] bool is_leftover_of_newest(PageId page) const;
    Result<bool> has_news(PageId page);
    Result<void> add(PageId page);

    Context& context_;
    EntryWriter& entries_;
    const PlaceOrphans& orphans_;
    TreeWalk walk_;
    std::vector<PageId> pages_; ///< tops before what is below them
    std::size_t next_ = 0;
    bool has_begun_ = false;
};

} // namespace rebolt::salvage
