// Survey: what each page of the file is by itself, whatever leads to it.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include <rebolt/page_source.hpp>

#include "salvage/recover/pulse.hpp"
#include "salvage/recover/safe_page.hpp"

namespace rebolt::salvage {

/// Of one page. A page is sound if its elements lie in it, in order and without
/// gaps, as bbolt always writes them, and no page of its overflow is another's.
enum class PageKind : std::uint8_t {
    other, ///< overflow, zeros, or damaged
    branch,
    leaf,
    freelist,         ///< by its header; its ids are not looked at here
    displaced_branch, ///< sound, but its header carries another page's number
    displaced_leaf,
};

/// The bucket that a page belongs to, as a number of BucketTable.
using BucketId = std::uint32_t;
inline constexpr BucketId no_bucket = std::numeric_limits<BucketId>::max();

/// Seven bytes a page: its kind, its marks, and its bucket, once that is known.
class Survey {
public:
    enum Mark : std::uint16_t {
        used = 0x01,        ///< part of what has been kept or filled in
        in_previous = 0x02, ///< the state before leads to it
        free = 0x04,        ///< the newest state's freelist lists it
        has_buckets = 0x08, ///< a leaf with buckets in it that have pages
        led_to = 0x10,      ///< a sound page that nothing leads to leads to it
        entered = 0x20,     ///< seen by the walk that goes on now
        bad = 0x40,         ///< looked for, and found damaged
        contested = 0x80,   ///< a leaf that several lead to: one of them by its first key
        disputed = 0x100,   ///< a leaf that several lead to by its first key
        written = 0x400,    ///< free in the state before: the newest commit wrote it, or nobody
        doubted = 0x800,    ///< the newest tree leads to it where its keys do not fit
        outdated = 0x200,   ///< of the newest state by its number, but old by what it names
    };

    Survey(const PageSource& source, Pulse& pulse);

    /// Looks at some more pages, on all cores; false when all have been. Cost: their
    /// bytes.
    bool step();
    /// Asked in every loop over pages: see Pulse.
    [[nodiscard]] bool goes_on() const noexcept { return pulse_.goes_on(); }
    [[nodiscard]] std::uint64_t pages_done() const noexcept { return next_; }
    /// Branches and leaves that are sound by themselves.
    [[nodiscard]] std::uint64_t sound_pages() const noexcept { return sound_pages_; }

    [[nodiscard]] const PageSource& source() const noexcept { return source_; }
    [[nodiscard]] std::uint64_t page_count() const noexcept { return kinds_.size(); }
    /// A number may have been read from a file that changes: behind the file's end
    /// there is nothing, whoever asks.
    [[nodiscard]] bool is_in_file(PageId page) const noexcept {
        return number(page) < kinds_.size();
    }
    [[nodiscard]] PageKind kind(PageId page) const noexcept {
        return is_in_file(page) ? kinds_[number(page)] : PageKind::other;
    }
    [[nodiscard]] bool is_leaf(PageId page) const noexcept {
        return kind(page) == PageKind::leaf || kind(page) == PageKind::displaced_leaf;
    }
    [[nodiscard]] bool is_branch(PageId page) const noexcept {
        return kind(page) == PageKind::branch || kind(page) == PageKind::displaced_branch;
    }
    [[nodiscard]] bool is_displaced(PageId page) const noexcept {
        return kind(page) == PageKind::displaced_branch || kind(page) == PageKind::displaced_leaf;
    }
    [[nodiscard]] bool has(PageId page, Mark mark) const noexcept {
        return is_in_file(page) && (marks_[number(page)] & mark) != 0;
    }
    void set(PageId page, Mark mark) noexcept {
        if (is_in_file(page))
            marks_[number(page)] |= mark;
    }
    void clear(PageId page, Mark mark) noexcept {
        if (is_in_file(page))
            marks_[number(page)] &= static_cast<std::uint16_t>(~mark);
    }
    /// Takes a mark from all pages.
    void clear_all(Mark mark) noexcept;
    [[nodiscard]] BucketId home(PageId page) const noexcept {
        return is_in_file(page) ? homes_[number(page)] : no_bucket;
    }
    void set_home(PageId page, BucketId bucket) noexcept {
        if (is_in_file(page))
            homes_[number(page)] = bucket;
    }

    /// The page with its overflow, as far as the file goes.
    [[nodiscard]] Bytes bytes(PageId page) const noexcept;
    /// Pages that it takes, itself included.
    [[nodiscard]] std::uint64_t run_length(PageId page) const noexcept;
    /// Marks the page and its overflow.
    void set_run(PageId page, Mark mark) noexcept;

private:
    /// A stretch of pages none of which carries its own number.
    struct Unnumbered {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
    };
    [[nodiscard]] std::uint64_t look_at(std::uint64_t begin, std::uint64_t end,
                                        Unnumbered& unnumbered);
    [[nodiscard]] PageKind judge(PageId page, Unnumbered& unnumbered) const;
    [[nodiscard]] bool overflow_is_whole(PageId page, Bytes bytes,
                                         Unnumbered& unnumbered) const noexcept;

    const PageSource& source_;
    Pulse& pulse_;
    Unnumbered unnumbered_;
    std::vector<PageKind> kinds_;
    std::vector<std::uint16_t> marks_;
    std::vector<BucketId> homes_;
    std::uint64_t sound_pages_ = 0;
    std::uint64_t next_ = 2; // behind the metas
};

/// The first and the last key of a sound page. It has one.
[[nodiscard]] std::string_view first_key(Bytes page) noexcept;
[[nodiscard]] std::string_view last_key(Bytes page) noexcept;
[[nodiscard]] std::uint16_t count_of(Bytes page) noexcept;

/// A copy of a damaged page whose elements show what its header should say, with
/// its header put right; nullopt if they do not. `limit`: the pages that it may
/// take. The elements of the copy are in order and without gaps.
[[nodiscard]] std::optional<std::vector<std::byte>> with_header_put_right(Bytes from, PageId page,
                                                                          std::uint32_t page_size);

} // namespace rebolt::salvage
