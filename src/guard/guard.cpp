#include <rebolt/guard_history.hpp>

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "guard/file_run.hpp"

namespace rebolt {
namespace {

constexpr std::array<std::string_view, 3> policy_names{"recover", "quarantine", "refuse"};
constexpr std::array<std::string_view, 4> moment_names{"any", "before-start", "after-start",
                                                       "after-stop"};
constexpr std::array<std::string_view, 8> outcome_names{
    "absent", "clean", "in-use", "not-judged", "recovered", "quarantined", "refused", "failed"};

// A file that is known to be damaged stays so; of any other nothing is known.
GuardReport without_memory(const GuardedFile& file, std::string_view damage) noexcept {
    GuardReport report;
    report.may_start = damage.empty();
    report.outcome = damage.empty() ? GuardOutcome::not_judged : GuardOutcome::failed;
    try {
        report.path = file.path;
        report.damage = damage;
        report.line =
            damage.empty()
                ? "not judged: out of memory"
                : report.damage + "; it could not be recovered and is as it was: out of memory";
    } catch (const std::bad_alloc&) {
        report.line = "out of memory"; // so short a text needs none
    }
    return report;
}

} // namespace

std::string_view name_of(GuardPolicy policy) noexcept {
    return policy_names[static_cast<std::size_t>(policy)];
}

std::string_view name_of(GuardMoment moment) noexcept {
    return moment_names[static_cast<std::size_t>(moment)];
}

std::optional<GuardPolicy> guard_policy(std::string_view name) noexcept {
    const auto* at = std::ranges::find(policy_names, name);
    if (at == policy_names.end())
        return std::nullopt;
    return static_cast<GuardPolicy>(at - policy_names.begin());
}

std::string_view name_of(GuardOutcome outcome) noexcept {
    return outcome_names[static_cast<std::size_t>(outcome)];
}

std::optional<GuardOutcome> guard_outcome(std::string_view name) noexcept {
    const auto* at = std::ranges::find(outcome_names, name);
    if (at == outcome_names.end())
        return std::nullopt;
    return static_cast<GuardOutcome>(at - outcome_names.begin());
}

GuardReport guard_file(const GuardedFile& file, const GuardOptions& options) {
    std::optional<guard::FileRun> run;
    try {
        run.emplace(file, options);
        return run->run();
    } catch (const std::bad_alloc&) {
        return without_memory(file, run ? std::string_view(run->damage()) : std::string_view());
    }
}

} // namespace rebolt
