#include <rebolt/recover.hpp>

namespace rebolt {

std::string_view name_of(Provenance provenance) noexcept {
    switch (provenance) {
    case Provenance::current:
        return "current";
    case Provenance::previous:
        return "previous";
    case Provenance::stale:
        return "stale";
    case Provenance::donor:
        return "donor";
    }
    return "";
}

std::string_view name_of(RecoverPolicy policy) noexcept {
    switch (policy) {
    case RecoverPolicy::best:
        return "best";
    case RecoverPolicy::newest_whole:
        return "newest-whole";
    case RecoverPolicy::current_only:
        return "current-only";
    }
    return "";
}

std::string_view name_of(RecoverOutcome outcome) noexcept {
    switch (outcome) {
    case RecoverOutcome::all:
        return "all";
    case RecoverOutcome::incomplete:
        return "incomplete";
    case RecoverOutcome::nothing:
        return "nothing";
    }
    return "";
}

std::string_view name_of(RecoverStage stage) noexcept {
    switch (stage) {
    case RecoverStage::survey:
        return "survey";
    case RecoverStage::candidates:
        return "candidates";
    case RecoverStage::keep:
        return "keep";
    case RecoverStage::fill:
        return "fill";
    case RecoverStage::check:
        return "check";
    case RecoverStage::done:
        return "done";
    }
    return "";
}

} // namespace rebolt
