#include "engine/free_pages.hpp"

#include <utility>

namespace rebolt::engine {

void FreePages::set(Bits& bits, std::uint64_t page) {
    if (page / 64 >= bits.size())
        bits.resize(std::max<std::size_t>(page / 64 + 1, bits.size() + bits.size() / 2));
    bits[page / 64] |= std::uint64_t{1} << (page % 64);
}

// A page may complete a run that begins before it.
void FreePages::set_free(std::uint64_t page) {
    set(free_, page);
    ++free_count_;
    std::uint64_t begin = page;
    while (begin > 0 && page - begin < from_.size() && is_set(free_, begin - 1))
        --begin;
    for (std::uint64_t& from : from_)
        from = std::min(from, begin);
}

bool FreePages::add(std::uint64_t page) {
    if (contains(page))
        return false;
    set_free(page);
    return true;
}

std::optional<std::uint64_t> FreePages::find(std::uint64_t from, std::uint64_t end,
                                             std::uint64_t count) const noexcept {
    std::uint64_t run = 0;
    for (std::uint64_t page = from; page < end; ++page) {
        if (page % 64 == 0 && free_[page / 64] == 0) {
            run = 0;
            page += 63;
            continue;
        }
        run = is_set(free_, page) ? run + 1 : 0;
        if (run == count)
            return page + 1 - count;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> FreePages::take(std::uint64_t count) {
    if (count == 0 || count > free_count_)
        return std::nullopt;
    const std::uint64_t end = free_.size() * 64;
    std::uint64_t& from = from_[std::min<std::uint64_t>(count, from_.size()) - 1];
    std::optional<std::uint64_t> found;
    if (type_ == FreelistType::hashmap && next_ > from)
        found = find(next_, end, count);
    if (!found) {
        found = find(from, end, count);
        // The last hint stands for all longer runs too: only its own may move it.
        if (count <= from_.size())
            from = found.value_or(end);
    }
    if (!found)
        return std::nullopt;
    for (std::uint64_t page = *found; page < *found + count; ++page)
        clear(free_, page);
    free_count_ -= count;
    next_ = *found + count;
    return found;
}

void FreePages::give_back(const PageRun& run) {
    for (const std::uint64_t page : run.pages())
        set_free(page);
}

bool FreePages::set_pending(std::uint64_t txid, const PageRun& run) {
    for (const std::uint64_t page : run.pages())
        if (contains(page))
            return false;
    for (const std::uint64_t page : run.pages())
        set(pending_, page);
    pending_count_ += run.count;
    std::vector<PageRun>& runs = pending_of_[txid];
    if (!runs.empty() && runs.back().first + runs.back().count == run.first)
        runs.back().count += run.count;
    else
        runs.push_back(run);
    return true;
}

void FreePages::forget_pending(std::uint64_t txid) {
    const auto mine = pending_of_.find(txid);
    if (mine == pending_of_.end())
        return;
    for (const PageRun& run : mine->second) {
        for (const std::uint64_t page : run.pages())
            clear(pending_, page);
        pending_count_ -= run.count;
    }
    pending_of_.erase(mine);
}

void FreePages::release(std::uint64_t txid) {
    while (!pending_of_.empty() && pending_of_.begin()->first <= txid) {
        const std::vector<PageRun> runs = std::move(pending_of_.begin()->second);
        pending_of_.erase(pending_of_.begin());
        for (const PageRun& run : runs) {
            for (const std::uint64_t page : run.pages())
                clear(pending_, page);
            pending_count_ -= run.count;
            give_back(run);
        }
    }
}

} // namespace rebolt::engine
