#include "salvage/recover/entry_writer.hpp"

#include <algorithm>
#include <utility>

#include "base/try.hpp"
#include "salvage/recover/state_tree.hpp"

namespace rebolt::salvage {
namespace {

constexpr std::uint64_t listed_bytes_max = 4U << 20; // a name may have 32 KiB, a path 1024 of them

void add_to(RecoveredCounts& counts, const Kept& entry, Provenance provenance) {
    ++(entry.is_bucket ? counts.buckets : counts.keys)[static_cast<std::size_t>(provenance)];
    counts.partial += entry.is_partial ? 1 : 0;
    counts.bytes += entry.key.size() + entry.value.size();
}

} // namespace

EntryWriter::EntryWriter(const Context& context, std::unique_ptr<EntryTarget> target,
                         FileTarget* file)
    : context_(&context), target_(std::move(target)), file_(file) {}

Result<EntryWriter> EntryWriter::create(const Context& context, const std::string& path) {
    if (path.empty())
        return EntryWriter(context, std::make_unique<MemoryTarget>(), nullptr);
    auto file = TRY(FileTarget::create(path, context.pages.source(), context.options.file_mode));
    FileTarget* target = file.get();
    return EntryWriter(context, std::move(file), target);
}

// Of a state whose age is doubtful only what its rivals have too is current.
Provenance EntryWriter::of_newest(const Kept& entry) const {
    const States& states = context_->states;
    if (!states.is_newest_proven)
        return Provenance::previous;
    if (!states.order_is_doubtful)
        return Provenance::current;
    const bool is_everywhere = std::ranges::all_of(states.rivals, [&](const State& rival) {
        const auto other = look_up(context_->pages, rival, entry.bucket, entry.key);
        return other && other->is_bucket() == entry.is_bucket &&
               (entry.is_bucket || other->value == entry.value);
    });
    return is_everywhere && !states.rivals.empty() ? Provenance::current : Provenance::previous;
}

bool EntryWriter::is_below_named_by_rest(BucketId bucket) const {
    if (context_->named_by_rest.empty())
        return false;
    for (; bucket != no_bucket && bucket != root_bucket; bucket = context_->buckets.parent(bucket))
        if (context_->named_by_rest.contains(bucket))
            return true;
    return false;
}

// Those that a page led to are used by now.
Provenance EntryWriter::of_hole(PageId page) const {
    const Survey& pages = context_->pages;
    const bool has_sure_name = !is_below_named_by_rest(pages.home(page));
    const bool is_live = context_->free_pages_known && !pages.has(page, Survey::free) &&
                         !pages.has(page, Survey::outdated) && pages.has(page, Survey::used);
    if (is_live && has_sure_name && !pages.has(page, Survey::doubted) &&
        !context_->states.order_is_doubtful && context_->states.is_newest_proven)
        return Provenance::current;
    if (pages.has(page, Survey::outdated))
        return Provenance::stale;
    return is_live || pages.has(page, Survey::in_previous) ? Provenance::previous
                                                           : Provenance::stale;
}

Provenance EntryWriter::provenance_of(const Kept& entry, Found found) const {
    switch (found) {
    case Found::in_newest:
        return of_newest(entry);
    case Found::in_hole:
        return of_hole(entry.page);
    case Found::by_home:
        return std::max(of_hole(entry.page), Provenance::previous);
    case Found::aside:
        return context_->free_pages_known && !context_->pages.has(entry.page, Survey::free)
                   ? Provenance::previous
                   : Provenance::stale;
    case Found::in_donor:
        return Provenance::donor;
    case Found::suspect:
        return Provenance::stale;
    }
    return Provenance::stale;
}

bool EntryWriter::is_wanted(Provenance provenance) const noexcept {
    switch (context_->options.policy) {
    case RecoverPolicy::best:
        return !context_->options.no_stale || provenance != Provenance::stale;
    case RecoverPolicy::newest_whole:
    case RecoverPolicy::current_only:
        return provenance == Provenance::current;
    }
    return true;
}

// Whether it stands behind all that its bucket has.
Result<bool> EntryWriter::is_behind_all(const Kept& entry) {
    if (!std::ranges::equal(last_bucket_, entry.bucket)) {
        last_key_ = TRY(target_->last_key(entry.bucket));
        last_bucket_.assign(entry.bucket.begin(), entry.bucket.end());
    }
    return entry.key > last_key_;
}

Result<There> EntryWriter::there(std::span<const std::string> bucket, std::string_view key) {
    const There found = TRY(target_->there(bucket, key));
    return found == There::bucket && is_implied(bucket, key) ? There::nothing : found;
}

bool EntryWriter::is_implied(std::span<const std::string> bucket, std::string_view key) const {
    if (implied_.empty())
        return false;
    std::vector<std::string> path(bucket.begin(), bucket.end());
    path.emplace_back(key);
    return implied_.contains(path);
}

// What is to come in it is known, but not the bucket itself.
Result<void> EntryWriter::make_bucket(std::span<const std::string> bucket) {
    for (std::size_t depth = TRY(target_->make(bucket)); depth < bucket.size(); ++depth)
        implied_.insert({bucket.begin(), bucket.begin() + static_cast<std::ptrdiff_t>(depth) + 1});
    return {};
}

Result<bool> EntryWriter::keep(const Kept& entry, Found found, std::size_t donor) {
    if (entry.bucket.empty() && !entry.is_bucket) { // the top level holds only buckets
        wrong_in_root_ += found == Found::in_newest ? 1 : 0;
        return false;
    }
    // Two pages may hold one key, where the way to them is damaged.
    const bool is_behind = TRY(is_behind_all(entry));
    if (!is_behind && TRY(there(entry.bucket, entry.key)) != There::nothing)
        return false;
    const Provenance provenance = provenance_of(entry, found);
    if (!is_wanted(provenance)) {
        ++left_out_;
        return false;
    }
    TRY(make_bucket(entry.bucket));
    if (entry.is_bucket) {
        TRY(target_->put_bucket(entry.bucket, entry.key, entry.sequence));
        if (!implied_.empty()) {
            std::vector<std::string> path(entry.bucket.begin(), entry.bucket.end());
            path.emplace_back(entry.key);
            implied_.erase(path);
        }
    } else {
        TRY(target_->put(entry.bucket, entry.key, entry.value));
    }
    if (is_behind)
        last_key_.assign(entry.key); // its page may be a donor's, which is closed before long
    if (found == Found::in_newest) {
        ++kept_keys_;
        kept_leaves_ += entry.page == last_kept_ ? 0 : 1;
        last_kept_ = entry.page;
    }
    count(entry, provenance);
    TRY(tell(entry, provenance, donor));
    return true;
}

std::uint64_t EntryWriter::keys_a_leaf() const noexcept {
    return kept_leaves_ == 0
               ? 1
               : std::max<std::uint64_t>(1, (kept_keys_ + kept_leaves_ / 2) / kept_leaves_);
}

// The counts of a bucket, while there are not too many.
RecoveredBucket* EntryWriter::listed(std::span<const std::string> bucket) {
    if (counted_ && std::ranges::equal(*counted_, bucket))
        return counted_at_ < listed_.size() ? &listed_[counted_at_] : nullptr;
    std::vector<std::string> path(bucket.begin(), bucket.end());
    counted_ = path;
    if (const auto at = index_of_.find(path); at != index_of_.end()) {
        counted_at_ = at->second;
        return &listed_[counted_at_];
    }
    counted_at_ = listed_.size();
    for (const std::string& name : path)
        listed_bytes_ += name.size() + sizeof name;
    if (listed_.size() >= context_->options.listed_max || listed_bytes_ > listed_bytes_max)
        return nullptr;
    index_of_.emplace(path, listed_.size());
    listed_.push_back({std::move(path), {}});
    return &listed_.back();
}

void EntryWriter::count(const Kept& entry, Provenance provenance) {
    add_to(counts_, entry, provenance);
    if (!entry.bucket.empty() && entry.bucket.front() == lost_and_found_name)
        add_to(lost_and_found_, entry, provenance);
    if (RecoveredBucket* here = listed(entry.bucket); here != nullptr)
        add_to(here->counts, entry, provenance);
    buckets_ += entry.is_bucket ? 1 : 0;
}

Result<void> EntryWriter::tell(const Kept& entry, Provenance provenance, std::size_t donor) const {
    if (!context_->options.on_item)
        return {};
    return context_->options.on_item({.bucket = entry.bucket,
                                      .key = entry.key,
                                      .value = entry.value,
                                      .is_bucket = entry.is_bucket,
                                      .provenance = provenance,
                                      .is_partial = entry.is_partial,
                                      .page = entry.page,
                                      .donor = donor});
}

Result<void> EntryWriter::close() {
    for (const std::vector<std::string>& path : implied_) {
        const Kept bucket{.bucket = std::span(path).first(path.size() - 1),
                          .key = path.back(),
                          .value = {},
                          .is_bucket = true};
        count(bucket, Provenance::stale);
        TRY(tell(bucket, Provenance::stale, 0));
    }
    return target_->close();
}

void EntryWriter::fill_in(RecoverReport& report) const {
    report.counts = counts_;
    report.lost_and_found = lost_and_found_;
    report.buckets = buckets_;
    report.listed_buckets = listed_;
    report.stale_left_out = left_out_;
    report.output_bytes = file_ == nullptr ? 0 : file_->size_bytes();
}

} // namespace rebolt::salvage
