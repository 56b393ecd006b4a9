#include "salvage/recover/output.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::salvage {
namespace {

constexpr double fill_fraction = 0.9; // as compact's
constexpr std::uint64_t transaction_bytes_max = 8U << 20;

void add_to(RecoveredCounts& counts, const Kept& element, Provenance provenance) {
    ++counts.keys[static_cast<std::size_t>(provenance)];
    counts.partial += element.is_partial ? 1 : 0;
    counts.bytes += element.key.size() + element.value.size();
}

} // namespace

Output::Output(io::NewFile file, DB db, const RecoverOptions& options)
    : file_(std::move(file)), db_(std::move(db)), options_(&options) {
    listed_.reserve(options.listed_max);
}

Result<Output> Output::create(const std::string& path, std::uint32_t page_size,
                              const RecoverOptions& options) {
    // A dry run needs the file too, to know what it has already.
    const std::string place = options.dry_run ? (std::filesystem::temp_directory_path() /
                                                 fmt::format("rebolt-dry-run-{}", ::getpid()))
                                                    .string()
                                              : path;
    io::NewFile file = TRY(io::NewFile::create(place, options.file_mode));
    OpenOptions open;
    open.page_size_bytes = page_size;
    open.no_sync = open.no_grow_sync = true;
    DB db = TRY(DB::open(file.temporary_path(), open));
    return Output(std::move(file), std::move(db), options);
}

Result<void> Output::make_room(std::uint64_t bytes) {
    if (tx_ && transaction_bytes_ + bytes > transaction_bytes_max && transaction_bytes_ != 0) {
        bucket_.reset();
        TRY(tx_->commit());
        tx_.reset();
    }
    if (!tx_) {
        tx_.emplace(TRY(db_.begin(Access::write)));
        transaction_bytes_ = 0;
    }
    transaction_bytes_ += bytes;
    return {};
}

// Stands in a bucket; false: it is not there, and was not made.
Result<bool> Output::enter(std::span<const std::string> path, Missing missing) {
    if (bucket_ && std::ranges::equal(path, path_))
        return true;
    TRY(make_room(0));
    Bucket bucket = tx_->root();
    for (std::size_t depth = 0; depth < path.size(); ++depth) {
        auto inside = bucket.bucket(path[depth]);
        if (!inside && missing == Missing::is_left)
            return false;
        if (!inside) { // what is to come in it is known, but not the bucket itself
            inside = bucket.create_bucket(path[depth]);
            const auto end = path.begin() + static_cast<std::ptrdiff_t>(depth) + 1;
            implied_.insert({path.begin(), end});
        }
        bucket = TRY(std::move(inside));
        TRY(bucket.set_fill_percent(fill_fraction));
    }
    bucket_ = bucket;
    path_.assign(path.begin(), path.end());
    listed_here_ = nullptr;
    return true;
}

// The counts of the bucket that it stands in, while there are not too many.
RecoveredBucket* Output::listed_here() {
    if (listed_here_ == nullptr) {
        const auto [at, is_new] = index_of_.size() < options_->listed_max
                                      ? index_of_.try_emplace(path_, listed_.size())
                                      : std::pair{index_of_.find(path_), false};
        if (is_new)
            listed_.push_back({path_, {}});
        listed_here_ = at == index_of_.end() ? nullptr : &listed_[at->second];
    }
    return listed_here_;
}

Result<Output::There> Output::there(std::span<const std::string> bucket, std::string_view key) {
    if (!TRY(enter(bucket, Missing::is_left)))
        return There::nothing;
    const auto entry = TRY(bucket_->cursor().seek(key));
    if (!entry || entry->key != key || (entry->is_bucket && is_implied(bucket, key)))
        return There::nothing;
    return entry->is_bucket ? There::bucket : There::value;
}

Result<std::string> Output::last_key(std::span<const std::string> bucket) {
    if (!TRY(enter(bucket, Missing::is_left)))
        return std::string();
    const auto entry = TRY(bucket_->cursor().last());
    return entry ? std::string(entry->key) : std::string();
}

bool Output::is_implied(std::span<const std::string> bucket, std::string_view key) const {
    if (implied_.empty())
        return false;
    std::vector<std::string> path(bucket.begin(), bucket.end());
    path.emplace_back(key);
    return implied_.contains(path);
}

bool Output::is_wanted(Provenance provenance) const noexcept {
    switch (options_->policy) {
    case RecoverPolicy::best:
        return !options_->no_stale || provenance != Provenance::stale;
    case RecoverPolicy::newest_whole:
    case RecoverPolicy::current_only:
        return provenance == Provenance::current;
    }
    return true;
}

// Counts an element that has been written, and tells of it.
Result<void> Output::note(const Kept& element, Provenance provenance, std::size_t donor) {
    count(element, provenance);
    return tell(element, provenance, donor);
}

Result<void> Output::tell(const Kept& element, Provenance provenance, std::size_t donor) const {
    if (!options_->on_item)
        return {};
    return options_->on_item({.bucket = element.bucket,
                              .key = element.key,
                              .value = element.value,
                              .is_bucket = element.is_bucket,
                              .provenance = provenance,
                              .is_partial = element.is_partial,
                              .page = element.page,
                              .donor = donor});
}

void Output::count(const Kept& element, Provenance provenance) {
    add_to(counts_, element, provenance);
    if (!element.bucket.empty() && element.bucket.front() == lost_and_found_name)
        add_to(lost_and_found_, element, provenance);
    if (bucket_)
        if (RecoveredBucket* here = listed_here(); here != nullptr)
            add_to(here->counts, element, provenance);
    buckets_ += element.is_bucket ? 1 : 0;
}

Result<bool> Output::add(const Kept& element, Provenance provenance, std::size_t donor) {
    if (!is_wanted(provenance)) {
        ++left_out_;
        return false;
    }
    TRY(make_room(element.key.size() + element.value.size()));
    TRY(enter(element.bucket, Missing::is_made));
    if (element.is_bucket) {
        Bucket made = TRY(bucket_->create_bucket_if_missing(element.key));
        TRY(made.set_sequence(element.sequence));
        if (!implied_.empty()) {
            std::vector<std::string> path(element.bucket.begin(), element.bucket.end());
            path.emplace_back(element.key);
            implied_.erase(path);
        }
    } else {
        TRY(bucket_->put(element.key, element.value));
    }
    TRY(note(element, provenance, donor));
    return true;
}

Result<void> Output::close() {
    bucket_.reset();
    listed_here_ = nullptr;
    for (const std::vector<std::string>& path : implied_) {
        const Kept bucket{.bucket = std::span(path).first(path.size() - 1),
                          .key = path.back(),
                          .value = {},
                          .is_bucket = true};
        TRY(note(bucket, Provenance::stale));
    }
    if (tx_)
        TRY(tx_->commit());
    tx_.reset();
    const DatabaseStats stats = TRY(db_.stats());
    db_.close();
    size_bytes_ = stats.high_water_mark * stats.page_size_bytes;
    return file_.cut_to(size_bytes_);
}

Result<void> Output::put_in_place() {
    return options_->dry_run ? Result<void>{} : file_.put_in_place();
}

void Output::fill_in(RecoverReport& report) const {
    report.counts = counts_;
    report.lost_and_found = lost_and_found_;
    report.buckets = buckets_;
    report.listed_buckets = listed_;
    report.stale_left_out = left_out_;
    report.output_bytes = options_->dry_run ? 0 : size_bytes_;
}

} // namespace rebolt::salvage
