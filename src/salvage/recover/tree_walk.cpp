#include "salvage/recover/tree_walk.hpp"

#include <algorithm>
#include <utility>

#include "salvage/recover/damaged_page.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {
namespace {

using format::BucketView;
using format::PageHeader;
using format::PageType;

constexpr std::size_t way_pages_max = 1024;

bool overlaps(Bytes page, const KeyRange& range) noexcept {
    return (!range.lower || last_key(page) >= *range.lower) &&
           (!range.upper || first_key(page) < *range.upper);
}

std::vector<Step> children_of(Bytes branch, const Step& parent) {
    const SafeBranch view(branch);
    std::vector<Step> children(view.count());
    for (std::size_t i = 0; i < children.size(); ++i) {
        const auto element = view.element(i);
        children[i].page = element.child;
        children[i].key = element.key;
        children[i].level = static_cast<std::uint16_t>(parent.level + 1);
        // The first child may hold smaller keys than its own (bbolt: Cursor.search).
        children[i].range.lower =
            i == 0 ? parent.range.lower : std::optional<std::string_view>(element.key);
        if (i != 0)
            children[i - 1].range.upper = element.key;
    }
    if (!children.empty())
        children.back().range.upper = parent.range.upper;
    return children;
}

} // namespace

TreeWalk::TreeWalk(Context& context, WalkMode mode)
    : context_(context), pages_(context.pages), mode_(mode) {}

void TreeWalk::begin(BucketId bucket, const Step& step) {
    names_ = context_.buckets.path(bucket);
    enter(bucket, step, false);
}

void TreeWalk::begin_leaf(BucketId bucket, PageId page, const KeyRange& range) {
    names_ = context_.buckets.path(bucket);
    Frame frame{.page = page, .leaf = pages_.bytes(page), .range = range, .bucket = bucket};
    frame.doubtful = doubtful_elements(frame.leaf);
    frame.count = count_of(frame.leaf);
    frames_.push_back(std::move(frame));
}

std::optional<Kept> TreeWalk::next(std::uint64_t& pages) {
    while (pages != 0) {
        const std::size_t depth = frames_.size();
        if (inside_) {
            enter_bucket();
            pages -= frames_.size() > depth ? 1 : 0;
            continue;
        }
        if (frames_.empty())
            break;
        if (auto kept = next_element())
            return kept;
        pages -= frames_.size() > depth ? 1 : 0;
    }
    return std::nullopt;
}

std::optional<Kept> TreeWalk::next() {
    std::uint64_t all = ~std::uint64_t{0};
    return next(all);
}

bool TreeWalk::is_on_way(PageId page) const noexcept {
    return std::ranges::find(frames_, page, &Frame::page) != frames_.end();
}

// What keeps a page from being entered, whatever is in it.
std::optional<FindingCode> TreeWalk::why_not(BucketId bucket, const Step& step) const {
    const std::uint64_t id = number(step.page);
    if (id < 2 || id >= pages_.page_count())
        return step.level == 0 ? FindingCode::bucket_root_out_of_range
                               : FindingCode::page_out_of_range;
    if (pages_.has(step.page, Survey::used) ||
        (mode_ == WalkMode::learn && pages_.has(step.page, Survey::in_previous)))
        return is_on_way(step.page) ? FindingCode::page_cycle : FindingCode::page_shared;
    if (step.level >= format::tree_depth_max || frames_.size() >= way_pages_max)
        return FindingCode::tree_too_deep;
    if (pages_.is_displaced(step.page) ||
        !(pages_.is_leaf(step.page) || pages_.is_branch(step.page)))
        return std::nullopt; // its header may be put right
    if (pages_.has(step.page, Survey::has_buckets) && context_.of_values.contains(bucket))
        return FindingCode::page_shared;
    if (is_others(bucket, step))
        return FindingCode::page_shared;
    return std::nullopt;
}

// An old page leads to what has found its place in the same bucket: nothing is missing.
bool TreeWalk::is_there_already(BucketId bucket, PageId page) const {
    return mode_ == WalkMode::fill && number(page) >= 2 && number(page) < pages_.page_count() &&
           pages_.has(page, Survey::used) && pages_.home(page) == bucket;
}

// Enters a page if it may be, or makes a hole of it.
void TreeWalk::enter(BucketId bucket, const Step& step, bool has_name) {
    const auto hole = [&](FindingCode code, bool has_wrong_id) {
        add_hole(bucket, step, code, has_wrong_id);
        if (has_name)
            names_.pop_back();
    };
    const std::uint64_t id = number(step.page);
    if (is_there_already(bucket, step.page)) {
        if (has_name)
            names_.pop_back();
        return;
    }
    if (mode_ == WalkMode::newest && step.level == 0)
        context_.reached.insert(bucket);
    if (const auto code = why_not(bucket, step)) {
        const bool was_cut_off = id >= pages_.page_count() && id < context_.page_end();
        return hole(*code, !was_cut_off);
    }
    if (pages_.is_displaced(step.page) ||
        !(pages_.is_leaf(step.page) || pages_.is_branch(step.page)))
        return enter_damaged(bucket, step, has_name);
    if (mode_ != WalkMode::learn && context_.distrusts_newest() &&
        pages_.has(step.page, Survey::outdated))
        return leave_outdated(bucket, step, has_name);
    const Bytes bytes = pages_.bytes(step.page);
    if (count_of(bytes) == 0 && step.level != 0) // its elements may be there all the same
        return enter_damaged(bucket, step, has_name);
    const bool is_suspect = mode_ == WalkMode::newest && context_.free_pages_known &&
                            pages_.has(step.page, Survey::free);
    if (!in_range(bytes, step.range)) {
        if (!is_suspect && fits_between_siblings(step)) // then the key that leads there is wrong
            return enter_sound(bucket, {.page = step.page, .level = step.level}, bytes, false,
                               has_name);
        // Keys on both sides of a border: more likely a torn page than another's.
        if (overlaps(bytes, step.range) && !pages_.has(step.page, Survey::free))
            pages_.set(step.page, Survey::bad);
        if (mode_ == WalkMode::newest)
            pages_.set(step.page, Survey::doubted);
        return hole(FindingCode::key_outside_parent_range, true);
    }
    // What is led to by another key than its first may be another's: the others first.
    const bool is_put_off = mode_ == WalkMode::learn && step.level != 0 && count_of(bytes) != 0 &&
                            step.key != first_key(bytes);
    if (is_suspect || is_put_off) {
        suspects_.push_back({bucket, step});
        if (has_name)
            names_.pop_back();
        return;
    }
    if (mode_ == WalkMode::newest && is_outdated(bucket, step.page))
        return leave_outdated(bucket, step, has_name);
    enter_sound(bucket, step, bytes, false, has_name);
}

TreeWalk::Frame TreeWalk::frame_of(BucketId bucket, const Step& step, bool is_partial,
                                   bool has_name) {
    return {.page = step.page,
            .range = step.range,
            .bucket = bucket,
            .level = step.level,
            .is_partial = is_partial,
            .has_name = has_name};
}

void TreeWalk::enter_sound(BucketId bucket, const Step& step, Bytes bytes, bool is_partial,
                           bool has_name) {
    const bool is_leaf = load<PageHeader>(bytes.data()).type() == PageType::leaf;
    if (mode_ == WalkMode::learn)
        pages_.set_run(step.page, Survey::in_previous);
    else if (!is_partial)
        pages_.set_run(step.page, Survey::used);
    else
        pages_.set(step.page, Survey::used);
    pages_.set_home(step.page, bucket);
    Frame frame = frame_of(bucket, step, is_partial, has_name);
    if (is_leaf) {
        context_.leaf_levels.try_emplace(bucket, step.level);
        frame.leaf = bytes;
        frame.count = count_of(bytes);
        frame.doubtful = doubtful_elements(bytes);
    } else {
        frame.children = children_of(bytes, step);
        if (mode_ == WalkMode::newest && context_.distrusts_newest())
            widen_gaps(frame.children, bucket);
        frame.count = static_cast<std::uint32_t>(frame.children.size());
    }
    frames_.push_back(std::move(frame));
}

// A page that is not sound: its header may be put right, or single elements kept.
void TreeWalk::enter_damaged(BucketId bucket, const Step& step, bool has_name) {
    const std::uint32_t page_size = pages_.source().page_size_bytes();
    const Bytes from = pages_.source().file().subspan(number(step.page) * page_size);
    if (!pages_.is_displaced(step.page))
        pages_.set(step.page, Survey::bad);
    const auto header = load<PageHeader>(from.data());
    const bool is_readable = pages_.source().readable(number(step.page) * page_size, page_size);
    if (is_readable && !pages_.is_displaced(step.page) && mode_ != WalkMode::learn) {
        if (auto page = with_header_put_right(from, step.page, page_size);
            page && in_range(*page, step.range)) {
            context_.put_right.push_back(std::move(*page));
            return enter_sound(bucket, step, context_.put_right.back(), true, has_name);
        }
    }
    add_hole(bucket, step, what_is_wrong(pages_, step.page), false);
    Frame frame = frame_of(bucket, step, true, has_name);
    if (is_readable && header.id == number(step.page) && header.type() == PageType::leaf &&
        mode_ != WalkMode::learn) {
        const Bytes leaf = pages_.bytes(step.page);
        frame.only = sound_elements(leaf, context_, names_);
        frame.leaf = leaf;
        frame.count = static_cast<std::uint32_t>(frame.only.size());
    } else if (is_readable && header.id == number(step.page)) {
        frame.children = proven_children(pages_, step);
        frame.count = static_cast<std::uint32_t>(frame.children.size());
    }
    frames_.push_back(std::move(frame));
}

void TreeWalk::add_hole(BucketId bucket, const Step& step, FindingCode code, bool has_wrong_id) {
    if (mode_ == WalkMode::learn)
        return;
    const bool is_bounded = step.gap.lower || step.gap.upper;
    context_.holes.push_back({.bucket = bucket,
                              .range = step.range,
                              .gap = is_bounded ? step.gap : step.range,
                              .page = step.page,
                              .code = code,
                              .has_wrong_id = has_wrong_id,
                              .level = step.level});
}

// One element cannot be used: a hole that is as wide as its key.
void TreeWalk::add_element_hole(const Frame& frame, std::string_view key, FindingCode code) {
    if (mode_ != WalkMode::newest) // what an old page lacks is no hole of the newest state
        return;
    if (frame.bucket == no_bucket) { // inside an inline bucket: no pages to fill it from
        ++context_.wrong_elements;
        return;
    }
    context_.made_keys.push_back(std::string(key) + '\0');
    context_.holes.push_back({.bucket = frame.bucket,
                              .range = {key, context_.made_keys.back()},
                              .gap = {key, context_.made_keys.back()},
                              .page = frame.page,
                              .code = code,
                              .level = frame.level,
                              .count = 1});
}

std::optional<Kept> TreeWalk::next_element() {
    const std::size_t top = frames_.size() - 1;
    Frame& frame = frames_[top];
    if (frame.next == frame.count) {
        leave();
        return std::nullopt;
    }
    const std::size_t index = frame.next++;
    if (frame.leaf.empty()) {
        const Step child = frame.children[index];
        enter(frame.bucket, child, false);
        return std::nullopt;
    }
    return element_at(top, frame.only.empty() ? index : frame.only[index]);
}

// The elements whose values are malformed, and those beside them: where a page
// was torn, a value before or behind may reach into the tear.
std::vector<std::size_t> TreeWalk::doubtful_elements(Bytes leaf) const {
    std::vector<std::size_t> doubtful;
    if (!context_.has_rules() || mode_ == WalkMode::learn)
        return doubtful;
    const SafeLeaf view(leaf);
    const std::size_t count = view.count();
    for (std::size_t i = 0; i < count; ++i) {
        const auto element = view.element(i);
        if (element.is_bucket() || !context_.is_malformed(names_, element.key, element.value))
            continue;
        for (std::size_t j = i == 0 ? 0 : i - 1; j < std::min(i + 2, count); ++j)
            if (doubtful.empty() || doubtful.back() < j)
                doubtful.push_back(j);
    }
    return doubtful;
}

void TreeWalk::leave() {
    if (frames_.back().has_name)
        names_.pop_back();
    frames_.pop_back();
}

std::optional<Kept> TreeWalk::element_at(std::size_t at, std::size_t index) {
    const Frame& frame = frames_[at];
    const auto element = SafeLeaf(frame.leaf).element(index);
    if (element.key.empty() || (frame.range.lower && element.key < *frame.range.lower) ||
        (frame.range.upper && element.key >= *frame.range.upper))
        return std::nullopt;
    const bool is_doubtful = std::ranges::binary_search(frame.doubtful, index);
    if (element.is_bucket())
        return bucket_at(at, element, is_doubtful);
    if (mode_ == WalkMode::learn)
        return std::nullopt;
    if (is_doubtful && frame.is_partial) { // in a page that is not sound
        add_element_hole(frame, element.key, FindingCode::value_malformed);
        return std::nullopt;
    }
    return Kept{.bucket = names_,
                .key = element.key,
                .value = element.value,
                .is_partial = frame.is_partial || is_doubtful,
                .page = frame.page};
}

std::optional<Kept> TreeWalk::bucket_at(std::size_t at, const format::LeafElement& element,
                                        bool is_doubtful) {
    const auto bucket = BucketView::of(element.value);
    if (!bucket || names_.size() >= format::bucket_depth_max) {
        add_element_hole(frames_[at], element.key, FindingCode::bucket_value_malformed);
        return std::nullopt;
    }
    if (bucket->is_inline()) {
        const format::PagePlace place{.range = {},
                                      .page_size_bytes = pages_.source().page_size_bytes(),
                                      .is_root = true,
                                      .is_inline = true};
        format::LeafCount counted;
        if (!format::leaf_is_sound(bucket->inline_page(), place, counted)) {
            add_element_hole(frames_[at], element.key, FindingCode::inline_bucket_malformed);
            return std::nullopt;
        }
    }
    inside_ = Inside{at, element.key, *bucket};
    if (mode_ == WalkMode::learn)
        return std::nullopt;
    return Kept{.bucket = names_,
                .key = element.key,
                .value = {},
                .is_bucket = true,
                .sequence = bucket->sequence(),
                .is_partial = frames_[at].is_partial || is_doubtful,
                .page = frames_[at].page};
}

// Enters the bucket that was given out last.
void TreeWalk::enter_bucket() {
    const Inside at = *inside_;
    inside_.reset();
    if (at.bucket.is_inline())
        return enter_inline(frames_[at.frame], at.name, at.bucket.inline_page());
    if (frames_[at.frame].bucket == no_bucket) // bbolt keeps no such bucket inline
        return;
    const BucketId inside = context_.buckets.inside(frames_[at.frame].bucket, at.name);
    const Step root{.page = at.bucket.root()};
    if (mode_ == WalkMode::fill && !may_be_followed(frames_[at.frame].page, inside, root.page))
        return add_hole(inside, root, FindingCode::page_reachable_but_free, true);
    names_.emplace_back(at.name);
    enter(inside, root, true);
}

// An old page may lead to one that has since become another bucket's.
bool TreeWalk::may_be_followed(PageId host, BucketId inside, PageId root) const {
    if (!context_.free_pages_known || !pages_.has(host, Survey::free) ||
        pages_.has(host, Survey::in_previous))
        return true;
    return number(root) < pages_.page_count() && pages_.home(root) == inside;
}

void TreeWalk::enter_inline(const Frame& host, std::string_view name, Bytes image) {
    if (frames_.size() >= way_pages_max)
        return;
    Frame frame{.page = host.page, .leaf = image, .count = count_of(image)};
    frame.is_partial = host.is_partial;
    frame.has_name = true;
    names_.emplace_back(name);
    frame.doubtful = doubtful_elements(image);
    frames_.push_back(std::move(frame));
}

} // namespace rebolt::salvage
