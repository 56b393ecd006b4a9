#include "guard/etcd_member.hpp"

#include <fmt/format.h>

#include <rebolt/etcd/repair.hpp>

namespace rebolt::guard {
namespace {

using etcd::RepairPlan;

MemberRepair refused(std::string text) {
    return {MemberOutcome::refused, std::move(text), ""};
}

std::string done_text(const RepairPlan& plan, const std::string& root) {
    std::string text =
        fmt::format("the member was repaired without a loss ({})", name_of(plan.way));
    if (plan.replay_first != 0)
        text += fmt::format("; etcd applies entries {} to {} of its log", plan.replay_first,
                            plan.replay_last);
    if (plan.expected)
        text += fmt::format("; HashKV will be {} at revision {}", plan.expected->hash,
                            plan.expected->revision);
    return text + fmt::format(". To take that back: rebolt etcd repair --undo {}", root);
}

} // namespace

MemberRepair repair_member(const std::string& etcd_root, const std::vector<std::string>& donors,
                           bool dry_run) {
    const auto member = etcd::read_member(etcd_root);
    if (!member || !member->wal)
        return {};
    const RepairPlan plan =
        etcd::plan_repair(*member, {.donors = donors, .release = etcd::release_of(*member)});
    if (plan.way == etcd::RepairWay::not_needed)
        return {};
    const std::string look =
        fmt::format("to see what can be done: rebolt etcd repair {}", etcd_root);
    if (!plan.is_possible())
        return refused("it cannot be brought back without a loss, and was left as it is; " + look);
    if (dry_run)
        return refused("it can be brought back without a loss; " + look);
    const auto done = etcd::apply_repair(*member, plan);
    if (!done)
        return refused(
            fmt::format("it could not be repaired: {}; {}", done.error().to_text(), look));
    return {MemberOutcome::repaired, done_text(plan, etcd_root),
            done->empty() ? std::string() : done->front()};
}

} // namespace rebolt::guard
