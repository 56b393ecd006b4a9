#include "salvage/recover/survey.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include <rebolt/page_grammar.hpp>

namespace rebolt::salvage {
namespace {

constexpr std::uint64_t thread_pages_min = 512; // fewer are not worth a thread

using format::BranchView;
using format::LeafView;
using format::PageHeader;
using format::PageType;

format::PagePlace place_of(std::uint32_t page_size) noexcept {
    return {.range = {}, .page_size_bytes = page_size, .is_root = true, .is_inline = false};
}

bool looks_like_a_page(const PageHeader& header, std::uint64_t id,
                       std::uint32_t page_size) noexcept {
    return header.id == id && header.type() != PageType::unknown &&
           header.overflow < std::numeric_limits<std::uint32_t>::max() / page_size;
}

bool leads_to_pages(Bytes leaf) noexcept {
    const SafeLeaf view(leaf);
    for (std::size_t i = 0; i < view.count(); ++i) {
        const auto element = view.element(i);
        if (!element.is_bucket())
            continue;
        if (const auto bucket = format::BucketView::of(element.value);
            bucket && !bucket->is_inline())
            return true;
    }
    return false;
}

// Where the content of a page ends, if its elements are right; 0: they are not.
std::uint64_t content_end(Bytes page, PageType type, std::size_t count) noexcept {
    const std::uint64_t last = LeafView::offset_of(count - 1);
    if (last + format::element_bytes > page.size())
        return 0;
    if (type == PageType::leaf) {
        const auto raw = load<format::LeafElementHeader>(page.data() + last);
        return last + raw.pos + raw.key_bytes + raw.value_bytes;
    }
    const auto raw = load<format::BranchElementHeader>(page.data() + last);
    return last + raw.pos + raw.key_bytes;
}

// Tries the page as one of this type: the first element says how many there are.
std::optional<std::vector<std::byte>> put_right(Bytes from, PageId page, PageType type,
                                                std::uint32_t page_size) {
    if (from.size() < format::page_header_bytes + format::element_bytes)
        return std::nullopt;
    const std::uint32_t first =
        type == PageType::leaf
            ? load<format::LeafElementHeader>(from.data() + format::page_header_bytes).pos
            : load<format::BranchElementHeader>(from.data() + format::page_header_bytes).pos;
    const std::size_t count = first / format::element_bytes;
    if (first % format::element_bytes != 0 || count == 0 || count > 0xFFFF)
        return std::nullopt;
    const std::uint64_t end = content_end(from, type, count);
    if (end == 0 || end > from.size())
        return std::nullopt;
    const std::uint64_t pages = (end + page_size - 1) / page_size;
    for (std::uint64_t i = 1; i < pages && (i + 1) * page_size <= from.size(); ++i)
        if (looks_like_a_page(load<PageHeader>(from.data() + i * page_size), number(page) + i,
                              page_size))
            return std::nullopt;
    const std::uint64_t bytes = std::min<std::uint64_t>(pages * page_size, from.size());
    std::vector<std::byte> copy(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(bytes));
    const PageHeader header{.id = number(page),
                            .flags =
                                type == PageType::leaf ? format::leaf_flag : format::branch_flag,
                            .count = static_cast<std::uint16_t>(count),
                            .overflow = static_cast<std::uint32_t>(pages - 1)};
    std::memcpy(copy.data(), &header, sizeof header);
    format::LeafCount counted;
    const auto context = place_of(page_size);
    const bool is_sound = type == PageType::leaf ? format::leaf_is_sound(copy, context, counted)
                                                 : format::branch_is_sound(copy, context);
    if (!is_sound)
        return std::nullopt;
    return copy;
}

} // namespace

Survey::Survey(const PageSource& source, Pulse& pulse)
    : source_(source), pulse_(pulse), kinds_(source.page_count(), PageKind::other),
      marks_(source.page_count()), homes_(source.page_count(), no_bucket) {}

bool Survey::step() {
    if (next_ >= kinds_.size()) // a file of metas, or of less
        return false;
    constexpr std::uint64_t bytes_a_step = 16U << 20;
    const std::uint64_t count =
        std::max<std::uint64_t>(1, bytes_a_step / source_.page_size_bytes());
    const std::uint64_t end = std::min<std::uint64_t>(next_ + count, kinds_.size());
    const std::uint64_t threads = std::max(1U, std::thread::hardware_concurrency());
    const std::uint64_t share = std::max((end - next_ + threads - 1) / threads, thread_pages_min);
    std::vector<Unnumbered> unnumbered((end - next_) / share + 1, unnumbered_);
    std::atomic<std::uint64_t> sound{0};
    {
        std::vector<std::jthread> helpers;
        std::size_t thread = 0;
        for (std::uint64_t begin = next_ + share; begin < end; begin += share) {
            Unnumbered& known = unnumbered[++thread];
            helpers.emplace_back(
                [&, begin] { sound += look_at(begin, std::min(begin + share, end), known); });
        }
        sound += look_at(next_, std::min(next_ + share, end), unnumbered.front());
    }
    unnumbered_ = unnumbered.back();
    sound_pages_ += sound;
    next_ = end;
    return next_ < kinds_.size();
}

// Returns how many of the pages are sound. Writes to what is theirs alone.
std::uint64_t Survey::look_at(std::uint64_t begin, std::uint64_t end, Unnumbered& unnumbered) {
    std::uint64_t sound = 0;
    for (std::uint64_t id = begin; id < end; ++id) {
        const PageId page{id};
        kinds_[id] = judge(page, unnumbered);
        sound += is_leaf(page) || is_branch(page) ? 1 : 0;
        if (is_leaf(page) && leads_to_pages(bytes(page)))
            set(page, has_buckets);
    }
    return sound;
}

PageKind Survey::judge(PageId page, Unnumbered& unnumbered) const {
    const std::uint32_t page_size = source_.page_size_bytes();
    const Bytes first = source_.file().subspan(number(page) * page_size, page_size);
    const auto header = load<PageHeader>(first.data());
    const PageType type = header.type();
    if (type == PageType::freelist && header.id == number(page))
        return PageKind::freelist;
    if (type != PageType::leaf && type != PageType::branch)
        return PageKind::other;
    const Bytes all = bytes(page);
    format::LeafCount counted;
    const auto context = place_of(page_size);
    const bool is_sound = type == PageType::leaf ? format::leaf_is_sound(all, context, counted)
                                                 : format::branch_is_sound(all, context);
    if (!is_sound || !overflow_is_whole(page, all, unnumbered) ||
        !source_.readable(number(page) * page_size, all.size()))
        return PageKind::other;
    if (header.id == number(page))
        return type == PageType::leaf ? PageKind::leaf : PageKind::branch;
    // Only one that stands for a page of this file can be placed.
    if (header.id < 2 || header.count == 0)
        return PageKind::other;
    return type == PageType::leaf ? PageKind::displaced_leaf : PageKind::displaced_branch;
}

// Whether no later page was written into the overflow of this one: it would begin with
// its own number. Many pages may claim the same overflow: what one has shown is kept.
bool Survey::overflow_is_whole(PageId page, Bytes bytes, Unnumbered& unnumbered) const noexcept {
    const std::uint32_t page_size = source_.page_size_bytes();
    const std::uint64_t begin = number(page) + 1;
    const std::uint64_t end = number(page) + bytes.size() / page_size;
    if (begin < unnumbered.begin || begin > unnumbered.end)
        unnumbered = {begin, begin};
    for (; unnumbered.end < end; ++unnumbered.end) {
        const Bytes next = source_.file().subspan(unnumbered.end * page_size);
        if (looks_like_a_page(load<PageHeader>(next.data()), unnumbered.end, page_size))
            return false;
    }
    return true;
}

Bytes Survey::bytes(PageId page) const noexcept {
    static constexpr std::array<std::byte, format::page_header_bytes> nothing{};
    if (!is_in_file(page))
        return nothing;
    const std::uint64_t page_size = source_.page_size_bytes();
    const std::uint64_t offset = number(page) * page_size;
    const auto header = load<PageHeader>(source_.file().data() + offset);
    const std::uint64_t pages =
        std::min<std::uint64_t>(std::uint64_t{header.overflow} + 1, kinds_.size() - number(page));
    return source_.file().subspan(offset, pages * page_size);
}

std::uint64_t Survey::run_length(PageId page) const noexcept {
    return bytes(page).size() / source_.page_size_bytes();
}

void Survey::set_run(PageId page, Mark mark) noexcept {
    const std::uint64_t end = number(page) + run_length(page);
    for (std::uint64_t id = number(page); id < end; ++id)
        marks_[id] |= mark;
}

void Survey::clear_all(Mark mark) noexcept {
    for (std::uint16_t& marks : marks_)
        marks &= static_cast<std::uint16_t>(~mark);
}

std::uint16_t count_of(Bytes page) noexcept {
    return load<PageHeader>(page.data()).count;
}

std::string_view first_key(Bytes page) noexcept {
    if (load<PageHeader>(page.data()).type() == PageType::leaf)
        return SafeLeaf(page).element(0).key;
    return SafeBranch(page).element(0).key;
}

std::string_view last_key(Bytes page) noexcept {
    const std::size_t last = count_of(page) - 1U;
    if (load<PageHeader>(page.data()).type() == PageType::leaf)
        return SafeLeaf(page).element(last).key;
    return SafeBranch(page).element(last).key;
}

std::optional<std::vector<std::byte>> with_header_put_right(Bytes from, PageId page,
                                                            std::uint32_t page_size) {
    if (auto leaf = put_right(from, page, PageType::leaf, page_size))
        return leaf;
    return put_right(from, page, PageType::branch, page_size);
}

} // namespace rebolt::salvage
