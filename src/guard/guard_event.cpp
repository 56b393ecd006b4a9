#include "guard/guard_event.hpp"

#include <utility>

namespace rebolt::guard {
namespace {

constexpr std::size_t events_max = 1000;

} // namespace

bool is_event(const GuardReport& report) noexcept {
    return report.outcome >= GuardOutcome::recovered || !report.damage.empty() ||
           !report.broken_seal.empty();
}

GuardEvent event_of(const GuardReport& report, std::string time) {
    GuardEvent event{.time = std::move(time),
                     .outcome = report.outcome,
                     .line = report.line,
                     .damage = report.damage.empty() ? report.broken_seal : report.damage,
                     .quarantine = report.quarantine,
                     .restored_from = report.restored_from,
                     .keys_recovered = std::nullopt,
                     .keys_lost = std::nullopt};
    if (report.outcome == GuardOutcome::recovered && report.recovery) {
        event.keys_recovered = report.recovery->counts.total();
        if (report.recovery->is_loss_known)
            event.keys_lost = report.recovery->lost_estimate;
    }
    return event;
}

void remember(GuardRecord& record, GuardEvent event) {
    record.events.push_back(std::move(event));
    if (record.events.size() > events_max)
        record.events.erase(record.events.begin());
}

} // namespace rebolt::guard
