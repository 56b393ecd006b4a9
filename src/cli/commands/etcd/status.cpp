// rebolt etcd status DIR
#include <memory>

#include <fmt/format.h>

#include <rebolt/etcd/repair.hpp>

#include "cli/commands/etcd/member_options.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

using etcd::DatabaseState;
using etcd::MemberFiles;
using etcd::SnapFile;
using etcd::StartPrediction;
using etcd::WalEnd;
using etcd::WalFile;

std::string number_or(const std::optional<std::uint64_t>& number) {
    return number ? fmt::format("{}", *number) : "not readable";
}

std::string state_text(const DatabaseState& state, bool is_newest) {
    std::string text = fmt::format(
        "db, transaction {}{}: {}\n", number(state.transaction),
        is_newest ? "" : " (the one before)",
        state.is_whole() ? "whole"
                         : fmt::format("{} pages cannot be used, {} values are malformed",
                                       state.holes.size(), state.malformed));
    text += fmt::format("  consistent index {}, term {}\n", number_or(state.consistent_index()),
                        state.term() ? fmt::format("{}", *state.term()) : "none");
    text += fmt::format("  revision {}, {} records, compacted at {}", state.revision(),
                        state.records.size(), state.finished_compaction());
    if (state.scheduled_compaction() != state.finished_compaction())
        text += fmt::format(", a compaction at {} has begun", state.scheduled_compaction());
    text +=
        fmt::format("\n  {} leases, {} alarms{}\n", state.leases().size(), state.alarms().size(),
                    state.is_auth_enabled() ? ", users and roles are on" : "");
    for (const auto* name : {"clusterVersion", "storageVersion", "confState"})
        if (const auto value =
                state.value(name == std::string_view("clusterVersion") ? "cluster" : "meta", name))
            text += fmt::format("  {} {}\n", name, printable(*value));
    return text;
}

std::string wal_text(const MemberFiles& member) {
    if (!member.wal)
        return "log: none\n";
    std::string text;
    for (const WalFile& file : member.wal->files()) {
        text += fmt::format("log {}: {}", file.name,
                            file.entries == 0 ? std::string("no entries")
                                              : entries_text(file.first_entry, file.last_entry));
        if (file.end != WalEnd::clean)
            text += fmt::format("; {} behind byte {}: {}", name_of(file.end), file.end_offset,
                                file.text);
        if (!file.follows)
            text += "; does not follow on the file before";
        text += "\n";
    }
    const auto& wal = *member.wal;
    text += fmt::format("  entries {} to {}, committed {}, term {}{}\n",
                        wal.entries().first_index(), wal.entries().last_index(), wal.state().commit,
                        wal.state().term, wal.has_gap() ? "; older ones stand before a gap" : "");
    if (wal.identity())
        text += fmt::format("  member {:x} of cluster {:x}\n", wal.identity()->node,
                            wal.identity()->cluster);
    return text;
}

std::string snaps_text(const MemberFiles& member) {
    std::string text;
    for (const SnapFile& snap : member.snaps)
        text +=
            snap.error.empty()
                ? fmt::format("snapshot {}: index {}, term {}, {} members, cluster version {}\n",
                              snap.name, snap.mark.index, snap.mark.term, snap.members.size(),
                              printable(snap.cluster_version))
                : fmt::format("snapshot {}: {}\n", snap.name, snap.error);
    for (const std::uint64_t index : member.snap_dbs)
        text += fmt::format("database of a leader: {:016x}.snap.db\n", index);
    return text.empty() ? "snapshots: none\n" : text;
}

std::string start_text(const StartPrediction& start) {
    std::string text = fmt::format("etcd {}: ", name_of(start.release));
    if (!start.starts)
        return text + red("does not start") + ": " + printable(start.message) + "\n";
    text += fmt::format("starts from {}, and applies {}{}\n",
                        start.snapshot ? fmt::format("snapshot {}", start.snapshot->index)
                                       : std::string("entry 1"),
                        entries_text(start.replay_first, start.replay_last),
                        start.cuts_torn_end ? "; it cuts off the log's torn end first" : "");
    for (const std::string& remark : start.remarks)
        text += fmt::format("  {} {}\n", yellow("but"), printable(remark));
    return text;
}

Document state_json(const DatabaseState& state) {
    Document json{{"transaction", number(state.transaction)},
                  {"whole", state.is_whole()},
                  {"pages_lost", state.holes.size()},
                  {"malformed", state.malformed},
                  {"records", state.records.size()},
                  {"revision", state.revision()},
                  {"scheduled_compaction", state.scheduled_compaction()},
                  {"finished_compaction", state.finished_compaction()},
                  {"leases", state.leases().size()},
                  {"auth_enabled", state.is_auth_enabled()}};
    const auto index = state.consistent_index();
    json["consistent_index"] = index ? Document(*index) : Document(nullptr);
    const auto term = state.term();
    json["term"] = term ? Document(*term) : Document(nullptr);
    json["alarms"] = Document::array();
    for (const etcd::Alarm& alarm : state.alarms())
        json["alarms"].push_back(
            {{"member", fmt::format("{:x}", alarm.member)}, {"kind", alarm.kind}});
    for (const auto& [name, bucket] : {std::pair{"clusterVersion", "cluster"},
                                       {"storageVersion", "meta"},
                                       {"confState", "meta"}})
        if (const auto value = state.value(bucket, name))
            json[name] = *value;
    return json;
}

Document wal_json(const MemberFiles& member) {
    if (!member.wal)
        return nullptr;
    const auto& wal = *member.wal;
    Document json{{"first_index", wal.entries().first_index()},
                  {"last_index", wal.entries().last_index()},
                  {"commit", wal.state().commit},
                  {"term", wal.state().term},
                  {"gap", wal.has_gap()},
                  {"files", Document::array()}};
    if (wal.identity()) {
        json["member"] = fmt::format("{:x}", wal.identity()->node);
        json["cluster"] = fmt::format("{:x}", wal.identity()->cluster);
    }
    for (const WalFile& file : wal.files())
        json["files"].push_back({{"name", file.name},
                                 {"bytes", file.bytes},
                                 {"end", name_of(file.end)},
                                 {"end_offset", file.end_offset},
                                 {"message", file.text},
                                 {"follows", file.follows},
                                 {"first_entry", file.first_entry},
                                 {"last_entry", file.last_entry}});
    return json;
}

Document start_json(const StartPrediction& start) {
    Document json{{"release", name_of(start.release)},
                  {"starts", start.starts},
                  {"message", start.message},
                  {"cuts_torn_end", start.cuts_torn_end},
                  {"replay_first", start.replay_first},
                  {"replay_last", start.replay_last},
                  {"remarks", start.remarks}};
    json["snapshot"] = start.snapshot ? Document(start.snapshot->index) : Document(nullptr);
    return json;
}

Document status_json(const MemberFiles& member, const std::string& folder,
                     const std::vector<StartPrediction>& starts) {
    Document json{{"shape", "rebolt.etcd-status/1"}, {"folder", folder},
                  {"db", Document::array()},         {"wal", wal_json(member)},
                  {"snapshots", Document::array()},  {"start", Document::array()}};
    for (const DatabaseState& state : member.states)
        json["db"].push_back(state_json(state));
    for (const SnapFile& snap : member.snaps)
        json["snapshots"].push_back({{"name", snap.name},
                                     {"index", snap.mark.index},
                                     {"term", snap.mark.term},
                                     {"error", snap.error},
                                     {"members", snap.members},
                                     {"cluster_version", snap.cluster_version}});
    for (const StartPrediction& start : starts)
        json["start"].push_back(start_json(start));
    return json;
}

ExitCode run_status(const MemberCommandOptions& options) {
    options.common.apply();
    const auto member = etcd::read_member(options.common.file, options.member());
    if (!member)
        return report(member.error());
    std::vector<StartPrediction> starts;
    for (const etcd::Release release : etcd::all_releases)
        if (options.release.empty() || options.release == name_of(release))
            starts.push_back(etcd::predict_start(*member, release));
    const StartPrediction own = etcd::predict_start(*member, options.release_of(*member));
    const bool is_well = own.starts && own.remarks.empty();
    if (wants_json()) {
        print_document(status_json(*member, options.common.file, starts));
    } else {
        if (!member->source)
            print(member->db_error.empty() ? "db: none\n" : "db: " + member->db_error + "\n");
        for (const DatabaseState& state : member->states)
            print(state_text(state, &state == &member->states.front()));
        print(snaps_text(*member) + wal_text(*member));
        for (const StartPrediction& start : starts)
            print(start_text(start));
        if (!is_well)
            print(fmt::format("\nTo see what can be done: rebolt etcd repair {}\n",
                              shell_quoted(options.common.file)));
    }
    return is_well ? ExitCode::done : ExitCode::damaged;
}

} // namespace

void set_up_etcd_status(Arguments arguments) {
    auto options = std::make_shared<MemberCommandOptions>();
    options->add_to(arguments);
    arguments.footer("Example: rebolt etcd status /var/lib/etcd");
    arguments.exit_codes(
        "0 etcd starts and nothing is missing, 4 it does not or something is, 8 failed");
    arguments.on_run([options] { return run_status(*options); });
}

} // namespace rebolt::cli
