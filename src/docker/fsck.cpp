#include <rebolt/docker/fsck.hpp>

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include <rebolt/db.hpp>

#include "base/try.hpp"
#include "docker/fsck_finders.hpp"
#include "docker/key.hpp"
#include "salvage/transaction_plan.hpp"

namespace rebolt::docker {
namespace {

constexpr std::array<FsckText, fsck_code_count> texts{{
    {"record-unreadable", true, "a value is no record"},
    {"endpoint-without-network", true, "an endpoint's network is gone"},
    {"endpoint-without-sandbox", true, "an endpoint's sandbox is gone; nobody holds its address"},
    {"endpoint-name-twice", true, "two endpoints of a network have one name"},
    {"endpoint-count-differs", true, "a network's endpoint count is not what it has"},
    {"endpoint-count-missing", true, "a network has no endpoint count"},
    {"endpoint-count-without-network", false, "an endpoint count's network is gone"},
    {"sandbox-without-container", true, "a sandbox's container is gone"},
    {"sandbox-without-endpoints", false, "a sandbox has no endpoints"},
    {"sandbox-endpoint-missing", true, "a sandbox names endpoints that are gone"},
    {"network-in-deletion", true, "a network's removal was begun and not ended"},
    {"network-name-twice", true, "two networks have one name"},
    {"pools-overlap", true, "the pools of two networks of one address space overlap"},
    {"pool-missing", true, "a network was asked for a pool that it was not given"},
    {"address-twice", true, "two endpoints hold one address"},
    {"bridge-name-twice", true, "two networks use one bridge"},
    {"bridge-missing", true, "a bridge network is unknown to its driver"},
    {"bridge-without-network", true, "the bridge driver keeps a network that is gone"},
    {"bridge-endpoint-without-endpoint", true, "the bridge driver keeps an endpoint that is gone"},
    {"container-network-lost", true, "containers are in a network that is lost"},
    {"container-endpoint-lost", true, "a running container's endpoint is lost"},
}};

using Values = std::map<std::string, std::string>;
constexpr int rounds_max = 6;

void put_value(Values& values, const Record& record) {
    const std::string key = std::visit([](const auto& one) { return one.key; }, record);
    values[key] = serialize(record);
}

Values values_of(const NetworkState& state) {
    Values values;
    const auto put_all = [&](const auto& records) {
        for (const auto& record : records)
            put_value(values, record);
    };
    put_all(state.networks);
    put_all(state.endpoints);
    put_all(state.counts);
    put_all(state.sandboxes);
    put_all(state.bridges);
    put_all(state.bridge_endpoints);
    put_all(state.vlans);
    put_all(state.driver_endpoints);
    put_all(state.address_spaces);
    put_all(state.bit_sequences);
    put_all(state.others);
    for (const UnreadableRecord& record : state.unreadable)
        values[record.key] = record.value;
    return values;
}

NetworkState state_of(const Values& values) {
    NetworkState state;
    for (const auto& [key, value] : values) {
        auto record = parse_record(key, value);
        if (record)
            state.add(std::move(*record));
        else
            state.unreadable.push_back({key, value, std::move(record).error()});
    }
    return state;
}

std::uint64_t damage_in(const std::vector<FsckFinding>& findings) {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        findings, [](const FsckFinding& finding) { return text_of(finding.code).is_damage; }));
}

// Applies a round's repairs; what was changed by one is not changed again.
bool apply_round(const std::vector<FsckFinding>& findings, Values& values,
                 std::map<std::string, RecordChange>& changes) {
    std::map<std::string, RecordChange> round;
    for (const FsckFinding& finding : findings)
        for (const RecordChange& change : finding.repair)
            round.try_emplace(change.key, change);
    bool any = false;
    for (auto& [key, change] : round) {
        const auto at = values.find(key);
        const bool differs =
            change.value ? at == values.end() || at->second != *change.value : at != values.end();
        if (!differs)
            continue;
        any = true;
        if (change.value)
            values[key] = *change.value;
        else
            values.erase(key);
        changes.insert_or_assign(key, change);
    }
    return any;
}

auto change_by(const FsckReport& report) {
    return [&report](Tx& tx) -> Result<void> {
        Bucket bucket = TRY(tx.bucket(bucket_name));
        for (const RecordChange& change : report.changes)
            TRY(change.value ? bucket.put(change.key, *change.value) : bucket.erase(change.key));
        return {};
    };
}

} // namespace

const FsckText& text_of(FsckCode code) noexcept {
    return texts[static_cast<std::size_t>(code)];
}

FsckReport fsck(const NetworkState& state, const Containers* containers,
                const std::optional<VersionRange>& releases) {
    FsckReport report;
    report.releases = releases ? *releases : tell_version(state, containers);
    report.findings = find_all(state, containers, report.releases);
    report.damage_count = damage_in(report.findings);
    Values values = values_of(state);
    std::map<std::string, RecordChange> changes;
    std::vector<FsckFinding> left = report.findings;
    for (int round = 0; round < rounds_max && apply_round(left, values, changes); ++round)
        left = find_all(state_of(values), containers, report.releases);
    report.left_count = damage_in(left);
    for (FsckFinding& finding : report.findings)
        finding.is_left = std::ranges::any_of(left, [&](const FsckFinding& other) {
            return other.code == finding.code && other.key == finding.key;
        });
    const Values original = values_of(state);
    for (auto& [key, change] : changes) {
        const auto at = original.find(key);
        const bool same = change.value ? at != original.end() && at->second == *change.value
                                       : at == original.end();
        if (!same)
            report.changes.push_back(std::move(change));
    }
    return report;
}

Result<EditPlan> plan_fsck(const PageSource& source, const FsckReport& report) {
    if (report.changes.empty())
        return Error(ErrorCode::invalid_argument, "there is nothing that can be repaired")
            .in_file(source.path());
    EditPlan plan = TRY(salvage::plan_transaction(source, change_by(report)));
    plan.title = "repair Docker's network state";
    for (const RecordChange& change : report.changes)
        plan.steps.push_back(fmt::format("{}: {}", printable(change.key), change.what));
    return plan;
}

Result<void> mend_records(const std::string& path, const FsckReport& report) {
    OpenOptions open;
    open.timeout = std::chrono::milliseconds{0};
    const DB db = TRY(DB::open(path, open));
    return db.update(change_by(report));
}

Result<void> make_network_state(const std::string& path, std::uint32_t file_mode) {
    OpenOptions open;
    open.timeout = std::chrono::milliseconds{0};
    open.file_mode = file_mode;
    const DB db = TRY(DB::open(path, open));
    return db.update([](Tx& tx) -> Result<void> {
        TRY(tx.create_bucket_if_missing(bucket_name));
        return {};
    });
}

} // namespace rebolt::docker
