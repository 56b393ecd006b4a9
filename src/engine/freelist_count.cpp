#include "engine/freelist_count.hpp"

#include "base/try.hpp"

namespace rebolt::engine {
namespace {

// bbolt: freelist.EstimatedWritePageSize. From 65,535 ids on, the true count
// takes the place of the first id.
std::uint64_t inuse_bytes(std::uint64_t ids) {
    return format::page_header_bytes +
           (ids + (ids >= format::freelist_count_in_first_id ? 1 : 0)) * 8;
}

Result<FreelistCount> count_stored(const Snapshot& snapshot) {
    const PageId page{snapshot.meta.freelist};
    const std::uint64_t index = number(page);
    const std::vector<PageId> path{page};
    const auto fail = [&](FindingCode code, std::string message) {
        return damage(snapshot, code, page, 0, std::move(message), path, nullptr);
    };
    if (index < 2 || index >= snapshot.meta.high_water_mark)
        return fail(FindingCode::meta_freelist_out_of_range, "the freelist's page is out of range");
    if (index >= snapshot.page_end)
        return fail(FindingCode::file_truncated, "the file ends before the freelist's page");
    const std::byte* at = snapshot.file.data() + index * snapshot.page_size;
    const auto header = load<format::PageHeader>(at);
    if (snapshot.has_new_faults() && snapshot.mapping->faulted(index * snapshot.page_size, 16))
        return fail(FindingCode::page_unreadable, "the system could not read the page");
    if (header.type() != format::PageType::freelist)
        return fail(FindingCode::freelist_type, "the page is no freelist");
    if (header.overflow >= snapshot.page_end - index)
        return fail(FindingCode::page_overflow_out_of_range, "overflow is out of range");
    const auto view =
        format::FreelistView::of({at, (std::uint64_t{header.overflow} + 1) * snapshot.page_size});
    if (!view)
        return damage(snapshot, view.error(), page, path, nullptr);
    return FreelistCount{view->count(), inuse_bytes(view->count())};
}

} // namespace

Result<FreelistCount> count_freelist(const Snapshot& snapshot, const Tx& tx) {
    if (PageId{snapshot.meta.freelist} != no_freelist)
        return count_stored(snapshot);
    const BucketStats used = TRY(tx.root().stats());
    const std::uint64_t pages = 2 + used.branch_page_count + used.branch_overflow_count +
                                used.leaf_page_count + used.leaf_overflow_count;
    const std::uint64_t high_water_mark = snapshot.meta.high_water_mark;
    const std::uint64_t free_pages = pages < high_water_mark ? high_water_mark - pages : 0;
    return FreelistCount{free_pages, inuse_bytes(free_pages)};
}

} // namespace rebolt::engine
