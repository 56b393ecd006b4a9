// rebolt store copy FROM TO
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <rebolt/etcd/history.hpp>
#include <rebolt/store_copy.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/etcd/member_options.hpp"
#include "cli/commands/store/connection.hpp"
#include "cli/commands/store/recovered_source.hpp"
#include "cli/commands/store/subcommands.hpp"
#include "cli/counted.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/shell_quoted.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

using store::CopyReport;

struct StoreCopyCommand {
    StoreConnection connection;
    std::string from;
    std::string to;
    std::string prefix;
    std::uint32_t batch = 1000;
    bool recover = false;
    bool no_verify = false;
};

Document report_json(const CopyReport& report, const RecoveredSource* recovered,
                     const StoreCopyCommand& options) {
    Document json{
        {"shape", "rebolt.store-copy/1"},
        {"from", options.from},
        {"to", options.to},
        {"keys", report.keys},
        {"copied", report.copied},
        {"same_already", report.same_already},
        {"bytes", report.bytes},
        {"batches", report.batches},
        {"verified", report.was_verified ? Document(report.is_verified()) : Document(nullptr)},
        {"only_in_target", report.verified.right_only},
        {"differences", report.verified.left_only + report.verified.values}};
    json["recovered"] = nullptr;
    if (recovered != nullptr)
        json["recovered"] = {{"whole", recovered->report().is_whole},
                             {"keys", recovered->report().counts.total()},
                             {"lost_estimate", recovered->report().lost_estimate}};
    return json;
}

std::string report_text(const CopyReport& report) {
    std::string text =
        fmt::format("{} of {} copied in {} {}, {} bytes; {} were there already\n", report.copied,
                    counted(report.keys, "key"), report.batches,
                    report.batches == 1 ? "batch" : "batches", report.bytes, report.same_already);
    if (!report.was_verified)
        return text + "not verified, as requested\n";
    if (report.is_verified())
        text += fmt::format("verified: all {} are there with their values",
                            counted(report.keys, "key"));
    else
        text += fmt::format("NOT the same: {} missing and {} have another value; was one "
                            "of the stores written to meanwhile?",
                            counted(report.verified.left_only, "key"), report.verified.values);
    if (report.verified.right_only != 0)
        text += fmt::format("; the target has {} more", report.verified.right_only);
    return text + "\n";
}

ExitCode report_copy_failure(const Error& error, const StoreCopyCommand& options) {
    const ExitCode code = report_store(error);
    if (error.code() == ErrorCode::damaged && !options.recover)
        print_note("To copy what can be brought back of it, add --recover.");
    else if (!options.connection.quiet)
        print_note(fmt::format("What was copied stays. To go on: rebolt store copy {} {}",
                               shell_word(options.from), shell_word(options.to)));
    return code;
}

ExitCode copy(store::Store& from, const RecoveredSource* recovered,
              const StoreCopyCommand& options) {
    const auto to = open_store(options.connection, options.to, IfMissing::make);
    if (!to)
        return report_store(to.error());
    store::CopyOptions copy{.prefix = options.prefix};
    copy.batch_keys = options.batch;
    copy.verify = !options.no_verify;
    Progress progress(ProgressUnit::keys, !options.connection.quiet);
    copy.progress = [&](const store::CopyProgress& at) {
        progress.update(at.keys, at.total);
        return !cancelled();
    };
    const auto report = store::copy(from, **to, copy);
    if (!report)
        return report_copy_failure(report.error(), options);
    if (wants_json())
        print_document(report_json(*report, recovered, options));
    else
        print(report_text(*report));
    const bool is_lossy = recovered != nullptr && recovered->report().lost_estimate != 0;
    const bool is_proven = options.no_verify || report->is_verified();
    return is_proven && !is_lossy ? ExitCode::done : ExitCode::damaged;
}

ExitCode run_recovered(const StoreCopyCommand& options) {
    const auto recovered = RecoveredSource::make(options.from, options.connection.quiet);
    if (!recovered)
        return report_store(recovered.error());
    print_note(
        recovered->report().is_whole
            ? "the file is whole; copying from a recovered copy of it"
            : fmt::format("the file is DAMAGED and stays as it is; copying from what recover "
                          "brought back of it: {}",
                          recovered->sentence()));
    const auto from = open_store(options.connection, recovered->url(), IfMissing::fail);
    if (!from)
        return report_store(from.error());
    return copy(**from, &*recovered, options);
}

constexpr std::string_view member_scheme = "etcd-db://";

// The keys that live at the newest revision of a stopped etcd member's database, in
// memory.
Result<std::unique_ptr<store::Store>> open_member_keys(const StoreCopyCommand& options) {
    CommonOptions common;
    common.file = options.from.substr(member_scheme.size());
    auto shown = open_shown_database(common);
    if (!shown)
        return std::move(shown).error();
    if (!shown->state().holes.empty() || shown->state().malformed != 0)
        return Error(ErrorCode::damaged, "a part of its keyspace cannot be read; bring the member "
                                         "back first: rebolt etcd repair")
            .in_file(common.file);
    auto keys = etcd::keys_at(shown->state());
    if (!keys)
        return std::move(keys).error();
    auto store = store::open("memory://");
    if (!store)
        return store;
    for (const auto& [key, change] : *keys)
        if (auto put = (*store)->put(key, change.value.value); !put)
            return std::move(put).error();
    const auto leased =
        std::ranges::count_if(*keys, [](const auto& pair) { return pair.second.value.lease != 0; });
    if (leased != 0 && !options.connection.quiet)
        print_note(fmt::format("{} had a lease; the copies have none",
                               counted(static_cast<std::uint64_t>(leased), "key")));
    return store;
}

ExitCode run(const StoreCopyCommand& options) {
    if (options.recover)
        return run_recovered(options);
    const auto from = options.from.starts_with(member_scheme)
                          ? open_member_keys(options)
                          : open_store(options.connection, options.from, IfMissing::fail);
    if (!from) {
        const ExitCode code = report_store(from.error());
        return from.error().code() == ErrorCode::damaged ? ExitCode::damaged : code;
    }
    return copy(**from, nullptr, options);
}

} // namespace

void set_up_store_copy(Arguments arguments) {
    auto options = std::make_shared<StoreCopyCommand>();
    arguments.positional("FROM", options->from, "The URL of the source; it is only read")
        .required();
    arguments.positional("TO", options->to, "The URL of the target").required();
    options->connection.add_to(arguments);
    arguments.option("--prefix", options->prefix, "Only keys that begin with this")
        .value_name("PREFIX");
    arguments.option("--batch", options->batch, "Keys a transaction, at most")
        .check(whole_number(1))
        .show_default();
    arguments.flag("--recover", options->recover,
                   "FROM is a damaged file: copy what recover brings back of it (into a temporary "
                   "file, see TMPDIR)");
    arguments.flag("--no-verify", options->no_verify, "Leave out the comparison at the end");
    arguments.footer("Copies all keys of one state of FROM, in batches, and compares both at the "
                     "end. Keys that only TO has stay. Broken off, the same command goes on: what "
                     "is there already is left out. FROM may be etcd-db:///PATH, the "
                     "db of an etcd member that is down.\nExample: rebolt store copy "
                     "'bolt:///var/lib/app/kv.db?bucket=app' etcd://localhost:2379/app");
    arguments.exit_codes(
        "0 copied and verified, 4 differences are left, or a damaged file, 8 failed");
    arguments.on_run([options] { return run(*options); });
}

} // namespace rebolt::cli
