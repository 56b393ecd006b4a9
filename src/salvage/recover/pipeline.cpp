#include "salvage/recover/pipeline.hpp"

#include <chrono>
#include <utility>

#include "base/try.hpp"
#include "salvage/recover/account_of_loss.hpp"
#include "salvage/recover/attribution.hpp"

namespace rebolt {

using salvage::EntryWriter;
using salvage::report_loss;
using salvage::spread_homes;

Recovery::Work::Work(const PageSource& source, RecoverOptions options)
    : context_(source, std::move(options)), choose_state_(context_) {
    report_.path = source.path();
    report_.file_bytes = source.file_bytes();
    report_.page_size_bytes = source.page_size_bytes();
    report_.page_size_origin = source.page_size_origin();
}

Result<void> Recovery::Work::open(const std::string& path) {
    for (const std::string& donor : context_.options.donors) {
        OpenOptions open;
        open.read_only = true;
        open.timeout = std::chrono::milliseconds{0};
        context_.donors.push_back(TRY(DB::open(donor, open)));
    }
    entries_.emplace(
        TRY(EntryWriter::create(context_, context_.options.dry_run ? std::string() : path)));
    return {};
}

Result<bool> Recovery::Work::step() {
    if (stage_ == Stage::done)
        return false;
    const bool goes_on = TRY(step_of_stage());
    if (context_.pulse.has_stopped()) // what its loops did not reach is missing
        return Error(ErrorCode::cancelled, "cancelled: no new file was made");
    if (!goes_on)
        begin_next();
    return stage_ != Stage::done;
}

// False when the stage has ended.
Result<bool> Recovery::Work::step_of_stage() {
    if (context_.pulse.must_stop())
        return Error(ErrorCode::cancelled, "cancelled: no new file was made");
    switch (stage_) {
    case Stage::survey:
        return context_.pages.step();
    case Stage::choose_state:
        return choose_state_.step();
    case Stage::keep:
        return keep_->step();
    case Stage::suspects:
        return suspects_->step();
    case Stage::attribute:
        spread_homes(context_);
        return false;
    case Stage::place_orphans:
        return place_orphans_->step();
    case Stage::fill_holes:
        return fill_holes_->step();
    case Stage::lost_found:
        return lost_found_->step();
    case Stage::verify:
        return verify_->step();
    case Stage::done:
        return false;
    }
    return false;
}

// Nothing is to be filled where the newest tree is whole.
bool Recovery::Work::has_to_fill() const {
    return context_.options.policy != RecoverPolicy::newest_whole &&
           (!context_.holes.empty() || context_.states.order_is_doubtful ||
            context_.distrusts_newest());
}

void Recovery::Work::end_keep() {
    report_.is_whole = context_.holes.empty() && entries_->wrong_in_root() == 0 &&
                       context_.wrong_elements == 0 && !context_.states.order_is_doubtful &&
                       context_.states.is_newest_proven && !context_.distrusts_newest();
}

void Recovery::Work::begin_next() {
    stage_ = static_cast<Stage>(static_cast<std::uint8_t>(stage_) + 1);
    switch (stage_) {
    case Stage::keep:
        report_.transaction = context_.states.newest.transaction;
        report_.roots_were_guessed = !context_.states.newest.transaction;
        if (context_.states.other)
            report_.previous = context_.states.other->transaction;
        keep_.emplace(context_, *entries_);
        break;
    case Stage::suspects:
        suspects_.emplace(context_, *entries_, std::move(keep_->suspects()));
        break;
    case Stage::attribute:
        end_keep();
        if (!has_to_fill()) {
            stage_ = Stage::verify;
            verify_.emplace(context_, *entries_);
        }
        break;
    case Stage::place_orphans:
        place_orphans_.emplace(context_, *entries_);
        break;
    case Stage::fill_holes:
        fill_holes_.emplace(context_, *entries_, *place_orphans_);
        break;
    case Stage::lost_found:
        lost_found_.emplace(context_, *entries_, *place_orphans_);
        break;
    case Stage::verify:
        verify_.emplace(context_, *entries_);
        break;
    case Stage::done:
        entries_->fill_in(report_);
        report_loss(context_, *entries_, fill_holes_ ? &*fill_holes_ : nullptr, report_);
        break;
    case Stage::survey:
    case Stage::choose_state: // begun with the first step
        break;
    }
}

RecoverProgress Recovery::Work::progress() const noexcept {
    const std::uint64_t total = context_.pages.page_count();
    switch (stage_) {
    case Stage::survey:
        return {RecoverStage::survey, context_.pages.pages_done(), total};
    case Stage::choose_state:
        return {RecoverStage::candidates, 0, total};
    case Stage::keep:
    case Stage::suspects:
        return {RecoverStage::keep, keep_ ? keep_->pages_done() : 0, total};
    case Stage::attribute:
    case Stage::place_orphans:
        return {RecoverStage::fill, 0, context_.holes.size()};
    case Stage::fill_holes:
    case Stage::lost_found:
        return {RecoverStage::fill, fill_holes_->holes_done(), context_.holes.size()};
    case Stage::verify:
        return {RecoverStage::check, 0, total};
    case Stage::done:
        return {RecoverStage::done, total, total};
    }
    return {RecoverStage::done, total, total};
}

} // namespace rebolt
