#include "check/live_pages.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/try.hpp"

namespace rebolt::live {
namespace {

constexpr std::size_t meta_bytes = format::page_header_bytes + sizeof(format::MetaFields);
// A meta that stays invalid for so many pauses is not just being written.
constexpr unsigned pauses_max = 20;

std::optional<format::MetaFields> valid_meta(Bytes page, std::uint32_t page_size) {
    const auto meta = format::MetaView::of(page);
    if (!meta || meta->validate() || meta->fields().page_size != page_size)
        return std::nullopt;
    return meta->fields();
}

} // namespace

LivePages::LivePages(Channel channel, std::uint32_t page_size_bytes, std::uint64_t run_pages_max)
    : channel_(std::move(channel)), page_size_(page_size_bytes), run_pages_max_(run_pages_max) {}

// Zeros follow the file's end.
Result<LivePages::Page> LivePages::read_pages(std::uint64_t first, std::uint64_t count) const {
    Page bytes(count * page_size_);
    TRY(channel_.read(first * page_size_, bytes));
    return bytes;
}

// nullopt: a commit came just then. If meta 0 is the same before meta 1 was read and
// after, both were there together, since no transaction comes twice.
Result<std::optional<LivePages::State>> LivePages::look() const {
    State state;
    state.pages[0] = TRY(read_pages(0, 1));
    state.pages[1] = TRY(read_pages(1, 1));
    if (TRY(read_pages(0, 1)) != state.pages[0])
        return std::nullopt;
    const auto meta0 = valid_meta(state.pages[0], page_size_);
    const auto meta1 = valid_meta(state.pages[1], page_size_);
    state.is_valid = meta0 || meta1;
    if (!state.is_valid)
        return state;
    state.newest = !meta0 || (meta1 && meta1->txid > meta0->txid) ? 1 : 0;
    state.fields = state.newest == 0 ? *meta0 : *meta1;
    state.other_is_valid = meta0 && meta1;
    return state;
}

// The next commit writes the other meta: while that is as it was, there was none.
Result<bool> LivePages::is_newest(const State& state) const {
    Page now(meta_bytes);
    TRY(channel_.read(state.other() * page_size_, now));
    return std::equal(now.begin(), now.end(), state.pages[state.other()].begin());
}

Result<std::optional<std::vector<bool>>> LivePages::read_freelist(const format::MetaFields& meta,
                                                                  std::uint64_t pages) const {
    const std::uint64_t page = meta.freelist;
    if (page < 2 || page >= pages)
        return std::nullopt; // also: none is stored
    const auto header = load<format::PageHeader>(TRY(read_pages(page, 1)).data());
    const std::uint64_t longest = (pages + 3) * sizeof(std::uint64_t) / page_size_ + 1;
    if (header.type() != format::PageType::freelist || header.overflow > longest)
        return std::nullopt;
    const Page bytes = TRY(read_pages(page, std::uint64_t{header.overflow} + 1));
    const auto list = format::FreelistView::of(bytes);
    if (!list)
        return std::nullopt;
    std::vector<bool> free(pages);
    for (std::uint64_t i = 0; i < list->count(); ++i)
        if (number(list->id(i)) < pages)
            free[number(list->id(i))] = true;
    return free;
}

Result<Progress> LivePages::step() {
    if (!base_)
        return adopt();
    const std::uint64_t first = next_missing();
    if (first == had_.size())
        return finish();
    std::uint64_t count = 1;
    while (first + count < had_.size() && !had_[first + count] && count < run_pages_max_)
        ++count;
    const Page bytes = TRY(read_pages(first, count));
    if (!TRY(is_newest(*base_)))
        return adopt();
    TRY(copy_run(first, bytes));
    return Progress::working;
}

Result<void> LivePages::copy_run(std::uint64_t first, const Page& bytes) {
    TRY(channel_.write(first * page_size_, bytes));
    for (std::uint64_t page = first; page < first + bytes.size() / page_size_; ++page)
        had_[page] = true;
    done_ += bytes.size() / page_size_;
    return {};
}

// The metas are not as they were: goes over to the newest state, if it stays the newest
// until its freelist was read.
Result<Progress> LivePages::adopt() {
    std::optional<State> next = TRY(look());
    if (!next)
        return Progress::working;
    if (!next->is_valid) {
        if (++pauses_ > pauses_max)
            return Progress::no_meta;
        channel_.pause();
        return Progress::working;
    }
    if (base_ && next->fields.txid == base_->fields.txid) { // a commit's meta is half written
        next->free = std::move(base_->free);
        base_ = std::move(next);
        return Progress::working;
    }
    const std::uint64_t pages =
        std::min(next->fields.high_water_mark, TRY(channel_.size_bytes()) / page_size_);
    next->free = TRY(read_freelist(next->fields, pages));
    if (!TRY(is_newest(*next)))
        return Progress::working;
    pauses_ = 0;
    if (base_ && base_->fields.txid + 1 == next->fields.txid && base_->free && next->free)
        follow(*next, pages);
    else
        begin_again(pages);
    base_ = std::move(next);
    return Progress::working;
}

// Pages that the new state uses and the one before did not are its commit's.
void LivePages::follow(const State& next, std::uint64_t pages) {
    const std::uint64_t before = had_.size();
    for (std::uint64_t page = pages; page < before; ++page)
        forget(page);
    had_.resize(pages);
    for (std::uint64_t page = 2; page < std::min(before, pages); ++page)
        if (base_->is_free(page) && !next.is_free(page))
            forget(page);
    position_ = 2;
    ++commits_followed_;
}

void LivePages::begin_again(std::uint64_t pages) {
    restarts_ += base_ ? 1 : 0;
    had_.assign(pages, false);
    for (std::uint64_t page = 0; page < std::min<std::uint64_t>(pages, 2); ++page)
        had_[page] = true; // the metas come last
    done_ = std::min<std::uint64_t>(pages, 2);
    position_ = 2;
}

void LivePages::forget(std::uint64_t page) {
    done_ -= had_[page] ? 1 : 0;
    had_[page] = false;
}

std::uint64_t LivePages::next_missing() {
    while (position_ < had_.size() && had_[position_])
        ++position_;
    return std::min<std::uint64_t>(position_, had_.size());
}

// A meta that was half written is written whole soon, and then there is a newer state;
// one that stays as it is is damage, and belongs to the copy.
Result<Progress> LivePages::finish() {
    if (!base_->other_is_valid && pauses_ < pauses_max) {
        ++pauses_;
        channel_.pause();
        return TRY(is_newest(*base_)) ? Progress::working : TRY(adopt());
    }
    for (const std::size_t page : {0U, 1U})
        TRY(channel_.write(page * page_size_, base_->pages[page]));
    return Progress::done;
}

} // namespace rebolt::live
