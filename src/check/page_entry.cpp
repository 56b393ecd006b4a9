// Whether a page may be entered, and taking it: the part of TreeCheck that looks
// at ids, headers and the page map.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/cycle_message.hpp"
#include "check/tree_check.hpp"

namespace rebolt::check_walk {
namespace {

using format::PageType;

constexpr std::size_t put_off_max = 1000;
// Pages on one way down, through all buckets in each other.
constexpr std::size_t way_pages_max = 1024;

// The pages that a page's content really takes, when its overflow says more.
std::uint64_t pages_needed(Bytes page, PageType type, std::uint32_t page_size) {
    const auto header = load<format::PageHeader>(page.data());
    if (header.count == 0 ||
        format::page_header_bytes + header.count * format::element_bytes > page.size())
        return std::uint64_t{header.overflow} + 1;
    const std::size_t last = header.count - 1U;
    std::uint64_t end = format::LeafView::offset_of(last);
    if (type == PageType::leaf) {
        const auto raw = load<format::LeafElementHeader>(page.data() + end);
        end += std::uint64_t{raw.pos} + raw.key_bytes + raw.value_bytes;
    } else {
        const auto raw = load<format::BranchElementHeader>(page.data() + end);
        end += std::uint64_t{raw.pos} + raw.key_bytes;
    }
    // One more is legal on a border: bbolt up to 1.3.6 allocates it.
    return std::min<std::uint64_t>(std::uint64_t{header.overflow} + 1, end / page_size + 1);
}

} // namespace

bool TreeCheck::is_on_path(PageId page) const {
    return std::ranges::find(frames_, page, &Frame::page) != frames_.end() ||
           std::ranges::find(prefix_, page) != prefix_.end();
}

// Whether the id leads to a page that may be looked at. Reports if not.
bool TreeCheck::may_enter(const Step& step) {
    const std::uint64_t id = number(step.page);
    if (id < 2 || id >= high_water_mark_) {
        report(step.page,
               {step.out_of_range, 0,
                fmt::format("{} leads to page {}, expected 2 to {}",
                            frames_.empty() ? "the meta" : "an element", id, high_water_mark_ - 1)},
               true);
        return false;
    }
    if (id >= context_.map.page_count()) {
        ++report_.findings;
        context_.missing_pages_needed = true;
        context_.primary_has_holes |= tree_.primary;
        return false;
    }
    if (is_taken(step.page) && is_on_path(step.page)) {
        if (cause_ && std::ranges::find(prefix_, step.page) != prefix_.end()) {
            context_.log.repeat(*cause_); // an old page leads to a living one
            return false;
        }
        report(step.page,
               {FindingCode::page_cycle, 0,
                cycle_message(frames_.empty() ? prefix_.back() : frames_.back().page, step.page)},
               true);
        return false;
    }
    if (step.level >= format::tree_depth_max || names_.size() > format::bucket_depth_max ||
        frames_.size() + prefix_.size() > way_pages_max) {
        report(step.page,
               {FindingCode::tree_too_deep, 0,
                fmt::format("{} levels of pages, {} of buckets, {} pages on the way", step.level,
                            names_.size(), frames_.size() + prefix_.size())},
               true);
        return false;
    }
    return true;
}

bool TreeCheck::is_taken(PageId page) const {
    return tree_.primary ? context_.map.role(page) != Role::none
                         : context_.map.has(page, PageMap::in_previous);
}

// The primary tree has judged this page and all below it, and found it sound.
bool TreeCheck::is_known_sound(PageId page) const {
    const Role role = context_.map.role(page);
    return !tree_.primary && !context_.walks_previous_whole &&
           !context_.map.has(page, PageMap::tainted) &&
           (role == Role::branch || role == Role::leaf);
}

bool TreeCheck::is_listed_free(PageId page) const {
    return context_.map.has(page, tree_.primary ? PageMap::free : PageMap::previous_free);
}

// Whether all keys of the page lie outside the range that led there: then it is
// another place's page, or an old one.
bool TreeCheck::is_stranger(const Step& step) const {
    if (!step.range.lower && !step.range.upper)
        return false;
    const auto page = context_.source.page(step.page);
    if (!page || page->header().id != number(step.page) || page->header().count == 0)
        return false;
    const auto outside = [&](std::string_view first, std::string_view last) {
        return first <= last && ((step.range.lower && last < *step.range.lower) ||
                                 (step.range.upper && first >= *step.range.upper));
    };
    if (page->type() == PageType::leaf) {
        const auto leaf = format::LeafView::of(page->bytes());
        if (!leaf)
            return false;
        const auto first = leaf->element(0);
        const auto last = leaf->element(leaf->count() - 1U);
        return first && last && outside(first->key, last->key);
    }
    const auto branch = format::BranchView::of(page->bytes());
    if (page->type() != PageType::branch || !branch)
        return false;
    const auto first = branch->element(0);
    const auto last = branch->element(branch->count() - 1U);
    return first && last && outside(first->key, last->key);
}

bool TreeCheck::put_off(const Step& step) {
    if (put_off_.size() >= put_off_max || is_taken(step.page) ||
        !(is_listed_free(step.page) || is_stranger(step)))
        return false;
    PutOff entry{step, path_to(step.page, FindingCode::page_cycle), names_};
    entry.path.pop_back();
    put_off_.push_back(std::move(entry));
    return true;
}

void TreeCheck::report_shared(PageId page) {
    const Role role = context_.map.role(page);
    const std::string from =
        frames_.empty() && prefix_.empty()
            ? std::string("the meta")
            : fmt::format("page {}",
                          number(frames_.empty() ? prefix_.back() : frames_.back().page));
    report(page,
           {FindingCode::page_shared, 0,
            role == Role::freelist ? from + " leads to the freelist's page"
            : role == Role::overflow
                ? from + " leads into the overflow of another page"
                : from + " leads to a page that has another place in the tree"},
           true);
}

// Whether the page may be taken for this tree. Reports if it is taken already.
bool TreeCheck::may_claim(const Step& step) {
    const Role role = context_.map.role(step.page);
    const bool is_others = !tree_.primary && (role == Role::overflow || role == Role::freelist);
    if (!is_taken(step.page) && !is_others)
        return true;
    // Below a page that a wrong id led to, pages of rightful parents are met.
    if (cause_ && !context_.map.has(step.page, PageMap::by_cause))
        context_.log.repeat(*cause_);
    else
        report_shared(step.page);
    return false;
}

// Marks the page as this tree's. False if it was already.
bool TreeCheck::take(PageId page, Role role) {
    if (cause_)
        context_.map.set(page, PageMap::by_cause);
    if (tree_.primary)
        return (context_.map.claim(page, role) & PageMap::role_bits) == 0;
    const bool fresh = !context_.map.has(page, PageMap::in_previous);
    context_.map.set(page, PageMap::in_previous);
    return fresh;
}

// What makes a page unusable as a whole.
std::optional<Symptom> TreeCheck::judge_header(PageId page) const {
    const std::uint32_t page_size = context_.source.page_size_bytes();
    const std::uint64_t offset = context_.offset_of(page);
    const Bytes bytes = context_.source.file().subspan(offset, page_size);
    if (!context_.source.readable(offset, page_size))
        return Symptom{FindingCode::page_unreadable, 0, "the system could not read the page"};
    const auto fault = format::judge_tree_header(bytes, page);
    if (!fault)
        return std::nullopt;
    return symptom_of(*fault);
}

// Claims the page and the overflow pages behind it; returns their bytes. A page
// is claimed only once, so all claims of a walk together are linear in the file.
Bytes TreeCheck::claim_pages(PageId page, Role role) {
    const std::uint32_t page_size = context_.source.page_size_bytes();
    const std::uint64_t offset = context_.offset_of(page);
    const Bytes first = context_.source.file().subspan(offset, page_size);
    const auto header = load<format::PageHeader>(first.data());
    const std::uint64_t room = std::min(high_water_mark_, context_.map.page_count()) - number(page);
    std::uint64_t pages = std::uint64_t{header.overflow} + 1;
    if (number(page) + pages > high_water_mark_)
        report(page,
               {FindingCode::page_overflow_out_of_range, 12,
                fmt::format("overflow is {}, the database ends {} pages behind this one",
                            header.overflow, high_water_mark_ - number(page) - 1)},
               false);
    else if (pages > room)
        context_.missing_pages_needed = true;
    pages = std::min(pages, room);
    const Bytes all = context_.source.file().subspan(offset, pages * page_size);
    const std::uint64_t needed = std::min(pages, pages_needed(all, header.type(), page_size));
    static_cast<void>(take(page, role));
    pages_claimed_ = 1;
    for (std::uint64_t i = 1; i < needed; ++i, ++pages_claimed_) {
        const PageId id{number(page) + i};
        if (!take(id, Role::overflow)) {
            report(id,
                   {FindingCode::page_shared, 0,
                    fmt::format("the page is also overflow of page {}", number(page))},
                   false);
            break;
        }
        if (is_listed_free(id))
            report(id,
                   {FindingCode::page_reachable_but_free, 0,
                    fmt::format("the freelist lists this page, overflow of page {}", number(page))},
                   false);
    }
    return all;
}

bool TreeCheck::is_readable(PageId page) {
    const std::uint64_t pages = pages_claimed_;
    const std::uint32_t page_size = context_.source.page_size_bytes();
    if (pages == 1 && page_size <= 4096) // the header's read showed it
        return true;
    if (context_.source.probe(context_.offset_of(page), pages * page_size))
        return true;
    for (std::uint64_t i = 0; i < pages; ++i) {
        const PageId id{number(page) + i};
        if (context_.source.readable(context_.offset_of(id), page_size))
            continue;
        report(id,
               {FindingCode::page_unreadable, 0,
                i == 0 ? std::string("the system could not read the page")
                       : fmt::format("the system could not read the page, overflow of page {}",
                                     number(page))},
               true);
        break;
    }
    return false;
}

} // namespace rebolt::check_walk
