#include "docker/go_cursor.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace rebolt::docker {
namespace {

constexpr std::uint64_t slice_limit = 0x7FFFFFFF; // bbolt's maxAllocSize
constexpr std::uint64_t element_bytes = 16;

} // namespace

Fate GoStore::fate(FateKind kind, std::string words) const {
    Fate fate{.kind = kind, .words = std::move(words), .key = {}, .page = {}, .path = {}};
    constexpr std::size_t shown = 12;
    for (const GoFrame& frame : stack_.frames())
        if (fate.path.size() < shown)
            fate.path.push_back(frame.page);
    if (!stack_.frames().empty())
        fate.page = stack_.back().page;
    return fate;
}

Fate GoStore::bad_address(std::uint64_t at) const {
    if (at >= map_limit)
        return fate(
            FateKind::panic,
            fmt::format("runtime error: index out of range [{}] with length {}", at, map_limit));
    std::uint64_t mapped = 32768;
    while (mapped < source_->file_bytes() && mapped < (std::uint64_t{1} << 30U))
        mapped *= 2;
    mapped = std::max(mapped, source_->file_bytes());
    return fate(FateKind::panic,
                fmt::format("fatal error: fault [signal {}] (byte {} of a file of {})",
                            at < mapped ? "SIGBUS: bus error" : "SIGSEGV: segmentation violation",
                            at, source_->file_bytes()));
}

// A number past the file's end, on its last system page, reads as zeros.
Fated<std::uint64_t> GoStore::read(std::uint64_t at, std::uint64_t bytes) const {
    const Bytes file = source_->file();
    const std::uint64_t end =
        (file.size() + system_page_bytes - 1) / system_page_bytes * system_page_bytes;
    if (at >= end || bytes > end - at)
        return std::unexpected(bad_address(at));
    std::uint64_t number = 0;
    for (std::uint64_t i = bytes; i-- > 0;)
        number = number << 8U |
                 (at + i < file.size() ? std::to_integer<std::uint64_t>(file[at + i]) : 0U);
    return number;
}

Fated<std::string_view> GoStore::bytes(std::uint64_t at, std::uint64_t length) const {
    const Bytes file = source_->file();
    if (length == 0)
        return std::string_view{};
    if (at >= file.size())
        return std::unexpected(bad_address(at));
    if (length > file.size() - at)
        return std::unexpected(bad_address(file.size()));
    return as_text(file.subspan(at, length));
}

GoStore::Done GoStore::must_go_on() {
    ++pages_entered_;
    if (++entered_by_call_ <= pages_max_)
        return {};
    return std::unexpected(fate(
        FateKind::loop, fmt::format("Cursor.next: {} pages entered, of a file that has {}: it goes "
                                    "on for as long as memory lasts",
                                    entered_by_call_, source_->file_bytes() / page_size_)));
}

std::unexpected<Fate> GoStore::panic_at(const GoFrame& frame, std::string words) const {
    Fate wrong = fate(FateKind::panic, std::move(words));
    wrong.page = frame.page;
    wrong.path.push_back(frame.page);
    return std::unexpected(std::move(wrong));
}

// bbolt's Page.FastCheck. An inline bucket's page is not asked.
GoStore::Done GoStore::check_page(const GoFrame& frame, std::uint64_t flags) const {
    if (checks_ == PageChecks::none || (has_bucket_ && inline_at_ != 0))
        return {};
    auto own = read(frame.at, 8);
    if (!own)
        return failed(own);
    if (*own != number(frame.page))
        return panic_at(frame, fmt::format("assertion failed: Page expected to be: {}, but self "
                                           "identifies as {}",
                                           number(frame.page), *own));
    constexpr std::array<std::uint64_t, 4> known{branch_flag, leaf_flag, 4, 16};
    if (std::ranges::find(known, flags) == known.end())
        return panic_at(frame, fmt::format("assertion failed: page {}: has unexpected "
                                           "type/flags: {:x}",
                                           *own, flags));
    return {};
}

GoStore::Done GoStore::enter(std::uint64_t id, bool from_first) {
    if (auto done = must_go_on(); !done)
        return done;
    GoFrame frame;
    frame.from_first = from_first;
    frame.page = PageId{id};
    if (has_bucket_ && inline_at_ != 0) {
        if (id != 0)
            return std::unexpected(
                fate(FateKind::panic,
                     fmt::format("inline bucket non-zero page access(2): {} != 0", id)));
        frame.at = inline_at_;
    } else {
        frame.at = id * page_size_; // may wrap, as bbolt's does
        if (frame.at >= map_limit)
            return std::unexpected(bad_address(frame.at));
    }
    auto flags = read(frame.at + 8, 2);
    auto count = read(frame.at + 10, 2);
    if (!flags || !count)
        return failed(flags ? count : flags);
    if (auto done = check_page(frame, *flags); !done)
        return done;
    if (!from_first && (*flags & (branch_flag | leaf_flag)) == 0)
        return panic_at(frame, fmt::format("invalid page type: {}: {:x}",
                                           read(frame.at, 8).value_or(0), *flags));
    frame.is_leaf = (*flags & leaf_flag) != 0;
    frame.count = *count;
    stack_.push(frame);
    return {};
}

Fated<std::string_view> GoStore::key_at(std::uint64_t element, bool is_leaf) const {
    auto position = read(element + (is_leaf ? 4 : 0), 4);
    auto length = read(element + (is_leaf ? 8 : 4), 4);
    if (!position || !length)
        return failed(position ? length : position);
    if (*position + *length > slice_limit)
        return std::unexpected(
            fate(FateKind::panic,
                 fmt::format("runtime error: slice bounds out of range [::{}] with length {}",
                             *position + *length, slice_limit)));
    return bytes(element + *position, *length);
}

// sort.Search over the page's keys.
Fated<std::uint64_t> GoStore::lower_bound(const GoFrame& frame, std::string_view key,
                                          bool& exact) const {
    std::uint64_t low = 0;
    std::uint64_t high = frame.count;
    while (low < high) {
        const std::uint64_t middle = (low + high) / 2;
        auto found = key_at(frame.at + header_bytes + middle * element_bytes, frame.is_leaf);
        if (!found)
            return failed(found);
        exact = exact || *found == key;
        if (*found < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

GoStore::Done GoStore::search(std::string_view key, std::uint64_t root) {
    for (std::uint64_t id = root;;) {
        if (stack_.has(PageId{id}))
            return std::unexpected(fate(
                FateKind::panic,
                fmt::format("runtime: goroutine stack exceeds 1000000000-byte limit; fatal error: "
                            "stack overflow (Cursor.search: page {} leads back to itself)",
                            id)));
        if (auto done = enter(id, false); !done)
            return done;
        GoFrame& frame = stack_.back();
        bool exact = false;
        auto index = lower_bound(frame, key, exact);
        if (!index)
            return failed(index);
        frame.index = *index;
        if (frame.is_leaf)
            return {};
        if (!exact && frame.index > 0)
            --frame.index;
        if (frame.index >= frame.count)
            return std::unexpected(
                fate(FateKind::panic,
                     fmt::format("runtime error: index out of range [{}] with length {}",
                                 frame.index, frame.count)));
        auto child = read(frame.at + header_bytes + frame.index * element_bytes + 8, 8);
        if (!child)
            return failed(child);
        id = *child;
    }
}

GoStore::Done GoStore::first() {
    for (;;) {
        const GoFrame frame = stack_.back();
        if (frame.is_leaf)
            return {};
        auto child = read(frame.at + header_bytes + frame.index * element_bytes + 8, 8);
        if (!child)
            return failed(child);
        // A page that was entered at element 0, and is entered there again from
        // inside itself: what happened since happens again, without end.
        if (stack_.has_from_first(PageId{*child}))
            return std::unexpected(fate(
                FateKind::loop,
                fmt::format("Cursor.next, Cursor.first: page {} leads back to page {} without end",
                            number(frame.page), *child)));
        if (auto done = enter(*child, true); !done)
            return done;
    }
}

Fated<bool> GoStore::next() {
    for (;;) {
        const std::vector<GoFrame>& frames = stack_.frames();
        std::size_t depth = frames.size();
        while (depth > 0 && frames[depth - 1].index + 1 >= frames[depth - 1].count)
            --depth;
        if (depth == 0)
            return false;
        stack_.cut_to(depth);
        ++stack_.back().index;
        if (auto done = first(); !done)
            return failed(done);
        if (stack_.back().count != 0)
            return true;
    }
}

Fated<GoEntry> GoStore::key_value() const {
    const GoFrame& frame = stack_.back();
    if (frame.index >= frame.count)
        return GoEntry{};
    const std::uint64_t element = frame.at + header_bytes + frame.index * element_bytes;
    auto flags = read(element, 4);
    auto key = key_at(element, true);
    auto position = read(element + 4, 4);
    auto key_bytes = read(element + 8, 4);
    auto value_bytes = read(element + 12, 4);
    if (!flags || !key || !value_bytes)
        return std::unexpected(!flags ? flags.error() : !key ? key.error() : value_bytes.error());
    if (*position + *key_bytes + *value_bytes > slice_limit)
        return std::unexpected(
            fate(FateKind::panic, fmt::format("runtime error: slice bounds out of range [::{}]",
                                              *position + *key_bytes + *value_bytes)));
    auto value = bytes(element + *position + *key_bytes, *value_bytes);
    if (!value)
        return failed(value);
    return GoEntry{*key, *value, (*flags & 1U) != 0};
}

Fated<std::vector<GoEntry>> GoStore::list(std::string_view prefix) {
    std::vector<GoEntry> entries;
    if (!has_bucket_)
        return entries;
    entered_by_call_ = 0;
    stack_.clear();
    if (auto done = search(prefix, root_); !done)
        return failed(done);
    bool there = stack_.back().index < stack_.back().count;
    if (!there) {
        auto moved = next();
        if (!moved)
            return failed(moved);
        there = *moved;
    }
    while (there) {
        auto entry = key_value();
        if (!entry)
            return failed(entry);
        if (!entry->key.starts_with(prefix) || entry->key.empty())
            break;
        if (entry->is_bucket || entry->value.size() < 8)
            return std::unexpected(
                fate(FateKind::panic,
                     fmt::format("runtime error: slice bounds out of range [:8] with capacity {}",
                                 entry->is_bucket ? 0 : entry->value.size())));
        entries.push_back(*entry);
        if (entries.size() > pages_max_ * 64)
            return std::unexpected(fate(FateKind::loop, "Cursor.next: entries without end"));
        auto moved = next();
        if (!moved)
            return failed(moved);
        there = *moved;
    }
    return entries;
}

Fated<std::string_view> GoStore::get(std::string_view key) {
    if (!has_bucket_)
        return std::string_view{};
    entered_by_call_ = 0;
    stack_.clear();
    if (auto done = search(key, root_); !done)
        return failed(done);
    auto found = key_value();
    if (!found)
        return failed(found);
    return found->key == key && !found->is_bucket ? found->value : std::string_view{};
}

} // namespace rebolt::docker
