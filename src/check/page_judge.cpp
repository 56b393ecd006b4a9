#include "check/page_judge.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace rebolt::check_walk {
namespace {

using format::element_bytes;
using format::key_bytes_max;
using format::page_header_bytes;

constexpr std::size_t shown_key_bytes = 64;

std::string shown(std::string_view key) {
    if (key.size() <= shown_key_bytes)
        return printable(key);
    return printable(key.substr(0, shown_key_bytes)) + "…";
}

// One element, whatever its kind, in numbers of the page.
struct Element {
    std::uint64_t offset;    // of the element itself
    std::uint64_t key_begin; // of its key
    std::uint64_t key_bytes;
    std::uint64_t end; // of its value, or of the key in a branch
    std::uint32_t flags;
};

Element leaf_element(Bytes page, std::size_t index) noexcept {
    const std::uint64_t offset = page_header_bytes + index * element_bytes;
    const auto raw = load<format::LeafElementHeader>(page.data() + offset);
    const std::uint64_t begin = offset + raw.pos;
    return {offset, begin, raw.key_bytes, begin + raw.key_bytes + raw.value_bytes, raw.flags};
}

Element branch_element(Bytes page, std::size_t index) noexcept {
    const std::uint64_t offset = page_header_bytes + index * element_bytes;
    const auto raw = load<format::BranchElementHeader>(page.data() + offset);
    const std::uint64_t begin = offset + raw.pos;
    return {offset, begin, raw.key_bytes, begin + raw.key_bytes, 0};
}

bool in_range(std::string_view first, std::string_view last, const KeyRange& range) noexcept {
    return (!range.lower || first >= *range.lower) && (!range.upper || last < *range.upper);
}

// bbolt up to 1.3.6 allocates size / pageSize + 1 pages, later releases round
// up: a page whose content ends on a border may have one overflow page more.
bool overflow_fits(std::uint64_t end, std::uint64_t overflow, std::uint32_t page_size) noexcept {
    const std::uint64_t pages = (end + page_size - 1) / page_size;
    return overflow + 1 == std::max<std::uint64_t>(pages, 1) || overflow == end / page_size;
}

template <Element (*element_at)(Bytes, std::size_t) noexcept>
bool elements_are_sound(Bytes page, const PageContext& context, std::size_t count,
                        std::uint32_t& flagged) noexcept {
    std::uint64_t expected = page_header_bytes + count * element_bytes;
    std::string_view first;
    std::string_view previous;
    std::uint32_t flags_all = 0;
    std::uint32_t buckets = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Element element = element_at(page, i);
        if (element.key_begin != expected || element.end > page.size() ||
            element.key_bytes - 1 >= key_bytes_max) [[unlikely]]
            return false;
        const std::string_view key = as_text(page.subspan(element.key_begin, element.key_bytes));
        if (i == 0)
            first = key;
        else if (!is_less(previous, key)) [[unlikely]]
            return false;
        previous = key;
        expected = element.end;
        flags_all |= element.flags;
        buckets += element.flags & format::bucket_leaf_flag;
    }
    flagged = buckets;
    const auto overflow = load<format::PageHeader>(page.data()).overflow;
    return flags_all <= format::bucket_leaf_flag && in_range(first, previous, context.range) &&
           (context.is_inline ? overflow == 0
                              : overflow_fits(expected, overflow, context.page_size_bytes));
}

// Collects symptoms; keeps the gravest, counts the rest.
class Symptoms {
public:
    void add(int gravity, FindingCode code, std::uint64_t offset, std::string message) {
        if (symptom_ && gravity >= gravity_) {
            ++symptom_->more;
            return;
        }
        const std::uint64_t more = symptom_ ? symptom_->more + 1 : 0;
        symptom_ = Symptom{code, offset, std::move(message), more};
        gravity_ = gravity;
    }
    [[nodiscard]] std::optional<Symptom> take() { return std::move(symptom_); }

private:
    std::optional<Symptom> symptom_;
    int gravity_ = 0;
};

// Looks at the elements of a page one by one and says what is wrong.
class ElementJudge {
public:
    ElementJudge(Bytes page, const PageContext& context, std::size_t count) noexcept
        : page_(page), context_(context), count_(count),
          expected_(page_header_bytes + count * element_bytes) {}

    void judge(std::size_t index, const Element& element) {
        if (element.end > page_.size())
            return symptoms_.add(0, FindingCode::element_out_of_page, element.offset,
                                 fmt::format("element {} ends at byte {} of a page of {}", index,
                                             element.end, page_.size()));
        if (element.key_begin < page_header_bytes + count_ * element_bytes)
            return symptoms_.add(0, FindingCode::element_out_of_page, element.offset,
                                 fmt::format("element {}'s key starts at byte {}, among the {} "
                                             "elements, which end at byte {}",
                                             index, element.key_begin, count_,
                                             page_header_bytes + count_ * element_bytes));
        judge_layout(index, element);
        judge_key(index, element);
        if (element.flags > format::bucket_leaf_flag)
            symptoms_.add(
                5, FindingCode::layout_not_canonical, element.offset,
                fmt::format("element {} has flags {:#x}, expected 0 or 1", index, element.flags));
    }

    std::optional<Symptom> finish() {
        const std::uint64_t overflow = load<format::PageHeader>(page_.data()).overflow;
        const bool fits = context_.is_inline
                              ? overflow == 0
                              : overflow_fits(expected_, overflow, context_.page_size_bytes);
        if (!fits)
            symptoms_.add(5, FindingCode::layout_not_canonical, 12,
                          fmt::format("the content ends at byte {}, yet overflow is {}", expected_,
                                      overflow));
        judge_range();
        return symptoms_.take();
    }

private:
    void judge_layout(std::size_t index, const Element& element) {
        if (element.key_begin < expected_)
            symptoms_.add(1, FindingCode::element_overlap, element.offset,
                          fmt::format("element {}'s key starts at byte {}, inside the element "
                                      "before, which ends at byte {}",
                                      index, element.key_begin, expected_));
        else if (element.key_begin > expected_)
            symptoms_.add(5, FindingCode::layout_not_canonical, element.offset,
                          fmt::format("element {}'s key starts at byte {}, expected byte {} right "
                                      "behind {}",
                                      index, element.key_begin, expected_,
                                      index == 0 ? fmt::format("the {} elements", count_)
                                                 : "the element before"));
        expected_ = element.end;
    }

    void judge_key(std::size_t index, const Element& element) {
        if (element.key_bytes == 0)
            return symptoms_.add(2, FindingCode::key_empty, element.offset,
                                 fmt::format("element {} has a key of 0 bytes", index));
        if (element.key_bytes > key_bytes_max)
            return symptoms_.add(2, FindingCode::key_too_large, element.offset,
                                 fmt::format("element {} has a key of {} bytes, at most {} are "
                                             "legal",
                                             index, element.key_bytes, key_bytes_max));
        const std::string_view key = as_text(page_.subspan(element.key_begin, element.key_bytes));
        if (previous_ && *previous_ >= key)
            symptoms_.add(3, FindingCode::key_order, element.offset,
                          fmt::format("element {}'s key `{}` does not come after `{}`", index,
                                      shown(key), shown(*previous_)));
        previous_ = key;
        least_ = least_ ? std::min(*least_, key) : key;
        greatest_ = greatest_ ? std::max(*greatest_, key) : key;
    }

    void judge_range() {
        const KeyRange& range = context_.range;
        if (least_ && range.lower && *least_ < *range.lower)
            symptoms_.add(4, FindingCode::key_outside_parent_range, page_header_bytes,
                          fmt::format("key `{}` is below `{}`, from which the parent's element on "
                                      "this page starts",
                                      shown(*least_), shown(*range.lower)));
        else if (greatest_ && range.upper && *greatest_ >= *range.upper)
            symptoms_.add(4, FindingCode::key_outside_parent_range, page_header_bytes,
                          fmt::format("key `{}` is not below `{}`, where the parent's next "
                                      "element starts",
                                      shown(*greatest_), shown(*range.upper)));
    }

    Bytes page_;
    const PageContext& context_;
    std::size_t count_;
    std::uint64_t expected_;
    std::optional<std::string_view> previous_;
    std::optional<std::string_view> least_;
    std::optional<std::string_view> greatest_;
    Symptoms symptoms_;
};

// The common part of judging a page: the elements must fit first of all.
std::optional<Symptom> judge_elements(Bytes page, const PageContext& context,
                                      Element (*element_at)(Bytes, std::size_t) noexcept) {
    const std::size_t count = load<format::PageHeader>(page.data()).count;
    const std::uint64_t elements_end = page_header_bytes + count * element_bytes;
    if (elements_end > page.size())
        return Symptom{FindingCode::element_out_of_page, 10,
                       fmt::format("{} elements end at byte {} of a page of {}", count,
                                   elements_end, page.size())};
    ElementJudge judge(page, context, count);
    for (std::size_t i = 0; i < count; ++i)
        judge.judge(i, element_at(page, i));
    return judge.finish();
}

} // namespace

bool leaf_is_sound(Bytes page, const PageContext& context, LeafCount& count) noexcept {
    const std::size_t elements = load<format::PageHeader>(page.data()).count;
    if (page_header_bytes + elements * element_bytes > page.size())
        return false;
    if (elements == 0)
        return (context.is_root || context.is_inline) &&
               load<format::PageHeader>(page.data()).overflow == 0;
    if (!elements_are_sound<leaf_element>(page, context, elements, count.buckets))
        return false;
    count.keys = static_cast<std::uint32_t>(elements);
    return true;
}

bool branch_is_sound(Bytes page, const PageContext& context) noexcept {
    const std::size_t elements = load<format::PageHeader>(page.data()).count;
    std::uint32_t flagged = 0;
    return elements != 0 && page_header_bytes + elements * element_bytes <= page.size() &&
           elements_are_sound<branch_element>(page, context, elements, flagged);
}

std::optional<Symptom> judge_leaf(Bytes page, const PageContext& context) {
    if (load<format::PageHeader>(page.data()).count == 0 && !context.is_root && !context.is_inline)
        return Symptom{FindingCode::layout_not_canonical, 10,
                       "the leaf has no elements, which only a root may"};
    return judge_elements(page, context, leaf_element);
}

std::optional<Symptom> judge_branch(Bytes page, const PageContext& context) {
    if (load<format::PageHeader>(page.data()).count == 0)
        return Symptom{FindingCode::branch_empty, 10, "the branch has 0 elements"};
    return judge_elements(page, context, branch_element);
}

} // namespace rebolt::check_walk
