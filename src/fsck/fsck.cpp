#include <rebolt/fsck.hpp>

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include <rebolt/check.hpp>
#include <rebolt/content_sample.hpp>
#include <rebolt/db.hpp>
#include <rebolt/schema.hpp>

#include "base/try.hpp"
#include "fsck/contents.hpp"
#include "salvage/transaction_plan.hpp"

namespace rebolt {
namespace {

using fsck_rules::Contents;
using fsck_rules::Findings;

struct Rule {
    Owner owner;
    void (*compare)(const Contents& contents, Findings& findings);
};
constexpr std::array<Rule, 5> rules{{
    {Owner::podman, fsck_rules::compare_podman},
    {Owner::influxdb, fsck_rules::compare_influxdb},
    {Owner::portainer, fsck_rules::compare_portainer},
    {Owner::raft_boltdb, fsck_rules::compare_raft},
    {Owner::bleve, fsck_rules::compare_bleve},
}};

Result<void> require_sound_pages(const PageSource& source) {
    CheckOptions by_pages;
    by_pages.owners = {};
    const CheckReport checked = TRY(check(source, by_pages));
    if (checked.verdict != Verdict::damaged)
        return {};
    Finding worst = checked.findings.front();
    worst.message = sentence(checked) + "; what seems to be missing may be there: recover it first";
    return Error(std::move(worst)).in_file(source.path());
}

// Each place once: two findings may ask for the same.
void collect_changes(IndexReport& report) {
    std::set<std::pair<std::vector<std::string>, std::string>> met;
    for (const IndexFinding& finding : report.findings) {
        report.damage_count += finding.is_damage ? 1U : 0U;
        report.left_count += finding.is_damage && finding.repair.empty() ? 1U : 0U;
        for (const BucketChange& change : finding.repair)
            if (met.emplace(change.bucket, change.key).second)
                report.changes.push_back(change);
    }
}

Result<void> make(Tx& tx, const BucketChange& change) {
    Bucket bucket = TRY(tx.bucket(change.bucket.front()));
    for (std::size_t i = 1; i < change.bucket.size(); ++i)
        bucket = TRY(bucket.bucket(change.bucket[i]));
    if (change.key.empty())
        return bucket.set_sequence(change.sequence);
    return change.value ? bucket.put(change.key, *change.value) : bucket.erase(change.key);
}

} // namespace

Result<IndexReport> fsck(const PageSource& source) {
    IndexReport report;
    report.owner = owner_of(source, known_owner_rules());
    const auto* rule = std::ranges::find(rules, report.owner, &Rule::owner);
    if (rule == rules.end())
        return Error(ErrorCode::invalid_argument,
                     report.owner == Owner::unknown
                         ? std::string("whose file this is, is not known")
                         : fmt::format("a file of {}: it keeps nothing that could be compared",
                                       schema::name_of(report.owner)))
            .in_file(source.path());
    TRY(require_sound_pages(source));
    const Contents contents = TRY(fsck_rules::read_contents(source));
    for (const auto& [bucket, values] : contents.buckets)
        report.records += values.size();
    rule->compare(contents, report.findings);
    collect_changes(report);
    return report;
}

Result<EditPlan> plan_fsck(const PageSource& source, const IndexReport& report) {
    if (report.changes.empty())
        return Error(ErrorCode::invalid_argument, "there is nothing that can be repaired")
            .in_file(source.path());
    const auto make_all = [&](Tx& tx) -> Result<void> {
        for (const BucketChange& change : report.changes)
            TRY(make(tx, change));
        return {};
    };
    EditPlan plan = TRY(salvage::plan_transaction(source, make_all));
    plan.title = fmt::format("mend the indexes of {}", schema::name_of(report.owner));
    for (const BucketChange& change : report.changes)
        plan.steps.push_back(fmt::format("{}: {}", printable(change.bucket.front()), change.what));
    return plan;
}

} // namespace rebolt
