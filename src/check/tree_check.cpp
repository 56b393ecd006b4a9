#include "check/tree_check.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::check_walk {
namespace {

using format::PageType;

constexpr std::size_t put_off_max = 1000;
constexpr std::uint64_t progress_interval_pages = 1024;

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

TreeCheck::TreeCheck(Walk& walk, const Tree& tree)
    : walk_(walk), tree_(tree),
      report_{.transaction = TxId{tree.meta.fields.txid},
              .meta = tree.meta.page,
              .current = tree.meta.current,
              .whole = true},
      high_water_mark_(tree.meta.fields.high_water_mark) {}

Result<TreeReport> TreeCheck::run() {
    TRY(enter({.page = PageId{tree_.meta.fields.root},
               .range = {},
               .level = 0,
               .out_of_range = FindingCode::meta_root_out_of_range}));
    TRY(walk_frames());
    TRY(walk_put_off());
    report_.whole = report_.findings == 0;
    return report_;
}

Result<void> TreeCheck::walk_frames() {
    while (!frames_.empty()) {
        Frame& frame = frames_.back();
        names_.resize(frame.bucket_depth);
        if (frame.next == frame.count)
            frames_.pop_back();
        else if (frame.is_leaf)
            TRY(follow_leaf_element(frame));
        else
            TRY(follow_branch_element(frame));
    }
    return {};
}

Result<void> TreeCheck::count_page() {
    const std::uint64_t entered = walk_.pages_entered.fetch_add(1) + 1;
    if (entered % progress_interval_pages != 1 || !walk_.options.progress)
        return {};
    if (walk_.options.progress({entered, walk_.map.page_count()}))
        return {};
    return Error(ErrorCode::cancelled, "the check was cancelled");
}

// The way down to `page`. A page that leads to itself stands there twice; one
// that is spoken of from inside (its buckets) once.
std::vector<PageId> TreeCheck::path_to(PageId page, FindingCode code) const {
    std::vector<PageId> path = prefix_;
    for (const Frame& frame : frames_)
        if (path.empty() || path.back() != frame.page) // an inline bucket's host
            path.push_back(frame.page);
    if (path.empty() || path.back() != page || code == FindingCode::page_cycle)
        path.push_back(page);
    return path;
}

bool TreeCheck::is_on_path(PageId page) const {
    return std::ranges::find(frames_, page, &Frame::page) != frames_.end() ||
           std::ranges::find(prefix_, page) != prefix_.end();
}

void TreeCheck::report(PageId page, Symptom symptom, bool is_hole) {
    ++report_.findings;
    if (tree_.primary)
        walk_.primary_has_holes |= is_hole;
    for (const PageId above : path_to(page, symptom.code))
        if (number(above) < walk_.map.page_count())
            walk_.map.set(above, PageMap::tainted);
    // A tree that is not current may be half overwritten by a commit that never
    // came to its end: that is how bbolt works, and no damage.
    const Severity severity = tree_.primary ? text_of(symptom.code).severity : Severity::note;
    if (!tree_.primary && walk_.causes.has(page))
        return; // the page's damage has been shown with the other tree
    if (!walk_.causes.wants(symptom.code, page))
        return;
    if (symptom.more != 0)
        symptom.message += fmt::format("; {} more symptoms on this page", symptom.more);
    Finding finding =
        walk_.finding_at(symptom.code, page, symptom.offset, std::move(symptom.message));
    finding.severity = severity;
    finding.transaction = report_.transaction;
    finding.place.path = path_to(page, finding.code);
    finding.place.bucket = names_;
    walk_.causes.add(std::move(finding));
}

// Whether the id leads to a page that may be looked at. Reports if not.
bool TreeCheck::may_enter(const Step& step) {
    const std::uint64_t id = number(step.page);
    if (id < 2 || id >= high_water_mark_) {
        report(step.page,
               {step.out_of_range, 0,
                fmt::format("{} leads to page {}, expected 2 to {}",
                            frames_.empty() ? "the meta" : "an element", id,
                            high_water_mark_ - 1)},
               true);
        return false;
    }
    if (id >= walk_.map.page_count()) {
        ++report_.findings;
        walk_.missing_pages_needed = true;
        walk_.primary_has_holes |= tree_.primary;
        return false;
    }
    if (is_on_path(step.page)) {
        if (cause_ && std::ranges::find(prefix_, step.page) != prefix_.end()) {
            walk_.causes.repeat(*cause_); // an old page leads to a living one
            return false;
        }
        report(step.page,
               {FindingCode::page_cycle, 0,
                fmt::format("page {} leads back to page {}, which is above it or itself",
                            number(frames_.empty() ? prefix_.back() : frames_.back().page), id)},
               true);
        return false;
    }
    if (step.level >= format::tree_depth_max || names_.size() > format::bucket_depth_max) {
        report(step.page,
               {FindingCode::tree_too_deep, 0,
                fmt::format("{} levels of pages, {} of buckets", step.level, names_.size())},
               true);
        return false;
    }
    return true;
}

bool TreeCheck::is_taken(PageId page) const {
    return tree_.primary ? walk_.map.role(page) != Role::none
                         : walk_.map.has(page, PageMap::in_previous);
}

// The primary tree has judged this page and all below it, and found it sound.
bool TreeCheck::is_known_sound(PageId page) const {
    const Role role = walk_.map.role(page);
    return !tree_.primary && !walk_.map.has(page, PageMap::tainted) &&
           (role == Role::branch || role == Role::leaf);
}

bool TreeCheck::is_listed_free(PageId page) const {
    return walk_.map.has(page, tree_.primary ? PageMap::free : PageMap::previous_free);
}

// Whether all keys of the page lie outside the range that led there: then it is
// another place's page, or an old one.
bool TreeCheck::is_stranger(const Step& step) const {
    if (!step.range.lower && !step.range.upper)
        return false;
    const auto page = walk_.source.page(step.page);
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
    const Role role = walk_.map.role(page);
    const std::string from =
        frames_.empty() && prefix_.empty()
            ? std::string("the meta")
            : fmt::format("page {}",
                          number(frames_.empty() ? prefix_.back() : frames_.back().page));
    report(page,
           {FindingCode::page_shared, 0,
            role == Role::freelist   ? from + " leads to the freelist's page"
            : role == Role::overflow ? from + " leads into the overflow of another page"
                                     : from + " leads to a page that has another place in the tree"},
           true);
}

// Whether the page may be taken for this tree. Reports if it is taken already.
bool TreeCheck::may_claim(const Step& step) {
    const Role role = walk_.map.role(step.page);
    const bool is_others = !tree_.primary && (role == Role::overflow || role == Role::freelist);
    if (!is_taken(step.page) && !is_others)
        return true;
    // Below a page that a wrong id led to, pages of rightful parents are met.
    if (cause_ && !walk_.map.has(step.page, PageMap::by_cause))
        walk_.causes.repeat(*cause_);
    else
        report_shared(step.page);
    return false;
}

Result<void> TreeCheck::walk_put_off() {
    for (std::size_t i = 0; i < put_off_.size(); ++i) {
        PutOff entry = std::move(put_off_[i]);
        prefix_ = std::move(entry.path);
        names_ = std::move(entry.names);
        cause_.reset();
        const PageId page = entry.step.page;
        if (is_taken(page)) {
            report_shared(page);
            continue;
        }
        if (is_listed_free(page))
            report(page,
                   {FindingCode::page_reachable_but_free, 0,
                    "the tree leads here, and the freelist lists the page"},
                   false);
        else
            report(page,
                   {FindingCode::key_outside_parent_range, format::page_header_bytes,
                    fmt::format("no key of the page lies in the range that page {} gives it: it "
                                "is another place's page, or an old one",
                                number(prefix_.back()))},
                   true);
        cause_ = page;
        entry.step.range = {};
        TRY(enter(entry.step));
        TRY(walk_frames());
    }
    return {};
}

Result<void> TreeCheck::enter(const Step& step) {
    if (!may_enter(step) || is_known_sound(step.page))
        return {};
    if (!cause_ && put_off(step))
        return {};
    if (cause_ && cause_ != step.page && is_listed_free(step.page))
        walk_.causes.repeat(*cause_);
    if (!may_claim(step))
        return {};
    TRY(count_page());
    if (std::optional<Symptom> symptom = judge_header(step.page)) {
        static_cast<void>(take(step.page, Role::damaged));
        report(step.page, std::move(*symptom), true);
        return {};
    }
    const bool is_leaf =
        load<format::PageHeader>(walk_.source.file().data() + walk_.offset_of(step.page)).type() ==
        PageType::leaf;
    const Bytes bytes = claim_pages(step.page, is_leaf ? Role::leaf : Role::branch);
    if (is_readable(step.page, bytes.size() / walk_.source.page_size_bytes()))
        enter_content(step, bytes, is_leaf);
    return {};
}

// Marks the page as this tree's. False if it was already.
bool TreeCheck::take(PageId page, Role role) {
    if (cause_)
        walk_.map.set(page, PageMap::by_cause);
    if (tree_.primary)
        return (walk_.map.claim(page, role) & PageMap::role_bits) == 0;
    const bool fresh = !walk_.map.has(page, PageMap::in_previous);
    walk_.map.set(page, PageMap::in_previous);
    return fresh;
}

// What makes a page unusable as a whole.
std::optional<Symptom> TreeCheck::judge_header(PageId page) const {
    const std::uint32_t page_size = walk_.source.page_size_bytes();
    const std::uint64_t offset = walk_.offset_of(page);
    const Bytes bytes = walk_.source.file().subspan(offset, page_size);
    const auto header = load<format::PageHeader>(bytes.data());
    if (!walk_.source.readable(offset, page_size))
        return Symptom{FindingCode::page_unreadable, 0, "the system could not read the page"};
    if (header.id == number(page) &&
        (header.type() == PageType::leaf || header.type() == PageType::branch))
        return std::nullopt;
    if (format::all_zero(bytes))
        return Symptom{FindingCode::page_zeroed, 0,
                       fmt::format("all {} bytes are zero, expected a branch or leaf", page_size)};
    if (header.id != number(page))
        return Symptom{FindingCode::page_id_mismatch, 0,
                       fmt::format("the page says that it is page {}, a {}", header.id,
                                   name_of(header.type()))};
    return Symptom{FindingCode::page_type_invalid, 8,
                   fmt::format("flags are {:#x} ({}), expected 0x1 (branch) or 0x2 (leaf)",
                               header.flags, name_of(header.type()))};
}

// Claims the page and the overflow pages behind it; returns their bytes. A page
// is claimed only once, so all claims of a walk together are linear in the file.
Bytes TreeCheck::claim_pages(PageId page, Role role) {
    const std::uint32_t page_size = walk_.source.page_size_bytes();
    const std::uint64_t offset = walk_.offset_of(page);
    const Bytes first = walk_.source.file().subspan(offset, page_size);
    const auto header = load<format::PageHeader>(first.data());
    const std::uint64_t room =
        std::min(high_water_mark_, walk_.map.page_count()) - number(page);
    std::uint64_t pages = std::uint64_t{header.overflow} + 1;
    if (number(page) + pages > high_water_mark_)
        report(page,
               {FindingCode::page_overflow_out_of_range, 12,
                fmt::format("overflow is {}, the database ends {} pages behind this one",
                            header.overflow, high_water_mark_ - number(page) - 1)},
               false);
    else if (pages > room)
        walk_.missing_pages_needed = true;
    pages = std::min(pages, room);
    const Bytes all = walk_.source.file().subspan(offset, pages * page_size);
    const std::uint64_t needed = std::min(pages, pages_needed(all, header.type(), page_size));
    static_cast<void>(take(page, role));
    for (std::uint64_t i = 1; i < needed; ++i) {
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
                    fmt::format("the freelist lists this page, overflow of page {}",
                                number(page))},
                   false);
    }
    return all;
}

bool TreeCheck::is_readable(PageId page, std::uint64_t pages) {
    const std::uint32_t page_size = walk_.source.page_size_bytes();
    if (pages == 1 && page_size <= 4096) // the header's read showed it
        return true;
    if (walk_.source.probe(walk_.offset_of(page), pages * page_size))
        return true;
    for (std::uint64_t i = 0; i < pages; ++i) {
        const PageId id{number(page) + i};
        if (walk_.source.readable(walk_.offset_of(id), page_size))
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

void TreeCheck::enter_content(const Step& step, Bytes bytes, bool is_leaf) {
    const PageContext context{.range = step.range,
                              .page_size_bytes = walk_.source.page_size_bytes(),
                              .is_root = step.level == 0,
                              .is_inline = false};
    LeafCount count;
    const bool sound =
        is_leaf ? leaf_is_sound(bytes, context, count) : branch_is_sound(bytes, context);
    if (!sound) {
        std::optional<Symptom> symptom =
            is_leaf ? judge_leaf(bytes, context) : judge_branch(bytes, context);
        if (symptom)
            report(step.page, std::move(*symptom), true);
    } else if (is_leaf && walk_.judge && count.keys != count.buckets) {
        judge_values(step.page, bytes);
    }
    const auto view_count = load<format::PageHeader>(bytes.data()).count;
    if (is_leaf)
        report_.key_count += view_count;
    const bool has_more = !is_leaf || !sound || count.buckets != 0;
    if (!has_more ||
        format::page_header_bytes + view_count * format::element_bytes > bytes.size())
        return;
    frames_.push_back({.page = step.page,
                       .bytes = bytes,
                       .range = step.range,
                       .count = view_count,
                       .level = step.level,
                       .bucket_depth = static_cast<std::uint16_t>(names_.size()),
                       .is_leaf = is_leaf,
                       .trusts_keys = sound});
}

Result<void> TreeCheck::follow_branch_element(Frame& frame) {
    const auto view = format::BranchView::of(frame.bytes);
    const std::uint32_t index = frame.next++;
    const auto element = view->element(index);
    if (!element) // reported when the page was entered; a hole
        return {};
    KeyRange range;
    if (frame.trusts_keys) {
        range.lower = element->key;
        range.upper = frame.range.upper;
        if (index + 1 < frame.count) {
            const auto following = view->element(index + 1);
            if (following)
                range.upper = following->key;
        }
    }
    return enter({.page = element->child,
                  .range = range,
                  .level = static_cast<std::uint16_t>(frame.level + 1),
                  .out_of_range = FindingCode::page_out_of_range});
}

Result<void> TreeCheck::follow_leaf_element(Frame& frame) {
    const auto view = format::LeafView::of(frame.bytes);
    const auto element = view->element(frame.next++);
    if (!element || !element->is_bucket())
        return {};
    ++report_.bucket_count;
    return enter_bucket(frame, element->key, element->value);
}

Result<void> TreeCheck::enter_bucket(const Frame& host, std::string_view name,
                                     std::string_view value) {
    const auto bucket = format::BucketView::of(value);
    const PageId page = host.page; // `host` moves when a frame is pushed
    names_.emplace_back(name);
    if (!bucket) {
        const auto at = static_cast<std::uint64_t>(as_bytes(value).data() - host.bytes.data());
        report(page, {bucket.error().code, at, to_text(bucket.error())}, true);
        return {};
    }
    if (bucket->is_inline()) {
        enter_inline(host, bucket->inline_page());
        return {};
    }
    if (value.size() != sizeof(format::BucketHeader))
        report(page,
               {FindingCode::layout_not_canonical, 0,
                fmt::format("bucket `{}` has a value of {} bytes, expected {}", printable(name),
                            value.size(), sizeof(format::BucketHeader))},
               false);
    return enter({.page = bucket->root(),
                  .range = {},
                  .level = 0,
                  .out_of_range = FindingCode::bucket_root_out_of_range});
}

void TreeCheck::enter_inline(const Frame& host, Bytes image) {
    const PageId page = host.page;
    const auto at = static_cast<std::uint64_t>(image.data() - host.bytes.data());
    const auto header = load<format::PageHeader>(image.data());
    const auto malformed = [&](std::uint64_t offset, std::string message) {
        report(page, {FindingCode::inline_bucket_malformed, at + offset, std::move(message)}, true);
    };
    if (header.type() != PageType::leaf)
        return malformed(8, fmt::format("the inline page's flags are {:#x} ({}), expected 0x2 "
                                        "(leaf)",
                                        header.flags, name_of(header.type())));
    const PageContext context{.range = {},
                              .page_size_bytes = walk_.source.page_size_bytes(),
                              .is_root = true,
                              .is_inline = true};
    LeafCount count;
    if (!leaf_is_sound(image, context, count)) {
        const std::optional<Symptom> symptom = judge_leaf(image, context);
        return malformed(symptom ? symptom->offset : 0,
                         symptom ? fmt::format("{}: {}", text_of(symptom->code).name,
                                               symptom->message)
                                 : std::string("the inline page is no sound leaf"));
    }
    if (walk_.judge && count.keys != count.buckets)
        judge_values(page, image);
    report_.key_count += count.keys;
    if (count.buckets == 0)
        return;
    // bbolt never inlines a bucket that holds buckets, though it would read it.
    report(page,
           {FindingCode::layout_not_canonical, at,
            fmt::format("an inline bucket holds {} buckets", count.buckets)},
           false);
    if (names_.size() > format::bucket_depth_max)
        return;
    frames_.push_back({.page = page,
                       .bytes = image,
                       .range = {},
                       .count = count.keys,
                       .bucket_depth = static_cast<std::uint16_t>(names_.size()),
                       .is_leaf = true});
}

void TreeCheck::judge_values(PageId page, Bytes bytes) {
    const auto view = format::LeafView::of(bytes);
    std::optional<Symptom> first;
    for (std::size_t i = 0; i < view->count(); ++i) {
        const auto element = view->element(i);
        if (!element || element->is_bucket())
            continue;
        const std::optional<std::string> wrong =
            walk_.judge(names_, element->key, element->value);
        if (!wrong)
            continue;
        if (first)
            ++first->more;
        else
            first = Symptom{FindingCode::value_malformed,
                            static_cast<std::uint64_t>(as_bytes(element->value).data() -
                                                       walk_.source.file().data()) -
                                walk_.offset_of(page),
                            fmt::format("key `{}`: {}", printable(element->key.substr(0, 200)),
                                        *wrong)};
    }
    if (first)
        report(page, std::move(*first), false);
}

} // namespace rebolt::check_walk
