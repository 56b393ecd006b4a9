#include <rebolt/guard.hpp>

#include <algorithm>
#include <array>

#include "guard/file_run.hpp"

namespace rebolt {
namespace {

constexpr std::array<std::string_view, 3> policy_names{"recover", "quarantine", "refuse"};
constexpr std::array<std::string_view, 8> outcome_names{
    "absent", "clean", "in-use", "not-judged", "recovered", "quarantined", "refused", "failed"};

} // namespace

std::string_view name_of(GuardPolicy policy) noexcept {
    return policy_names[static_cast<std::size_t>(policy)];
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

GuardReport guard_file(const GuardedFile& file, const GuardOptions& options) {
    return guard::FileRun(file, options).run();
}

} // namespace rebolt
