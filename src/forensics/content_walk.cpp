#include <rebolt/content_walk.hpp>

#include <utility>

#include "base/try.hpp"

namespace rebolt {

ContentWalk::ContentWalk(const Tx& tx) {
    levels_.push_back({tx.root(), tx.cursor()});
}

Result<ContentItem> ContentWalk::enter(std::string_view name) {
    Bucket inside = TRY(levels_.back().bucket.bucket(name));
    ContentItem item{.bucket = path_,
                     .key = name,
                     .value = {},
                     .is_bucket = true,
                     .sequence = inside.sequence()};
    entered_ = name;
    has_entered_ = true;
    levels_.push_back({inside, inside.cursor()});
    return item;
}

Result<std::optional<ContentItem>> ContentWalk::next() {
    if (std::exchange(has_entered_, false)) // only now: the item before viewed the path
        path_.push_back(entered_);
    while (!levels_.empty()) {
        Level& level = levels_.back();
        const bool is_begun = std::exchange(level.is_begun, true);
        const auto entry = TRY(is_begun ? level.cursor.next() : level.cursor.first());
        if (!entry) {
            levels_.pop_back();
            if (!path_.empty())
                path_.pop_back();
            continue;
        }
        if (entry->is_bucket)
            return std::optional(TRY(enter(entry->key)));
        return std::optional(ContentItem{
            .bucket = path_, .key = entry->key, .value = entry->value, .is_bucket = false});
    }
    return std::optional<ContentItem>();
}

} // namespace rebolt
