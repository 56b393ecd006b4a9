#include "check/tree_check.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::check_walk {
namespace {

using format::PageType;

constexpr std::uint64_t progress_interval_pages = 1024;

// What a finding keeps of a long way and of long names: its memory must not
// follow the file's content.
constexpr std::size_t way_ends_kept = 32;
constexpr std::size_t name_bytes_kept = 256;

std::vector<PageId> shortened(std::vector<PageId> path) {
    if (path.size() > 2 * way_ends_kept)
        path.erase(path.begin() + way_ends_kept, path.end() - way_ends_kept);
    return path;
}

std::vector<std::string> shortened(const std::vector<std::string>& names) {
    const std::size_t skipped = names.size() > way_ends_kept ? names.size() - way_ends_kept : 0;
    std::vector<std::string> kept;
    kept.reserve(names.size() - skipped);
    for (std::size_t i = skipped; i < names.size(); ++i)
        kept.push_back(names[i].substr(0, name_bytes_kept));
    return kept;
}

} // namespace

TreeCheck::TreeCheck(CheckContext& context, const Tree& tree)
    : context_(context), tree_(tree), report_{.transaction = TxId{tree.meta.fields.txid},
                                              .meta = tree.meta.page,
                                              .current = tree.meta.current,
                                              .whole = true},
      high_water_mark_(tree.meta.fields.high_water_mark) {}

PageId TreeCheck::first_page() const {
    return context_.options.from_page.value_or(PageId{tree_.meta.fields.root});
}

// bbolt panics on a root of another type, whatever else the page is.
bool TreeCheck::root_is_of_a_tree() {
    const PageId root = first_page();
    if (number(root) < 2 || number(root) >= std::min(high_water_mark_, context_.map.page_count()))
        return true; // may_enter() says what it is
    std::optional<Symptom> symptom = judge_header(root);
    if (!symptom)
        return true;
    static_cast<void>(take(root, Role::damaged));
    report(root, std::move(*symptom), true);
    return false;
}

Result<TreeReport> TreeCheck::run() {
    if (!root_is_of_a_tree()) {
        report_.whole = false;
        return report_;
    }
    TRY(enter({.page = first_page(),
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
    const std::uint64_t entered = context_.pages_entered.fetch_add(1) + 1;
    if (entered % progress_interval_pages != 1 || !context_.options.progress)
        return {};
    if (context_.options.progress({entered, context_.map.page_count()}))
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

// Marks the page and all above it. A page is entered once, so its way is one:
// what stands above a marked page on it is marked already.
void TreeCheck::taint(PageId page) {
    if (number(page) < context_.map.page_count())
        context_.map.set(page, PageMap::tainted);
    for (const auto& frame : std::views::reverse(frames_)) {
        if (frame.page != page && context_.map.has(frame.page, PageMap::tainted))
            return;
        context_.map.set(frame.page, PageMap::tainted);
    }
    for (const PageId above : prefix_)
        context_.map.set(above, PageMap::tainted);
}

void TreeCheck::report(PageId page, Symptom symptom, bool is_hole) {
    if (text_of(symptom.code).severity >= Severity::data) {
        ++report_.findings;
        if (tree_.primary) {
            context_.primary_has_holes |= is_hole;
            taint(page);
        }
    }
    // A tree that is not current may be half overwritten by a commit that never
    // came to its end: that is how bbolt works, and no damage.
    const Severity severity = tree_.primary ? text_of(symptom.code).severity : Severity::note;
    if (!tree_.primary && context_.log.has(page))
        return; // the page's damage has been shown with the other tree
    if (!context_.log.wants(symptom.code, page, severity))
        return;
    if (symptom.more != 0)
        symptom.message += fmt::format("; {} more symptoms on this page", symptom.more);
    Finding finding =
        context_.finding_at(symptom.code, page, symptom.offset, std::move(symptom.message));
    finding.severity = severity;
    finding.transaction = report_.transaction;
    finding.place.path = shortened(path_to(page, finding.code));
    finding.place.bucket = shortened(names_);
    context_.log.add(std::move(finding));
}

Result<void> TreeCheck::walk_put_off() {
    std::size_t next = 0; // the walk of one entry may put off more
    while (next < put_off_.size()) {
        PutOff entry = std::move(put_off_[next++]);
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
        context_.log.repeat(*cause_);
    if (!may_claim(step))
        return {};
    TRY(count_page());
    if (std::optional<Symptom> symptom = judge_header(step.page)) {
        static_cast<void>(take(step.page, Role::damaged));
        report(step.page, std::move(*symptom), true);
        return {};
    }
    const bool is_leaf =
        load<format::PageHeader>(context_.source.file().data() + context_.offset_of(step.page))
            .type() == PageType::leaf;
    const Bytes bytes = claim_pages(step.page, is_leaf ? Role::leaf : Role::branch);
    if (is_readable(step.page))
        enter_content(step, bytes, is_leaf);
    return {};
}

void TreeCheck::enter_content(const Step& step, Bytes bytes, bool is_leaf) {
    const PagePlace place{.range = step.range,
                          .page_size_bytes = context_.source.page_size_bytes(),
                          .is_root = step.level == 0,
                          .is_inline = false};
    LeafCount count;
    const bool sound = is_leaf ? format::leaf_is_sound(bytes, place, count)
                               : format::branch_is_sound(bytes, place);
    if (!sound) {
        const std::optional<format::Judgement> judged =
            is_leaf ? format::judge_leaf(bytes, place) : format::judge_branch(bytes, place);
        if (judged)
            report(step.page, symptom_of(judged->fault, judged->more), true);
    } else if (is_leaf && context_.validates() && count.keys != count.buckets) {
        judge_values(step.page, bytes);
    }
    const bool is_top_level = names_.empty() && !context_.options.from_page;
    if (sound && is_leaf && is_top_level && count.keys != count.buckets)
        report_plain_keys(step.page, bytes);
    const auto view_count = load<format::PageHeader>(bytes.data()).count;
    if (is_leaf)
        report_.key_count += view_count;
    const bool has_more = !is_leaf || !sound || count.buckets != 0;
    if (!has_more || format::page_header_bytes + view_count * format::element_bytes > bytes.size())
        return;
    frames_.push_back({.page = step.page,
                       .bytes = bytes,
                       .bucket_bytes_left = bytes.size(),
                       .range = step.range,
                       .count = view_count,
                       .level = step.level,
                       .bucket_depth = static_cast<std::uint16_t>(names_.size()),
                       .is_leaf = is_leaf,
                       .trusts_keys = sound});
}

// The first page with such keys is a finding; others are its symptoms.
void TreeCheck::report_plain_keys(PageId page, Bytes bytes) {
    const format::SoundLeaf leaf(bytes);
    std::uint64_t plain = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < leaf.count(); ++i)
        if (!leaf[i].is_bucket() && plain++ == 0)
            first = i;
    if (plain_keys_at_) {
        ++report_.findings;
        context_.log.repeat(*plain_keys_at_, plain);
        return;
    }
    plain_keys_at_ = page;
    report(page,
           {FindingCode::plain_key_among_buckets, format::LeafView::offset_of(first),
            fmt::format("key `{}` is not a bucket: the page is not the root's, or an old one",
                        printable(leaf[first].key.substr(0, name_bytes_kept))),
            plain - 1},
           true);
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
    if (!element || !element->is_bucket() || element->key.size() > format::key_bytes_max)
        return {};
    // Elements that overlap would let a small page hold any amount of work.
    const std::uint64_t bytes = element->key.size() + element->value.size();
    if (bytes > frame.bucket_bytes_left)
        return {};
    frame.bucket_bytes_left -= bytes;
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
        report(page, {bucket.error().code, at + bucket.error().offset, to_text(bucket.error())},
               true);
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
    const PagePlace place{.range = {},
                          .page_size_bytes = context_.source.page_size_bytes(),
                          .is_root = true,
                          .is_inline = true};
    LeafCount count;
    if (!format::leaf_is_sound(image, place, count)) {
        const std::optional<format::Judgement> judged = format::judge_leaf(image, place);
        return report(
            page,
            {FindingCode::inline_bucket_malformed, at + judged->fault.offset,
             fmt::format("{}: {}", text_of(judged->fault.code).name, to_text(judged->fault))},
            true);
    }
    if (context_.validates() && count.keys != count.buckets)
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
                       .bucket_bytes_left = image.size(),
                       .range = {},
                       .count = count.keys,
                       .bucket_depth = static_cast<std::uint16_t>(names_.size()),
                       .is_leaf = true});
}

void TreeCheck::judge_values(PageId page, Bytes bytes) {
    if (!may_be_judged(names_))
        return;
    const auto view = format::LeafView::of(bytes);
    std::array<std::optional<Symptom>, 2> first; // malformed; of an unknown form
    for (std::size_t i = 0; i < view->count(); ++i) {
        const auto element = view->element(i);
        if (!element || element->is_bucket())
            continue;
        const std::optional<ValueFault> fault =
            context_.validate(names_, element->key, element->value);
        if (!fault)
            continue;
        std::optional<Symptom>& symptom = first[fault->is_unknown_form ? 1 : 0];
        if (symptom)
            ++symptom->more;
        else
            symptom = Symptom{
                fault->is_unknown_form ? FindingCode::value_form_unknown
                                       : FindingCode::value_malformed,
                static_cast<std::uint64_t>(as_bytes(element->value).data() -
                                           context_.source.file().data()) -
                    context_.offset_of(page),
                fmt::format("key `{}`: {}", printable(element->key.substr(0, 200)), fault->clause)};
    }
    for (std::optional<Symptom>& symptom : first)
        if (symptom)
            report(page, std::move(*symptom), false);
}

} // namespace rebolt::check_walk
