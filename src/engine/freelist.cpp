#include "engine/freelist.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/page_walk.hpp"

namespace rebolt::engine {
namespace {

// The page's header, judged.
Result<format::PageHeader> freelist_header(const TransactionState& state) {
    const PageId page{state.meta.freelist};
    const std::uint64_t index = number(page);
    const PageId path[] = {page};
    const auto fail = [&](FindingCode code, std::string message) {
        return damage(state, code, page, 0, std::move(message), path, nullptr);
    };
    if (index < 2 || index >= state.meta.high_water_mark)
        return fail(FindingCode::meta_freelist_out_of_range, "the freelist's page is out of range");
    if (index >= state.page_end)
        return fail(FindingCode::file_truncated, "the file ends before the freelist's page");
    const Bytes bytes = state.file.subspan(index * state.page_size, state.page_size);
    const auto header = load<format::PageHeader>(bytes.data());
    if (!state.is_sound(bytes))
        return fail(FindingCode::page_unreadable, "the system could not read the page");
    if (header.type() != format::PageType::freelist)
        return fail(FindingCode::freelist_type, "the page is no freelist");
    if (header.overflow >= state.page_end - index)
        return fail(FindingCode::page_overflow_out_of_range, "overflow is out of range");
    return header;
}

struct Stored {
    PageRun run;
    Bytes bytes;
    format::FreelistView view;
};

Result<Stored> stored_freelist(const TransactionState& state) {
    const auto header = TRY(freelist_header(state));
    const PageId page{state.meta.freelist};
    const PageRun run{number(page), std::uint64_t{header.overflow} + 1};
    const Bytes bytes =
        state.file.subspan(run.first * state.page_size, run.count * state.page_size);
    const auto view = format::FreelistView::of(bytes);
    const PageId path[] = {page};
    if (!view)
        return damage(state, view.error(), page, path, nullptr);
    return Stored{run, bytes, *view};
}

} // namespace

Result<std::uint64_t> count_stored(const TransactionState& state) {
    return TRY(stored_freelist(state)).view.count();
}

Result<StoredFreelist> read_freelist(const TransactionState& state) {
    const auto [run, bytes, view] = TRY(stored_freelist(state));
    const PageId page{state.meta.freelist};
    const PageId path[] = {page};
    StoredFreelist list{run, {}};
    const auto fail = [&](FindingCode code, std::uint64_t index, std::uint64_t id) {
        return damage(state, code, page, 16 + index * 8,
                      fmt::format("entry {} is page {}", index, id), path, nullptr);
    };
    list.pages.reserve(view.count());
    for (std::uint64_t i = 0; i < view.count(); ++i) {
        const std::uint64_t id = number(view.id(i));
        if (id < 2 || id >= state.meta.high_water_mark)
            return fail(FindingCode::freelist_out_of_range, i, id);
        if (id >= list.run.first && id < list.run.first + list.run.count)
            return fail(FindingCode::page_reachable_but_free, i, id);
        list.pages.push_back(id);
    }
    std::ranges::sort(list.pages); // bbolt sorts when it reads, too
    const auto twice = std::ranges::adjacent_find(list.pages);
    if (twice != list.pages.end())
        return fail(FindingCode::freelist_duplicate,
                    static_cast<std::uint64_t>(twice - list.pages.begin()), *twice);
    if (!state.is_sound(bytes))
        return damage(state, FindingCode::page_unreadable, page, 0,
                      "the system could not read the freelist", path, nullptr);
    return list;
}

Result<std::vector<bool>> used_pages(const TransactionState& state) {
    constexpr std::uint64_t metas = 2; // also of a file whose high water mark is below them
    std::vector<bool> used(std::max<std::uint64_t>(state.page_end, metas));
    used[0] = used[1] = true;
    TRY(walk_pages(
        state, PageId{state.meta.root}, nullptr, [&](const PageRun& run) -> Result<void> {
            for (const std::uint64_t page : run.pages()) {
                if (used[page])
                    return damage(state, FindingCode::page_shared, PageId{page}, 0,
                                  fmt::format("page {} is used twice", page), {}, nullptr);
                used[page] = true;
            }
            return {};
        }));
    return used;
}

std::optional<Finding> compare(std::span<const std::uint64_t> listed, const FreePages& free,
                               const std::vector<bool>& used, const TransactionState& state) {
    const auto finding = [&](FindingCode code, std::uint64_t page, std::string message) {
        return *damage(state, code, PageId{page}, 0, std::move(message), {}, nullptr).finding();
    };
    const auto in_use = std::ranges::find_if(listed, [&](std::uint64_t id) { return used[id]; });
    if (in_use != listed.end())
        return finding(FindingCode::page_reachable_but_free, *in_use,
                       fmt::format("the freelist has page {}, which is in use", *in_use));
    if (listed.size() == free.free_count())
        return std::nullopt;
    std::optional<std::uint64_t> first;
    free.for_each([&](std::uint64_t page) {
        if (!first && !std::ranges::binary_search(listed, page))
            first = page;
    });
    return finding(FindingCode::page_leaked, *first,
                   fmt::format("{} free pages are not on the freelist, page {} first",
                               free.free_count() - listed.size(), *first));
}

void write_freelist(std::byte* out, const PageRun& run, const FreePages& pages) noexcept {
    const std::uint64_t count = pages.free_count() + pages.pending_count();
    const bool is_long = count >= format::freelist_count_in_first_id;
    const auto store = [&](const auto& value) {
        std::memcpy(out, &value, sizeof value);
        out += sizeof value;
    };
    store(format::PageHeader{.id = run.first,
                             .flags = format::freelist_flag,
                             .count = is_long ? format::freelist_count_in_first_id
                                              : static_cast<std::uint16_t>(count),
                             .overflow = static_cast<std::uint32_t>(run.count - 1)});
    if (is_long)
        store(count);
    pages.for_each(store);
}

} // namespace rebolt::engine
