#include "predict/freelist.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/try.hpp"
#include "predict/checker.hpp"
#include "predict/store.hpp"

namespace rebolt::predict {
namespace {

constexpr std::uint64_t count_in_first_id = 0xFFFF;
constexpr std::uint64_t id_bytes = 8;
// Where the file is mapped, less than 2^47 bytes are behind it that could wrap.
constexpr std::uint64_t address_space = ~std::uint64_t{0} - (std::uint64_t{1} << 47U);
constexpr std::uint64_t overflow_patience = std::uint64_t{1} << 22U;

// freelist.read, up to where the ids begin.
struct Ids {
    Address at;
    std::uint64_t count;
};

Ended<Ids> find_ids(Store& store, const Page& page) {
    if (!store.rules().is(page.flags, freelist_flag))
        return panic(
            fmt::format("invalid freelist page: {}, page type is {}", page.id, store.type_of(page)),
            PageId{page.id});
    Ids ids{page.at + header_bytes, page.count};
    if (page.count == count_in_first_id) {
        ids.count = TRY(store.memory().number(ids.at, id_bytes));
        ids.at += id_bytes;
        if (static_cast<std::int64_t>(ids.count) < 0)
            return panic(fmt::format("leading element count {} overflows int", ids.count));
    }
    return ids;
}

// make([]pgid, count), and copy: Go does both at once, and since the ids are a
// slice already it does not ask again whether so many can be.
Ended<std::vector<std::uint64_t>> read_ids(Store& store, const Ids& ids) {
    const bool wraps = ids.count > address_space / id_bytes;
    if (store.rules().asks_pages() && ids.count > address_space / id_bytes)
        return panic("runtime error: unsafe.Slice: len out of range");
    if (ids.count * id_bytes > store.memory_bytes())
        return hang("fatal error: runtime: out of memory: the freelist says that it has so many "
                    "ids");
    if (wraps)
        return panic("fatal error: fault [signal SIGSEGV: segmentation violation]");
    if (Done done = store.memory().touch_as_copied({ids.at, ids.count * id_bytes, false}); !done)
        return std::move(done).error();
    std::vector<std::uint64_t> found;
    found.reserve(ids.count);
    for (std::uint64_t i = 0; i < ids.count; ++i)
        found.push_back(TRY(store.memory().number(ids.at + i * id_bytes, id_bytes)));
    std::ranges::sort(found);
    return found;
}

} // namespace

void Freelist::set(std::vector<std::uint64_t> ids) {
    ids_ = std::move(ids);
    cache_ = {ids_.begin(), ids_.end()};
}

std::uint64_t Freelist::bytes() const noexcept {
    const std::uint64_t ids = count() + (count() >= count_in_first_id ? 1 : 0);
    return header_bytes + id_bytes * ids;
}

Ended<std::uint64_t> Freelist::allocate(std::uint64_t pages) {
    std::uint64_t begin = 0;
    std::uint64_t previous = 0;
    for (std::size_t i = 0; i < ids_.size(); ++i) {
        const std::uint64_t id = ids_[i];
        if (id <= 1)
            return panic(fmt::format("invalid page allocation: {}", id), PageId{id});
        if (previous == 0 || id - previous != 1)
            begin = id;
        if (id - begin + 1 == pages) {
            const auto last = ids_.begin() + static_cast<std::ptrdiff_t>(i + 1);
            ids_.erase(last - static_cast<std::ptrdiff_t>(pages), last);
            for (std::uint64_t page = 0; page < pages; ++page)
                cache_.erase(begin + page);
            return begin;
        }
        previous = id;
    }
    return 0;
}

Done Freelist::free(const Page& page) {
    if (page.id <= 1)
        return panic(fmt::format("cannot free page 0 or 1: {}", page.id), PageId{page.id});
    if (page.overflow > overflow_patience)
        return hang("out of memory: a page says that it has so many overflow pages",
                    PageId{page.id});
    for (std::uint64_t id = page.id; id <= page.id + page.overflow; ++id) {
        if (!cache_.insert(id).second)
            return panic(fmt::format("page {} already freed", id), PageId{id});
        pending_.push_back(id);
    }
    return {};
}

void Freelist::release() {
    ids_.insert(ids_.end(), pending_.begin(), pending_.end());
    pending_.clear();
    std::ranges::sort(ids_);
}

Done load_freelist(Store& store) {
    if (store.meta().freelist == no_page) {
        store.freelist().set(TRY(free_pages_by_tree(store)));
        return {};
    }
    const Page page = TRY(store.db_page(store.meta().freelist));
    const Ids ids = TRY(find_ids(store, page));
    store.freelist().set(TRY(read_ids(store, ids)));
    return {};
}

} // namespace rebolt::predict
