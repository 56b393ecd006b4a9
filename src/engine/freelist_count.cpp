#include "engine/freelist_count.hpp"

#include "base/try.hpp"
#include "engine/freelist.hpp"

namespace rebolt::engine {

Result<FreelistCount> count_freelist(const TransactionState& state, const Tx& tx) {
    if (PageId{state.meta.freelist} != no_freelist) {
        const std::uint64_t count = TRY(count_stored(state));
        return FreelistCount{count, freelist_bytes(count)};
    }
    const BucketStats used = TRY(tx.root().stats());
    const std::uint64_t pages = 2 + used.branch_page_count + used.branch_overflow_count +
                                used.leaf_page_count + used.leaf_overflow_count;
    const std::uint64_t high_water_mark = state.meta.high_water_mark;
    const std::uint64_t free_pages = pages < high_water_mark ? high_water_mark - pages : 0;
    return FreelistCount{free_pages, freelist_bytes(free_pages)};
}

} // namespace rebolt::engine
