#include "guard/seal.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <xxhash.h>

#include <rebolt/format.hpp>

#include "base/try.hpp"
#include "guard/guard_record.hpp"

namespace rebolt::guard {
namespace {

constexpr std::size_t pages_shown = 8;

Error no_seal(const char* why) {
    return Error(ErrorCode::not_supported, why);
}

std::optional<format::MetaFields> newest_meta(const PageSource& source) {
    std::optional<format::MetaFields> newest;
    for (const PageId page : {PageId{0}, PageId{1}}) {
        if (number(page) >= source.page_count())
            continue;
        const std::uint64_t offset = number(page) * source.page_size_bytes();
        const auto meta = format::MetaView::of(source.file().subspan(offset));
        if (meta && !meta->validate() && (!newest || meta->fields().txid > newest->txid))
            newest = meta->fields();
    }
    return newest;
}

// By page: neither free nor the other meta.
Result<std::vector<bool>> pages_in_use(const PageSource& source, const format::MetaFields& meta) {
    if (PageId{meta.freelist} == no_freelist)
        return no_seal("no freelist is stored");
    const format::PageView page = TRY(source.page(PageId{meta.freelist}));
    const auto list = format::FreelistView::of(page.bytes());
    if (page.type() != format::PageType::freelist || !list)
        return no_seal("the freelist cannot be read");
    std::vector<bool> used(std::min(meta.high_water_mark, source.page_count()), true);
    if (used.size() < 2)
        return no_seal("the file has no pages");
    used[1 - meta.txid % 2] = false;
    for (std::uint64_t i = 0; i < list->count(); ++i)
        if (number(list->id(i)) < used.size())
            used[number(list->id(i))] = false;
    return used;
}

std::uint64_t hash_of(const PageSource& source, std::uint64_t page) {
    const Bytes bytes =
        source.file().subspan(page * source.page_size_bytes(), source.page_size_bytes());
    return XXH3_64bits(bytes.data(), bytes.size());
}

std::string list_of(const std::vector<std::uint64_t>& pages) {
    std::string text = pages.size() == 1 ? "page " : "pages ";
    for (std::size_t i = 0; i < std::min(pages.size(), pages_shown); ++i)
        text += fmt::format("{}{}", i == 0 ? "" : ", ", pages[i]);
    return pages.size() > pages_shown
               ? fmt::format("{} and {} more", text, pages.size() - pages_shown)
               : text;
}

// What can have changed a page without a commit.
std::string cause_of(const Seal& seal, const io::FileStamp& stamp) {
    return seal.stamp == stamp ? "bit rot: nothing was written to the file since"
                               : "a write was lost, or the file was edited in place";
}

} // namespace

Result<Seal> seal_of(const PageSource& source, const io::FileStamp& stamp,
                     const std::function<bool()>& may_go_on) {
    const auto meta = newest_meta(source);
    if (!meta)
        return no_seal("no meta is valid");
    const std::vector<bool> used = TRY(pages_in_use(source, *meta));
    Seal seal{.transaction = meta->txid,
              .stamp = stamp,
              .page_size_bytes = source.page_size_bytes(),
              .pages = std::vector<std::optional<std::uint64_t>>(used.size()),
              .time = utc_time()};
    for (std::uint64_t page = 0; page < used.size(); ++page) {
        if (!may_go_on())
            return Error(ErrorCode::cancelled, "the time was over");
        if (used[page])
            seal.pages[page] = hash_of(source, page);
    }
    return seal;
}

// A commit leaves alone what the state before it uses, and lists what it frees (see
// rebolt/live_copy.hpp): after one commit, what both use must be the same.
Result<std::string> broken_seal(const Seal& seal, const PageSource& source,
                                const io::FileStamp& stamp,
                                const std::function<bool()>& may_go_on) {
    const auto meta = newest_meta(source);
    if (!meta || seal.stamp.inode != stamp.inode ||
        seal.page_size_bytes != source.page_size_bytes() || meta->txid > seal.transaction + 1)
        return std::string();
    if (meta->txid < seal.transaction)
        return fmt::format("transaction {} was in it on {}, now {} is the newest: the last writes "
                           "were lost, or an older state was put back",
                           seal.transaction, seal.time, meta->txid);
    const std::vector<bool> used = TRY(pages_in_use(source, *meta));
    std::vector<std::uint64_t> changed;
    for (std::uint64_t page = 0; page < std::min<std::uint64_t>(used.size(), seal.pages.size());
         ++page) {
        if (!may_go_on())
            return Error(ErrorCode::cancelled, "the time was over");
        // The meta of the sealed state is the older one after a commit, and as it was.
        if (seal.pages[page] && (used[page] || page < 2) &&
            *seal.pages[page] != hash_of(source, page))
            changed.push_back(page);
    }
    if (changed.empty())
        return std::string();
    return fmt::format("{} changed after transaction {} was sealed on {}, and no commit did that: "
                       "{}",
                       list_of(changed), seal.transaction, seal.time, cause_of(seal, stamp));
}

} // namespace rebolt::guard
