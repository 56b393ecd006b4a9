#include "guard/refusal.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <rebolt/fsck.hpp>
#include <rebolt/schema.hpp>

#include "base/try.hpp"

namespace rebolt::guard {
namespace {

// The newest log entry, or term, of any leaf in the file, whatever leads to it.
std::uint64_t newest_entry(const PageSource& source) {
    std::uint64_t newest = 0;
    for (std::uint64_t id = 2; id < source.page_count(); ++id) {
        const auto page = source.page(PageId{id});
        if (!page || page->type() != format::PageType::leaf || page->header().id != id)
            continue;
        const auto leaf = format::LeafView::of(page->bytes());
        for (std::size_t i = 0; leaf && i < leaf->count(); ++i) {
            const auto element = leaf->element(i);
            if (!element || element->is_bucket())
                continue;
            const auto home = schema::home_of_key(Owner::raft_boltdb, element->key, element->value);
            const auto age =
                home ? schema::age_of(Owner::raft_boltdb, *home, element->key, element->value)
                     : std::nullopt;
            newest = std::max(newest, age ? age->number : 0);
        }
    }
    return newest;
}

Result<std::string> refusal_of_log(const PageSource& damaged, const Replacement& made) {
    if (!made.recovery || !made.recovery->is_loss_known || made.recovery->lost_estimate != 0)
        return std::string("parts of the log are lost");
    const PageSource recovered = TRY(PageSource::open(made.path));
    const IndexReport report = TRY(fsck(recovered));
    for (const IndexFinding& finding : report.findings)
        if (finding.is_damage)
            return fmt::format("the log that can be recovered is not whole: {}", finding.message);
    if (newest_entry(recovered) < newest_entry(damaged))
        return std::string("the log that can be recovered ends before the newest entry");
    return std::string();
}

} // namespace

Result<std::string> refusal_of(const GuardedFile& file, const PageSource& damaged,
                               const Replacement& made) {
    if (file.is_raft_log && !made.is_complete())
        return refusal_of_log(damaged, made);
    if (file.only_complete && !made.is_complete())
        return std::string("not all of it can be proven to be current, and this file is only "
                           "replaced by a complete one");
    return std::string();
}

} // namespace rebolt::guard
