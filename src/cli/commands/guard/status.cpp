// rebolt guard status, history, report
#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/guard_history.hpp>

#include "cli/commands/guard/subcommands.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"

namespace rebolt::cli {
namespace {

struct GuardStatusCommand {
    GuardPaths paths;
    std::vector<std::string> files;
};

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// Those that are named; all, if none is.
Result<std::vector<GuardedState>> states_of(const GuardStatusCommand& options) {
    const auto config = guard_config_of(options.paths);
    if (!config)
        return Error(config.error().code(), config.error().message())
            .in_file(config.error().file());
    auto states = guarded_states(config->options.state_folder);
    if (!states)
        return states;
    for (const std::string& file : options.files)
        if (std::ranges::find(*states, file, &GuardedState::file) == states->end())
            return Error(ErrorCode::file_not_found, "the guard has no record of it: `rebolt guard "
                                                    "status` lists those that it has")
                .in_file(file);
    if (!options.files.empty())
        std::erase_if(*states, [&](const GuardedState& state) {
            return std::ranges::find(options.files, state.file) == options.files.end();
        });
    return states;
}

std::string number_or(const std::optional<std::uint64_t>& number, const char* otherwise) {
    return number ? std::to_string(*number) : otherwise;
}

void print_status(const std::vector<GuardedState>& states) {
    if (states.empty())
        return print("The guard has no record of any file.\n");
    Table table({"FILE", "LAST", "OUTCOME", "SNAPSHOTS", "SET ASIDE", "LAST RECOVERY"});
    for (const GuardedState& state : states) {
        const GuardEvent* recovery = state.last_recovery();
        table.add({printable(state.file), printable(state.last_time), printable(state.last_outcome),
                   std::to_string(state.snapshots.size()), std::to_string(state.set_aside.size()),
                   recovery == nullptr ? "none" : printable(recovery->time)});
    }
    print(table.text());
    for (const GuardedState& state : states) {
        for (const GuardSnapshot& snapshot : state.snapshots)
            print(fmt::format("snapshot of transaction {}: {}\n", snapshot.transaction,
                              printable(snapshot.path)));
        for (const std::string& file : state.set_aside)
            print(fmt::format("set aside: {}\n", printable(file)));
    }
}

ExitCode run_status(const GuardStatusCommand& options) {
    const auto states = states_of(options);
    if (!states)
        return report(states.error());
    if (wants_json())
        print(to_json(HostStatus{.host = host_name(), .files = *states}) + "\n");
    else
        print_status(*states);
    return ExitCode::done;
}

void print_event(const std::string& file, const GuardEvent& event) {
    print(fmt::format("{}  {}: {}\n", printable(event.time), printable(file),
                      name_of(event.outcome)));
    const auto line = [](std::string_view what, const std::string& text) {
        if (!text.empty())
            print(fmt::format("  {}: {}\n", what, printable(text)));
    };
    line("damage", event.damage);
    if (event.keys_recovered)
        print(fmt::format("  keys: {} recovered, {} lost\n", *event.keys_recovered,
                          number_or(event.keys_lost, "an unknown number")));
    line("restored from", event.restored_from);
    line("damaged file", event.quarantine);
}

ExitCode run_history(const GuardStatusCommand& options) {
    const auto states = states_of(options);
    if (!states)
        return report(states.error());
    if (wants_json()) {
        print(to_json(HostStatus{.host = host_name(), .files = *states}) + "\n");
        return ExitCode::done;
    }
    std::multimap<std::string, std::pair<const GuardedState*, const GuardEvent*>> by_time;
    for (const GuardedState& state : *states)
        for (const GuardEvent& event : state.events)
            by_time.emplace(event.time, std::pair(&state, &event));
    if (by_time.empty())
        print("The guard has met no damage.\n");
    for (const auto& [time, what] : by_time)
        print_event(what.first->file, *what.second);
    return ExitCode::done;
}

struct GuardReportCommand {
    std::vector<std::string> files;
};

/// What one host adds to the sum.
struct HostSum {
    std::string host{};
    std::uint64_t files = 0;
    std::uint64_t damage = 0;     ///< events
    std::uint64_t recoveries = 0; ///< events that put another file in place
    std::uint64_t refused = 0;    ///< files whose service may not start now
    std::uint64_t keys_lost = 0;
    bool is_loss_known = true;
    std::string last_recovery{};
};

HostSum sum_of(const HostStatus& status) {
    HostSum sum{.host = status.host, .files = status.files.size()};
    for (const GuardedState& state : status.files) {
        sum.damage += state.events.size();
        sum.refused += state.last_outcome == name_of(GuardOutcome::refused) ||
                               state.last_outcome == name_of(GuardOutcome::failed)
                           ? 1
                           : 0;
        for (const GuardEvent& event : state.events) {
            const bool is_replaced = event.outcome == GuardOutcome::recovered ||
                                     event.outcome == GuardOutcome::quarantined;
            sum.recoveries += is_replaced ? 1 : 0;
            sum.keys_lost += event.keys_lost.value_or(0);
            sum.is_loss_known = sum.is_loss_known && (!is_replaced || event.keys_lost);
            if (is_replaced)
                sum.last_recovery = std::max(sum.last_recovery, event.time);
        }
    }
    return sum;
}

Document sum_json(const HostSum& sum) {
    return {{"host", sum.host},
            {"files", sum.files},
            {"events", sum.damage},
            {"recoveries", sum.recoveries},
            {"not_startable", sum.refused},
            {"keys_lost", sum.keys_lost},
            {"loss_known", sum.is_loss_known},
            {"last_recovery",
             sum.last_recovery.empty() ? Document(nullptr) : Document(sum.last_recovery)}};
}

void print_sums(const std::vector<HostSum>& sums) {
    Table table({"HOST", "FILES", "DAMAGE MET", "RECOVERIES", "NOT STARTABLE", "KEYS LOST",
                 "LAST RECOVERY"});
    HostSum all{.host = "all"};
    for (const HostSum& sum : sums) {
        table.add({printable(sum.host), std::to_string(sum.files), std::to_string(sum.damage),
                   std::to_string(sum.recoveries), std::to_string(sum.refused),
                   fmt::format("{}{}", sum.keys_lost, sum.is_loss_known ? "" : " or more"),
                   sum.last_recovery.empty() ? "none" : printable(sum.last_recovery)});
        all.files += sum.files;
        all.damage += sum.damage;
        all.recoveries += sum.recoveries;
        all.refused += sum.refused;
    }
    print(table.text());
    print(fmt::format("Hosts: {}; files: {}; damage met: {}; recoveries: {}; not startable: {}\n",
                      sums.size(), all.files, all.damage, all.recoveries, all.refused));
}

// A host whose document cannot be read is told, and the others are summed up.
ExitCode run_report(const GuardReportCommand& options) {
    std::vector<HostSum> sums;
    ExitCode code = ExitCode::done;
    for (const std::string& path : options.files) {
        std::ifstream file(path, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const auto status =
            file ? host_status(text)
                 : Result<HostStatus>(Error(ErrorCode::file_not_found, "cannot be read"));
        if (status) {
            sums.push_back(sum_of(*status));
        } else {
            print_error(fmt::format("{}: {}", printable(path), status.error().message()));
            code = ExitCode::failed;
        }
    }
    if (wants_json())
        print_document({{"shape", "rebolt.guard-report/1"}, {"hosts", array_of(sums, sum_json)}});
    else
        print_sums(sums);
    for (const HostSum& sum : sums)
        if (sum.refused != 0 && code == ExitCode::done)
            code = ExitCode::damaged;
    return code;
}

std::shared_ptr<GuardStatusCommand> add_status_options(Arguments arguments) {
    auto options = std::make_shared<GuardStatusCommand>();
    options->paths.add_to(arguments);
    arguments.positional("FILE", options->files, "Files, with their whole paths; none: all");
    return options;
}

} // namespace

void set_up_guard_status(Arguments arguments) {
    auto options = add_status_options(arguments);
    arguments.footer("From the guard's records: no file is opened.\n"
                     "Example: rebolt guard status\n"
                     "         rebolt guard status --json > $(hostname).json");
    arguments.exit_codes("0 done, 8 no record of that file or not readable");
    arguments.on_run([options] { return run_status(*options); });
}

void set_up_guard_history(Arguments arguments) {
    auto options = add_status_options(arguments);
    arguments.footer("Oldest first; a recovery stays in it whatever comes after it.\n"
                     "Example: rebolt guard history\n"
                     "         rebolt guard history /var/lib/docker/network/files/local-kv.db");
    arguments.exit_codes("0 done, 8 no record of that file or not readable");
    arguments.on_run([options] { return run_history(*options); });
}

void set_up_guard_report(Arguments arguments) {
    auto options = std::make_shared<GuardReportCommand>();
    arguments
        .positional("FILE", options->files,
                    "What `rebolt guard status --json` printed on each host")
        .required();
    arguments.footer("Example: rebolt guard report hosts/*.json");
    arguments.exit_codes(
        "0 done, 4 a service may not start on a file, 8 a document cannot be read");
    arguments.on_run([options] { return run_report(*options); });
}

} // namespace rebolt::cli
