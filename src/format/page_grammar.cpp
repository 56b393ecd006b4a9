#include <rebolt/page_grammar.hpp>

#include <algorithm>

namespace rebolt::format {
namespace {

// One element, whatever its kind, in numbers of the page.
struct Element {
    std::uint64_t offset;    // of the element itself
    std::uint64_t key_begin; // of its key
    std::uint64_t key_bytes;
    std::uint64_t end; // of its value, or of the key in a branch
    std::uint32_t flags;
};

Element leaf_element(Bytes page, std::size_t index) noexcept {
    const std::uint64_t offset = LeafView::offset_of(index);
    const auto raw = load<LeafElementHeader>(page.data() + offset);
    const std::uint64_t begin = offset + raw.pos;
    return {offset, begin, raw.key_bytes, begin + raw.key_bytes + raw.value_bytes, raw.flags};
}

Element branch_element(Bytes page, std::size_t index) noexcept {
    const std::uint64_t offset = BranchView::offset_of(index);
    const auto raw = load<BranchElementHeader>(page.data() + offset);
    const std::uint64_t begin = offset + raw.pos;
    return {offset, begin, raw.key_bytes, begin + raw.key_bytes, 0};
}

bool in_range(std::string_view first, std::string_view last, const KeyRange& range) noexcept {
    return (!range.lower || first >= *range.lower) && (!range.upper || last < *range.upper);
}

// bbolt up to 1.3.6 allocates size / pageSize + 1 pages, later releases round
// up: a page whose content ends on a border may have one overflow page more.
bool overflow_fits(std::uint64_t end, std::uint64_t overflow, const PagePlace& place) noexcept {
    if (place.is_inline)
        return overflow == 0;
    const std::uint64_t page_size = place.page_size_bytes;
    const std::uint64_t pages = (end + page_size - 1) / page_size;
    return overflow + 1 == std::max<std::uint64_t>(pages, 1) || overflow == end / page_size;
}

template <Element (*element_at)(Bytes, std::size_t) noexcept>
bool elements_are_sound(Bytes page, const PagePlace& place, std::size_t count,
                        std::uint32_t& flagged) noexcept {
    std::uint64_t expected = LeafView::offset_of(count);
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
        buckets += element.flags & bucket_leaf_flag;
    }
    flagged = buckets;
    return flags_all <= bucket_leaf_flag && in_range(first, previous, place.range) &&
           overflow_fits(expected, load<PageHeader>(page.data()).overflow, place);
}

// The order in which faults of one page count.
int gravity_of(FindingCode code) noexcept {
    using enum FindingCode;
    constexpr FindingCode gravest_first[] = {element_out_of_page, element_overlap,
                                             key_empty,           key_too_large,
                                             key_order,           key_outside_parent_range};
    return static_cast<int>(std::ranges::find(gravest_first, code) - std::begin(gravest_first));
}

Fault outside(Relation relation, std::string_view key, std::string_view bound) noexcept {
    return {.code = FindingCode::key_outside_parent_range,
            .offset = page_header_bytes,
            .subject = Subject::key_range,
            .relation = relation,
            .key = key,
            .other = bound};
}

// Keeps the gravest fault, counts the rest.
class Faults {
public:
    void add(const Fault& fault) noexcept {
        if (!gravest_) {
            gravest_ = Judgement{fault};
            return;
        }
        ++gravest_->more;
        if (gravity_of(fault.code) < gravity_of(gravest_->fault.code))
            gravest_->fault = fault;
    }
    [[nodiscard]] const std::optional<Judgement>& gravest() const noexcept { return gravest_; }

private:
    std::optional<Judgement> gravest_;
};

// Looks at the elements of a page one by one and says what is wrong.
class ElementJudge {
public:
    ElementJudge(Bytes page, const PagePlace& place, std::size_t count, Subject end) noexcept
        : page_(page), place_(place), elements_end_(LeafView::offset_of(count)),
          expected_(elements_end_), end_(end) {}

    void judge(std::size_t index, const Element& element) noexcept {
        if (element.end > page_.size())
            return faults_.add(fault_at(index, element.offset, end_, element.end, page_.size()));
        if (element.key_begin < elements_end_)
            return faults_.add(fault_at(index, element.offset, Subject::key_start,
                                        element.key_begin, elements_end_));
        judge_layout(index, element);
        judge_key(index, element);
        if (element.flags > bucket_leaf_flag)
            add(FindingCode::layout_not_canonical, Subject::element_flags, index, element,
                element.flags, bucket_leaf_flag);
    }

    std::optional<Judgement> finish() noexcept {
        const std::uint32_t overflow = load<PageHeader>(page_.data()).overflow;
        if (!overflow_fits(expected_, overflow, place_))
            faults_.add({.code = FindingCode::layout_not_canonical,
                         .offset = offsetof(PageHeader, overflow),
                         .subject = Subject::overflow,
                         .actual = overflow,
                         .bound = expected_});
        judge_range();
        return faults_.gravest();
    }

private:
    void add(FindingCode code, Subject subject, std::size_t index, const Element& element,
             std::uint64_t actual, std::uint64_t most) noexcept {
        faults_.add({.code = code,
                     .offset = element.offset,
                     .subject = subject,
                     .actual = actual,
                     .relation = Relation::at_most,
                     .bound = most,
                     .element = static_cast<std::uint32_t>(index)});
    }

    void judge_layout(std::size_t index, const Element& element) noexcept {
        if (element.key_begin != expected_)
            faults_.add({.code = element.key_begin < expected_ ? FindingCode::element_overlap
                                                               : FindingCode::layout_not_canonical,
                         .offset = element.offset,
                         .subject = Subject::key_start,
                         .actual = element.key_begin,
                         .bound = expected_,
                         .element = static_cast<std::uint32_t>(index)});
        expected_ = element.end;
    }

    void judge_key(std::size_t index, const Element& element) noexcept {
        if (element.key_bytes == 0)
            return add(FindingCode::key_empty, Subject::key_bytes, index, element, 0,
                       key_bytes_max);
        if (element.key_bytes > key_bytes_max)
            return add(FindingCode::key_too_large, Subject::key_bytes, index, element,
                       element.key_bytes, key_bytes_max);
        const std::string_view key = as_text(page_.subspan(element.key_begin, element.key_bytes));
        if (previous_ && *previous_ >= key)
            faults_.add({.code = FindingCode::key_order,
                         .offset = element.offset,
                         .subject = Subject::key_order,
                         .relation = Relation::more,
                         .element = static_cast<std::uint32_t>(index),
                         .key = key,
                         .other = *previous_});
        previous_ = key;
        least_ = least_ ? std::min(*least_, key) : key;
        greatest_ = greatest_ ? std::max(*greatest_, key) : key;
    }

    void judge_range() noexcept {
        const KeyRange& range = place_.range;
        if (least_ && range.lower && *least_ < *range.lower)
            faults_.add(outside(Relation::at_least, *least_, *range.lower));
        else if (greatest_ && range.upper && *greatest_ >= *range.upper)
            faults_.add(outside(Relation::less, *greatest_, *range.upper));
    }

    Bytes page_;
    const PagePlace& place_;
    std::uint64_t elements_end_;
    std::uint64_t expected_;
    Subject end_; // what ends with an element: its value, or the key in a branch
    std::optional<std::string_view> previous_;
    std::optional<std::string_view> least_;
    std::optional<std::string_view> greatest_;
    Faults faults_;
};

Fault flags_fault(std::uint16_t flags, std::uint16_t expected) noexcept {
    return {.code = FindingCode::page_type_invalid,
            .offset = offsetof(PageHeader, flags),
            .subject = Subject::page_flags,
            .actual = flags,
            .bound = expected};
}

// The elements must fit first of all.
std::optional<Judgement> judge_elements(Bytes page, const PagePlace& place, Subject end,
                                        Element (*element_at)(Bytes, std::size_t) noexcept) {
    const std::uint16_t count = load<PageHeader>(page.data()).count;
    if (LeafView::offset_of(count) > page.size())
        return Judgement{elements_fault(count, page.size())};
    ElementJudge judge(page, place, count, end);
    for (std::size_t i = 0; i < count; ++i)
        judge.judge(i, element_at(page, i));
    return judge.finish();
}

} // namespace

Fault no_elements(FindingCode code) noexcept {
    return {.code = code,
            .offset = offsetof(PageHeader, count),
            .subject = Subject::element_count,
            .relation = Relation::at_least,
            .bound = 1};
}

bool leaf_is_sound(Bytes page, const PagePlace& place, LeafCount& count) noexcept {
    const auto header = load<PageHeader>(page.data());
    const std::size_t elements = header.count;
    if (LeafView::offset_of(elements) > page.size() ||
        (place.is_inline && header.flags != leaf_flag))
        return false;
    if (elements == 0)
        return (place.is_root || place.is_inline) && header.overflow == 0;
    if (!elements_are_sound<leaf_element>(page, place, elements, count.buckets))
        return false;
    count.keys = static_cast<std::uint32_t>(elements);
    return true;
}

bool branch_is_sound(Bytes page, const PagePlace& place) noexcept {
    const std::size_t elements = load<PageHeader>(page.data()).count;
    std::uint32_t flagged = 0;
    return elements != 0 && BranchView::offset_of(elements) <= page.size() &&
           elements_are_sound<branch_element>(page, place, elements, flagged);
}

std::optional<Judgement> judge_leaf(Bytes page, const PagePlace& place) {
    const auto header = load<PageHeader>(page.data());
    if (place.is_inline && header.flags != leaf_flag)
        return Judgement{flags_fault(header.flags, leaf_flag)};
    if (header.count == 0 && !place.is_root && !place.is_inline)
        return Judgement{no_elements(FindingCode::layout_not_canonical)};
    return judge_elements(page, place, Subject::value_end, leaf_element);
}

std::optional<Judgement> judge_branch(Bytes page, const PagePlace& place) {
    if (load<PageHeader>(page.data()).count == 0)
        return Judgement{no_elements(FindingCode::branch_empty)};
    return judge_elements(page, place, Subject::key_end, branch_element);
}

std::optional<Fault> judge_tree_header(Bytes page, PageId id) noexcept {
    const auto header = load<PageHeader>(page.data());
    const bool is_of_tree = header.type() == PageType::leaf || header.type() == PageType::branch;
    if (header.id == number(id) && is_of_tree)
        return std::nullopt;
    if (all_zero(page))
        return Fault{.code = FindingCode::page_zeroed,
                     .offset = 0,
                     .subject = Subject::page_content,
                     .bound = page.size()};
    if (header.id != number(id))
        return Fault{.code = FindingCode::page_id_mismatch,
                     .offset = 0,
                     .subject = Subject::page_id,
                     .actual = header.id,
                     .bound = number(id)};
    return flags_fault(header.flags, branch_flag | leaf_flag);
}

std::optional<Fault> judge_range(Bytes sound_page, bool is_leaf, const KeyRange& range) noexcept {
    const std::size_t count = load<PageHeader>(sound_page.data()).count;
    if (count == 0)
        return std::nullopt;
    const auto key = [&](std::size_t index) {
        return is_leaf ? SoundLeaf(sound_page)[index].key : SoundBranch(sound_page)[index].key;
    };
    if (range.lower && key(0) < *range.lower)
        return outside(Relation::at_least, key(0), *range.lower);
    if (range.upper && key(count - 1) >= *range.upper)
        return outside(Relation::less, key(count - 1), *range.upper);
    return std::nullopt;
}

std::uint64_t content_end(Bytes sound_page, bool is_leaf) noexcept {
    const std::size_t count = load<PageHeader>(sound_page.data()).count;
    if (count == 0)
        return page_header_bytes;
    return is_leaf ? leaf_element(sound_page, count - 1).end
                   : branch_element(sound_page, count - 1).end;
}

} // namespace rebolt::format
