#include "salvage/recover/tree_keeper.hpp"

#include <algorithm>
#include <utility>

#include "base/try.hpp"
#include "salvage/recover/damaged_page.hpp"

namespace rebolt::salvage {

OwnerRules::Home Ground::home_of(std::string_view key, std::string_view value) const {
    if (owner == Owner::unknown || !options.owners.home_of_key)
        return std::nullopt;
    return options.owners.home_of_key(owner, key, value);
}

OwnerRules::Home Ground::home_of_bucket(std::string_view name,
                                        std::span<const std::string_view> keys,
                                        std::span<const std::string_view> within) const {
    if (owner == Owner::unknown || !options.owners.home_of_bucket)
        return std::nullopt;
    return options.owners.home_of_bucket(owner, name, keys, within);
}

std::optional<ValueAge> Ground::age_of(std::span<const std::string> bucket, std::string_view key,
                                       std::string_view value) const {
    if (owner == Owner::unknown || !options.owners.age_of)
        return std::nullopt;
    return options.owners.age_of(owner, bucket, key, value);
}

namespace {

using format::BranchView;
using format::BucketView;
using format::LeafView;
using format::PageHeader;
using format::PageType;

constexpr std::size_t way_pages_max = 1024;

bool overlaps(Bytes page, const KeyRange& range) noexcept {
    return (!range.lower || last_key(page) >= *range.lower) &&
           (!range.upper || first_key(page) < *range.upper);
}

std::vector<TreeKeeper::Step> children_of(Bytes branch, const TreeKeeper::Step& parent) {
    const auto view = BranchView::of(branch);
    std::vector<TreeKeeper::Step> children(view->count());
    for (std::size_t i = 0; i < children.size(); ++i) {
        const auto element = view->element(i);
        children[i].page = element->child;
        children[i].key = element->key;
        children[i].level = static_cast<std::uint16_t>(parent.level + 1);
        // The first child may hold smaller keys than its own (bbolt: Cursor.search).
        children[i].range.lower =
            i == 0 ? parent.range.lower : std::optional<std::string_view>(element->key);
        if (i != 0)
            children[i - 1].range.upper = element->key;
    }
    children.back().range.upper = parent.range.upper;
    return children;
}

} // namespace

TreeKeeper::TreeKeeper(Ground& ground, WalkMode mode, Sink sink)
    : ground_(ground), pages_(ground.pages), mode_(mode), sink_(std::move(sink)) {}

void TreeKeeper::begin(BucketId bucket, const Step& step) {
    names_ = ground_.buckets.path(bucket);
    enter(bucket, step, false);
}

Result<bool> TreeKeeper::step(std::uint64_t pages) {
    for (std::size_t entered = 0; entered < pages && !frames_.empty();) {
        const std::size_t depth = frames_.size();
        TRY(next_element());
        entered += frames_.size() > depth ? 1 : 0;
    }
    return !frames_.empty();
}

Result<void> TreeKeeper::run() {
    while (TRY(step(~std::uint64_t{0}))) {
    }
    return {};
}

Result<void> TreeKeeper::keep_leaf(BucketId bucket, PageId page, const KeyRange& range) {
    names_ = ground_.buckets.path(bucket);
    const Bytes bytes = pages_.bytes(page);
    frames_.push_back({.page = page,
                       .leaf = bytes,
                       .only = {},
                       .children = {},
                       .range = range,
                       .bucket = bucket,
                       .count = count_of(bytes)});
    return run();
}

bool TreeKeeper::is_on_way(PageId page) const noexcept {
    return std::ranges::find(frames_, page, &Frame::page) != frames_.end();
}

// Enters a page if it may be, or makes a hole of it.
void TreeKeeper::enter(BucketId bucket, const Step& step, bool has_name) {
    const auto hole = [&](FindingCode code, bool has_wrong_id) {
        add_hole(bucket, step, code, has_wrong_id);
        if (has_name)
            names_.pop_back();
    };
    const std::uint64_t id = number(step.page);
    if (id < 2 || id >= pages_.page_count())
        return hole(step.level == 0 ? FindingCode::bucket_root_out_of_range
                                    : FindingCode::page_out_of_range,
                    id < 2 || id >= ground_.page_end); // else the file was cut off
    if (pages_.has(step.page, Survey::used) ||
        (mode_ == WalkMode::learn && pages_.has(step.page, Survey::in_previous)))
        return hole(is_on_way(step.page) ? FindingCode::page_cycle : FindingCode::page_shared,
                    true);
    if (step.level >= format::tree_depth_max || frames_.size() >= way_pages_max)
        return hole(FindingCode::tree_too_deep, true);
    if (pages_.is_displaced(step.page) ||
        !(pages_.is_leaf(step.page) || pages_.is_branch(step.page)))
        return enter_damaged(bucket, step, has_name);
    if (pages_.has(step.page, Survey::has_buckets) && ground_.of_values.contains(bucket))
        return hole(FindingCode::page_shared, true);
    const Bytes bytes = pages_.bytes(step.page);
    if (mode_ != WalkMode::fill && is_others(step))
        return hole(FindingCode::page_shared, true);
    if (count_of(bytes) == 0 && step.level != 0)
        return hole(FindingCode::layout_not_canonical, false);
    if (!in_range(bytes, step.range)) {
        if (fits_between_siblings(step)) // then the key that leads there is wrong
            return enter_sound(bucket, {step.page, {}, step.level}, bytes, false, has_name);
        // Keys on both sides of a border: more likely a torn page than another's.
        if (overlaps(bytes, step.range) && !pages_.has(step.page, Survey::free))
            pages_.set(step.page, Survey::bad);
        return hole(FindingCode::key_outside_parent_range, true);
    }
    if (mode_ == WalkMode::keep && ground_.free_pages_known &&
        pages_.has(step.page, Survey::free)) {
        suspects_.push_back({bucket, step});
        if (has_name)
            names_.pop_back();
        return;
    }
    enter_sound(bucket, step, bytes, false, has_name);
}

// Several lead to the leaf, and this way is not proven to be the right one.
bool TreeKeeper::is_others(const Step& step) const {
    return pages_.has(step.page, Survey::disputed) ||
           (pages_.has(step.page, Survey::contested) && step.level != 0 &&
            step.key != first_key(pages_.bytes(step.page)));
}

// Whether the keys of the child that the top frame leads to lie between those of
// the sound children beside it.
bool TreeKeeper::fits_between_siblings(const Step& step) const {
    if (mode_ == WalkMode::learn || frames_.empty() || frames_.back().children.empty() ||
        step.level == 0)
        return false;
    const Frame& parent = frames_.back();
    const std::size_t index = parent.next - 1U;
    const Bytes page = pages_.bytes(step.page);
    const auto is_sound = [&](PageId id) {
        return number(id) >= 2 && number(id) < pages_.page_count() &&
               pages_.kind(id) == pages_.kind(step.page) && count_of(pages_.bytes(id)) != 0;
    };
    if (parent.children[index].page != step.page)
        return false;
    if (index != 0) {
        const PageId left = parent.children[index - 1].page;
        if (!is_sound(left) || left == step.page || last_key(pages_.bytes(left)) >= first_key(page))
            return false;
    } else if (step.range.lower && first_key(page) < *step.range.lower) {
        return false;
    }
    if (index + 1 < parent.children.size()) {
        const PageId right = parent.children[index + 1].page;
        return is_sound(right) && right != step.page &&
               first_key(pages_.bytes(right)) > last_key(page);
    }
    return !step.range.upper || last_key(page) < *step.range.upper;
}

TreeKeeper::Frame TreeKeeper::frame_of(BucketId bucket, const Step& step, bool is_partial,
                                       bool has_name) {
    return {.page = step.page,
            .leaf = {},
            .only = {},
            .children = {},
            .range = step.range,
            .bucket = bucket,
            .level = step.level,
            .is_partial = is_partial,
            .has_name = has_name};
}

void TreeKeeper::enter_sound(BucketId bucket, const Step& step, Bytes bytes, bool is_partial,
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
        ground_.leaf_levels.try_emplace(bucket, step.level);
        frame.leaf = bytes;
        frame.count = count_of(bytes);
    } else {
        frame.children = children_of(bytes, step);
        frame.count = static_cast<std::uint32_t>(frame.children.size());
    }
    frames_.push_back(std::move(frame));
}

// A page that is not sound: its header may be put right, or single elements kept.
void TreeKeeper::enter_damaged(BucketId bucket, const Step& step, bool has_name) {
    const std::uint32_t page_size = pages_.source().page_size_bytes();
    const Bytes from = pages_.source().file().subspan(number(step.page) * page_size);
    if (!pages_.is_displaced(step.page))
        pages_.set(step.page, Survey::bad);
    const auto header = load<PageHeader>(from.data());
    const bool is_readable = pages_.source().readable(number(step.page) * page_size, page_size);
    if (is_readable && !pages_.is_displaced(step.page) && mode_ != WalkMode::learn) {
        if (auto page = with_header_put_right(from, step.page, page_size);
            page && in_range(*page, step.range)) {
            ground_.put_right.push_back(std::move(*page));
            return enter_sound(bucket, step, ground_.put_right.back(), true, has_name);
        }
    }
    add_hole(bucket, step, what_is_wrong(pages_, step.page), false);
    Frame frame = frame_of(bucket, step, true, has_name);
    if (is_readable && header.id == number(step.page) && header.type() == PageType::leaf &&
        mode_ != WalkMode::learn) {
        const Bytes leaf = pages_.bytes(step.page);
        frame.only = sound_elements(leaf, ground_, names_);
        frame.leaf = leaf;
        frame.count = static_cast<std::uint32_t>(frame.only.size());
    } else if (is_readable && header.id == number(step.page)) {
        frame.children = proven_children(pages_, step);
        frame.count = static_cast<std::uint32_t>(frame.children.size());
    }
    frames_.push_back(std::move(frame));
}

void TreeKeeper::add_hole(BucketId bucket, const Step& step, FindingCode code, bool has_wrong_id) {
    if (mode_ == WalkMode::learn)
        return;
    ground_.holes.push_back({.bucket = bucket,
                             .range = step.range,
                             .page = step.page,
                             .code = code,
                             .has_wrong_id = has_wrong_id,
                             .level = step.level});
}

// One element cannot be used: a hole that is as wide as its key.
void TreeKeeper::add_element_hole(const Frame& frame, std::string_view key, FindingCode code) {
    if (mode_ != WalkMode::keep) // what an old page lacks is no hole of the newest state
        return;
    if (frame.bucket == no_bucket) { // inside an inline bucket: no pages to fill it from
        ++ground_.wrong_elements;
        return;
    }
    ground_.made_keys.push_back(std::string(key) + '\0');
    ground_.holes.push_back({.bucket = frame.bucket,
                             .range = {key, ground_.made_keys.back()},
                             .page = frame.page,
                             .code = code,
                             .level = frame.level,
                             .count = 1});
}

Result<void> TreeKeeper::next_element() {
    const std::size_t top = frames_.size() - 1;
    Frame& frame = frames_[top];
    if (frame.next == frame.count)
        return leave();
    const std::size_t index = frame.next++;
    if (frame.leaf.empty()) {
        const Step child = frame.children[index];
        enter(frame.bucket, child, false);
        return {};
    }
    return keep_element(top, frame.only.empty() ? index : frame.only[index]);
}

Result<void> TreeKeeper::leave() {
    if (frames_.back().has_name)
        names_.pop_back();
    frames_.pop_back();
    return {};
}

Result<void> TreeKeeper::keep_element(std::size_t at, std::size_t index) {
    const Frame& frame = frames_[at];
    const auto element = LeafView::of(frame.leaf)->element(index);
    if (!element || (frame.range.lower && element->key < *frame.range.lower) ||
        (frame.range.upper && element->key >= *frame.range.upper))
        return {};
    if (element->is_bucket())
        return keep_bucket(at, *element);
    if (mode_ == WalkMode::learn)
        return {};
    TRY(sink_({.bucket = names_,
               .key = element->key,
               .value = element->value,
               .is_partial = frame.is_partial,
               .page = frame.page}));
    return {};
}

Result<void> TreeKeeper::keep_bucket(std::size_t at, const format::LeafElement& element) {
    const auto bucket = BucketView::of(element.value);
    if (!bucket || names_.size() >= format::bucket_depth_max) {
        add_element_hole(frames_[at], element.key, FindingCode::bucket_value_malformed);
        return {};
    }
    if (bucket->is_inline()) {
        const format::PagePlace place{.range = {},
                                      .page_size_bytes = pages_.source().page_size_bytes(),
                                      .is_root = true,
                                      .is_inline = true};
        format::LeafCount counted;
        if (!format::leaf_is_sound(bucket->inline_page(), place, counted)) {
            add_element_hole(frames_[at], element.key, FindingCode::inline_bucket_malformed);
            return {};
        }
    }
    if (mode_ != WalkMode::learn && !TRY(sink_({.bucket = names_,
                                                .key = element.key,
                                                .value = {},
                                                .is_bucket = true,
                                                .sequence = bucket->sequence(),
                                                .is_partial = frames_[at].is_partial,
                                                .page = frames_[at].page})))
        return {};
    if (bucket->is_inline()) {
        enter_inline(frames_[at], element.key, bucket->inline_page());
        return {};
    }
    if (frames_[at].bucket == no_bucket) // bbolt keeps no such bucket inline
        return {};
    const BucketId inside = ground_.buckets.inside(frames_[at].bucket, element.key);
    const TreeKeeper::Step root{.page = bucket->root(), .range = {}, .level = 0};
    if (mode_ == WalkMode::fill && !may_be_followed(frames_[at].page, inside, root.page)) {
        add_hole(inside, root, FindingCode::page_reachable_but_free, true);
        return {};
    }
    names_.emplace_back(element.key);
    enter(inside, root, true);
    return {};
}

// An old page may lead to one that has since become another bucket's.
bool TreeKeeper::may_be_followed(PageId host, BucketId inside, PageId root) const {
    if (!ground_.free_pages_known || !pages_.has(host, Survey::free) ||
        pages_.has(host, Survey::in_previous))
        return true;
    return number(root) < pages_.page_count() && pages_.home(root) == inside;
}

void TreeKeeper::enter_inline(const Frame& host, std::string_view name, Bytes image) {
    if (frames_.size() >= way_pages_max)
        return;
    Frame frame{.page = host.page,
                .leaf = image,
                .only = {},
                .children = {},
                .range = {},
                .bucket = no_bucket,
                .count = count_of(image),
                .level = 0,
                .is_partial = host.is_partial,
                .has_name = true};
    names_.emplace_back(name);
    frames_.push_back(std::move(frame));
}

} // namespace rebolt::salvage
