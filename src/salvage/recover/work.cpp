#include "salvage/recover/work.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <rebolt/content_sample.hpp>

#include "base/try.hpp"
#include "salvage/meta_pair.hpp"
#include "salvage/recover/homes.hpp"

namespace rebolt {

using salvage::Account;
using salvage::find_states;
using salvage::is_whole;
using salvage::Kept;
using salvage::look_up;
using salvage::mark_free_pages;
using salvage::note_value_buckets;
using salvage::Output;
using salvage::read_metas;
using salvage::root_bucket;
using salvage::State;
using salvage::TreeKeeper;
using salvage::WalkMode;

namespace {

constexpr std::uint64_t surveyed_pages_a_step = 16384;
constexpr std::uint64_t kept_pages_a_step = 256;

} // namespace

Recovery::Work::Work(const PageSource& source, RecoverOptions options)
    : options_(std::move(options)), pages_(source),
      ground_{.pages = pages_,
              .buckets = buckets_,
              .options = options_,
              .owner = owner_of(source, options_.owners),
              .holes = {},
              .of_values = {},
              .leaf_levels = {},
              .made_keys = {},
              .put_right = {}},
      keeper_(ground_, WalkMode::keep, [this](const Kept& kept) { return keep(kept); }) {
    report_.path = source.path();
    report_.file_bytes = source.file_bytes();
    report_.page_size_bytes = source.page_size_bytes();
    report_.page_size_origin = source.page_size_origin();
}

Result<void> Recovery::Work::open(const std::string& path) {
    for (const std::string& donor : options_.donors) {
        OpenOptions open;
        open.read_only = true;
        open.timeout = std::chrono::milliseconds{0};
        donors_.push_back(TRY(DB::open(donor, open)));
    }
    output_.emplace(TRY(Output::create(path, pages_.source().page_size_bytes(), options_)));
    filler_.emplace(ground_, *output_, [this](PageId page) { return provenance_of(page); });
    return {};
}

Result<bool> Recovery::Work::step() {
    switch (stage_) {
    case RecoverStage::survey:
        if (!pages_.step(surveyed_pages_a_step))
            stage_ = RecoverStage::candidates;
        return true;
    case RecoverStage::candidates:
        TRY(choose_states());
        stage_ = RecoverStage::keep;
        return true;
    case RecoverStage::keep:
        if (!TRY(keeper_.step(kept_pages_a_step)) && !TRY(next_suspect()))
            TRY(prepare_to_fill());
        return true;
    case RecoverStage::fill:
        TRY(fill_some());
        return true;
    case RecoverStage::check:
        TRY(finish());
        stage_ = RecoverStage::done;
        return false;
    case RecoverStage::done:
        return false;
    }
    return false;
}

RecoverProgress Recovery::Work::progress() const noexcept {
    const std::uint64_t total = pages_.page_count();
    if (stage_ == RecoverStage::survey)
        return {stage_, pages_.pages_done(), total};
    if (stage_ == RecoverStage::fill)
        return {stage_, next_hole_, ground_.holes.size()};
    return {stage_, 0, total};
}

Error Recovery::Work::nothing_to_recover() const {
    if (read_metas(pages_.source()).current)
        return Error(ErrorCode::damaged, "no branch or leaf page in it is whole: there is nothing "
                                         "to recover")
            .in_file(report_.path);
    return Error({.code = FindingCode::not_a_bolt_file,
                  .severity = Severity::fatal,
                  .place = {},
                  .message = "no page in it is a sound page of a bbolt file: there is nothing to "
                             "recover",
                  .transaction = std::nullopt})
        .in_file(report_.path);
}

Result<void> Recovery::Work::choose_states() {
    if (pages_.sound_pages() == 0)
        return nothing_to_recover();
    states_ = TRY(find_states(ground_));
    if (options_.policy == RecoverPolicy::newest_whole)
        TRY(require_whole());
    ground_.page_end = states_.newest.page_end;
    ground_.free_pages_known = mark_free_pages(pages_, states_.newest);
    report_.transaction = states_.newest.transaction;
    report_.roots_were_guessed = !states_.newest.transaction;
    if (states_.other)
        report_.previous = states_.other->transaction;
    note_value_buckets(ground_);
    if (ground_.free_pages_known)
        Account(ground_, states_.newest).mark_contested();
    keeper_.begin(root_bucket, {.page = states_.newest.root, .range = {}, .level = 0});
    return {};
}

Result<void> Recovery::Work::require_whole() {
    if (is_whole(pages_, states_.newest))
        return {};
    if (!states_.other || !is_whole(pages_, *states_.other))
        return Error(ErrorCode::damaged,
                     "no transaction in it is whole: recover with the policy `best`")
            .in_file(report_.path);
    states_.newest = *states_.other;
    states_.other.reset();
    states_.order_is_doubtful = false;
    return {};
}

// Of a state whose age is doubtful only what the other one has too is current.
Provenance Recovery::Work::provenance_of_kept(const Kept& kept) const {
    if (is_keeping_suspect_ && !are_suspects_current_)
        return Provenance::stale;
    if (!states_.is_newest_proven)
        return Provenance::previous;
    if (!states_.order_is_doubtful)
        return Provenance::current;
    const bool is_everywhere = std::ranges::all_of(states_.rivals, [&](const State& rival) {
        const auto other = look_up(pages_, rival, kept.bucket, kept.key);
        return other && other->is_bucket() == kept.is_bucket &&
               (kept.is_bucket || other->value == kept.value);
    });
    return is_everywhere && !states_.rivals.empty() ? Provenance::current : Provenance::previous;
}

// Whether it stands behind all that its bucket has.
Result<bool> Recovery::Work::is_behind_all(const Kept& kept) {
    if (!std::ranges::equal(last_bucket_, kept.bucket)) {
        last_bucket_.assign(kept.bucket.begin(), kept.bucket.end());
        last_key_of_bucket_ = TRY(output_->last_key(kept.bucket));
        last_key_ = last_key_of_bucket_;
    }
    if (kept.key <= last_key_)
        return false;
    last_key_ = kept.key;
    return true;
}

Result<bool> Recovery::Work::keep(const Kept& kept) {
    if (kept.bucket.empty() && !kept.is_bucket) { // the root holds only buckets
        ++wrong_in_root_;
        return false;
    }
    // Two pages may hold one key, where the way to them is damaged.
    if (!TRY(is_behind_all(kept)) &&
        TRY(output_->there(kept.bucket, kept.key)) != Output::There::nothing)
        return false;
    ++kept_keys_;
    kept_leaves_ += kept.page == last_kept_ ? 0 : 1;
    last_kept_ = kept.page;
    TRY(output_->add(kept, provenance_of_kept(kept)));
    return true;
}

Result<void> Recovery::Work::finish() {
    TRY(output_->close());
    const PageSource source = TRY(PageSource::open(output_->path_to_check()));
    CheckOptions check_options;
    check_options.owners = {}; // a value is kept, whatever its owner's rules say of it
    const CheckReport report = TRY(check(source, check_options));
    if (report.verdict != Verdict::clean || report.trees.empty() ||
        report.trees.front().key_count != output_->key_count())
        return Error(ErrorCode::damaged,
                     fmt::format("the new file is not as it should be ({}): it was not put in "
                                 "place; this is a defect of rebolt",
                                 sentence(report)))
            .in_file(output_->path_to_check());
    TRY(output_->put_in_place());
    output_->fill_in(report_);
    return {};
}

} // namespace rebolt
