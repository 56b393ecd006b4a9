#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <rebolt/check.hpp>
#include <rebolt/live_copy.hpp>
#include <rebolt/rebolt.h>
#include <rebolt/recover.hpp>

#include "base/try.hpp"
#include "c/live_options.hpp"
#include "c/status.hpp"

namespace rebolt::c {
namespace {

Result<PageSource> open_pages(const char* path, std::int64_t timeout_milliseconds) {
    ReadOptions options;
    options.timeout = timeout_milliseconds < 0
                          ? std::nullopt
                          : std::optional(std::chrono::milliseconds{timeout_milliseconds});
    return PageSource::open(path, options);
}

Result<CheckReport> checked(const char* path, std::int64_t timeout_milliseconds) {
    const PageSource source = TRY(open_pages(path, timeout_milliseconds));
    return check(source);
}

void tell(const CheckReport& report, rebolt_visit_finding visit, void* context) {
    for (const Finding& finding : report.findings) {
        const rebolt_finding told{.code = text_of(finding.code).name.data(),
                                  .severity = name_of(finding.severity).data(),
                                  .message = finding.message.c_str(),
                                  .page = finding.place.page
                                              ? static_cast<std::uint64_t>(*finding.place.page)
                                              : UINT64_MAX};
        if (visit(context, &told) != 0)
            return;
    }
}

rebolt_status status_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::clean:
        return REBOLT_OK;
    case Verdict::damaged:
        return REBOLT_DAMAGED;
    case Verdict::not_a_bolt_file:
        return REBOLT_INVALID;
    }
    return REBOLT_FAILED;
}

// What a check returns, after all findings are told.
rebolt_status told(const Result<CheckReport>& report, rebolt_visit_finding visit, void* context) {
    if (!report)
        return fail(report.error());
    if (visit != nullptr)
        tell(*report, visit, context);
    const rebolt_status status = status_of(report->verdict);
    if (status == REBOLT_OK)
        return status;
    return fail(status, (report->path + ": " + sentence(*report)).c_str());
}

Result<RecoverReport> recovered_to(const char* path, const char* to,
                                   std::int64_t timeout_milliseconds) {
    const PageSource source = TRY(open_pages(path, timeout_milliseconds));
    Recovery recovery = TRY(Recovery::begin(source, to));
    TRY(recovery.run());
    return recovery.report();
}

} // namespace
} // namespace rebolt::c

using rebolt::c::fail;
using rebolt::c::guarded;

rebolt_status rebolt_check(const char* path, int64_t timeout_milliseconds,
                           rebolt_visit_finding visit, void* context) {
    return guarded([&] {
        if (path == nullptr)
            return fail(REBOLT_INVALID, "rebolt_check: no path");
        return rebolt::c::told(rebolt::c::checked(path, timeout_milliseconds), visit, context);
    });
}

rebolt_status rebolt_check_live(const char* path, int64_t timeout_milliseconds,
                                rebolt_visit_finding visit, void* context) {
    return guarded([&] {
        if (path == nullptr)
            return fail(REBOLT_INVALID, "rebolt_check_live: no path");
        return rebolt::c::told(
            rebolt::check_live(path, {}, rebolt::c::live_options(timeout_milliseconds)), visit,
            context);
    });
}

rebolt_status rebolt_recover(const char* path, const char* to, int64_t timeout_milliseconds,
                             rebolt_recovered* recovered) {
    return guarded([&] {
        if (path == nullptr || to == nullptr)
            return fail(REBOLT_INVALID, "rebolt_recover: no path, or none of the new file");
        const auto report = rebolt::c::recovered_to(path, to, timeout_milliseconds);
        if (!report)
            return fail(report.error());
        if (recovered != nullptr)
            *recovered = {.keys = report->counts.total(),
                          .current = report->counts.keys[0],
                          .lost_estimate = report->lost_estimate};
        if (report->outcome == rebolt::RecoverOutcome::all)
            return REBOLT_OK;
        return fail(REBOLT_DAMAGED, "something is missing or not proven to be current");
    });
}
