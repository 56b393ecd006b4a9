// rebolt recover FILE -o NEW
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>

#include <rebolt/carve.hpp>
#include <rebolt/content_sample.hpp>
#include <rebolt/recover.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/recover_in_place.hpp"
#include "cli/commands/recover_report.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/provenance_file.hpp"
#include "cli/shell_quoted.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct RecoverCommand {
    CommonOptions common;
    std::string output;
    std::string policy = "best";
    std::string provenance;
    std::vector<std::string> donors;
    std::uint32_t page_size = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool scan = false;
    bool no_stale = false;
    bool no_values = false;
    bool dry_run = false;
    bool in_place = false;
    bool force = false;

    [[nodiscard]] bool is_part_of_file() const { return offset != 0 || length != 0; }
};

RecoverPolicy policy_of(const std::string& name) {
    for (const RecoverPolicy policy : {RecoverPolicy::newest_whole, RecoverPolicy::current_only})
        if (name == name_of(policy))
            return policy;
    return RecoverPolicy::best;
}

RecoverOptions recover_options(const RecoverCommand& options) {
    RecoverOptions recover;
    recover.policy = policy_of(options.policy);
    recover.no_stale = options.no_stale;
    recover.dry_run = options.dry_run;
    recover.donors = options.donors;
    if (options.offset != 0 || options.length != 0) // another file's permissions are not its own
        recover.file_mode = 0600;
    if (options.no_values)
        recover.owners = {};
    return recover;
}

Result<PageSource> open_damaged(const RecoverCommand& options) {
    ReadOptions read;
    read.lock = !options.common.no_lock;
    read.timeout = options.common.timeout();
    read.page_size_bytes = options.page_size;
    read.offset_bytes = options.offset;
    read.length_bytes = options.length;
    return PageSource::open(options.common.file, read);
}

// Lists the databases inside another file, and how to recover each.
ExitCode run_scan(const RecoverCommand& options) {
    options.common.apply();
    const auto image = open_damaged(options);
    if (!image)
        return report(image.error());
    Progress progress("bytes", !options.common.quiet);
    const auto found = find_databases(*image, [&](std::uint64_t done, std::uint64_t total) {
        progress.update(done, total);
        return !cancelled();
    });
    if (!found)
        return report(found.error());
    if (wants_json())
        print_document(found_document(*found, options.common.file));
    else
        print(found_text(*found, options.common.file));
    return ExitCode::done;
}

// The command that does the same in place; empty for what is no file of its own.
std::string in_place_command(const RecoverCommand& options) {
    std::error_code failed;
    if (options.is_part_of_file() || !std::filesystem::is_regular_file(options.common.file, failed))
        return {};
    std::string command = "rebolt recover --in-place";
    if (options.policy != "best")
        command += " --policy " + options.policy;
    for (const std::string& donor : options.donors)
        command += " --donor " + shell_quoted(donor);
    if (options.page_size != 0)
        command += fmt::format(" --page-size {}", options.page_size);
    command += options.no_stale ? " --no-stale" : "";
    command += options.no_values ? " --no-values" : "";
    return command + " " + shell_quoted(options.common.file);
}

bool is_incomplete_member(const PageSource& source, const RecoverReport& report) {
    return report.outcome == RecoverOutcome::incomplete &&
           owner_of(source, known_owner_rules()) == Owner::etcd;
}

ExitCode run_in_place(const RecoverCommand& options) {
    options.common.apply();
    std::unique_ptr<ProvenanceFile> provenance;
    InPlaceOptions in_place;
    in_place.recover = recover_options(options);
    in_place.timeout = options.common.timeout();
    in_place.page_size_bytes = options.page_size;
    in_place.allow_incomplete_member = options.force;
    if (!options.provenance.empty()) {
        provenance = std::make_unique<ProvenanceFile>(options.provenance, options.donors);
        in_place.recover.on_item = [&](const RecoveredItem& item) {
            return provenance->write(item);
        };
    }
    const ExitCode code = recover_in_place(options.common, std::move(in_place));
    if (provenance)
        if (const auto done = provenance->finish(); !done)
            return report(done.error());
    return code;
}

// The options that cannot be combined.
std::string why_wrong(const RecoverCommand& options) {
    if (!options.in_place)
        return options.output.empty() && !options.dry_run && !options.scan
                   ? "--output, --in-place, --dry-run or --scan is required"
                   : "";
    if (!options.output.empty() || options.dry_run || options.scan)
        return "--in-place goes with none of --output, --dry-run and --scan";
    if (options.is_part_of_file())
        return "--in-place is for whole files: --offset and --length are parts of one";
    if (options.common.no_lock)
        return "--in-place needs the lock: a file that is in use is not replaced";
    return {};
}

ExitCode run_recover(const RecoverCommand& options) {
    if (options.scan)
        return run_scan(options);
    if (options.in_place)
        return run_in_place(options);
    if (!options.dry_run)
        if (const auto may = may_write_to(options.output, options.common.file, options.force); !may)
            return report(may.error());
    options.common.apply();
    const auto source = open_damaged(options);
    if (!source)
        return report(source.error());
    RecoverOptions recover = recover_options(options);
    std::unique_ptr<ProvenanceFile> provenance;
    if (!options.provenance.empty()) {
        provenance = std::make_unique<ProvenanceFile>(options.provenance, options.donors);
        if (const auto made = provenance->create(options.force); !made)
            return report(made.error());
    }
    RecordCount records(owner_of(*source, known_owner_rules()));
    recover.on_item = [&](const RecoveredItem& item) -> Result<void> {
        records.add(item);
        return provenance ? provenance->write(item) : Result<void>{};
    };
    auto recovery = Recovery::begin(*source, options.output, std::move(recover));
    if (!recovery)
        return report(recovery.error());
    Progress progress("pages", !options.common.quiet);
    Result<void> done = recovery->run([&](const RecoverProgress& at) {
        progress.update(at.done, at.total);
        return !cancelled();
    });
    if (done && provenance)
        done = provenance->finish();
    if (!done) {
        const ExitCode code = report(done.error());
        print_note(
            fmt::format("{} is as it was; no new file was made", printable(options.common.file)));
        return code;
    }
    const RecoverView view{.report = recovery->report(),
                           .output = options.output,
                           .is_dry_run = options.dry_run,
                           .in_place_command = in_place_command(options),
                           .is_incomplete_member =
                               is_incomplete_member(*source, recovery->report()),
                           .records = records.sums(recovery->report())};
    if (wants_json())
        print_document(recover_document(view));
    else if (options.common.quiet)
        print(recover_sentence(view) + "\n");
    else
        print(recover_text(view));
    return exit_code_of(recovery->report().outcome);
}

} // namespace

void set_up_recover(Arguments arguments) {
    auto options = std::make_shared<RecoverCommand>();
    options->common.add_to(arguments);
    arguments.option("-o,--output", options->output, "The new file");
    arguments
        .option("--policy", options->policy,
                "best: the newest state, holes filled from what is left; newest-whole: one "
                "whole transaction and nothing else; current-only: what is proven to be of "
                "the newest state")
        .check(one_of({"best", "newest-whole", "current-only"}))
        .show_default();
    arguments
        .option("--donor", options->donors,
                "A backup or snapshot to fill holes from; may be given several times")
        .repeatable();
    arguments.option("--provenance", options->provenance,
                     "Write a line of JSON for each key: where it came from");
    arguments
        .option("--page-size", options->page_size,
                "Bytes a page, when both metas are lost; 0: find it")
        .check(whole_number())
        .show_default();
    arguments
        .option("--offset", options->offset,
                "Where the database begins, in bytes, when FILE is a disk image")
        .check(whole_number());
    arguments.option("--length", options->length, "Its bytes; 0: to the end of FILE")
        .check(whole_number());
    arguments.flag("--scan", options->scan,
                   "List the databases that lie inside FILE, and how to recover each");
    arguments.flag("--no-stale", options->no_stale,
                   "Leave out older values, and those whose age is not known");
    add_no_values(arguments, options->no_values);
    arguments.flag("--dry-run", options->dry_run, "Do all but write the new file");
    arguments.flag("--in-place", options->in_place,
                   "Put the new file in the place of FILE, which is kept beside it; `rebolt "
                   "undo FILE` takes it back");
    arguments.flag("--force", options->force,
                   "Replace the new file if it is there; with --in-place: put an etcd member in "
                   "place of which not all came back");
    arguments.footer(
        "FILE is only read; the new file appears under its name when it is whole and "
        "checked.\n"
        "Example: rebolt recover local-kv.db -o local-kv.new.db\n"
        "With --in-place FILE gets the name FILE.damaged-TIME, and the new file FILE's. A file "
        "that is\nwhole or in use stays as it is.\n"
        "Example: rebolt recover --in-place local-kv.db\n"
        "Exit codes: 0 all came back, 4 something is missing or not proven, 8 nothing came back "
        "or the file could not be made, 16 wrong usage, 32 "
        "cancelled.");
    arguments.on_check([options] { return why_wrong(*options); });
    arguments.on_run([options] { return run_recover(*options); });
}

} // namespace rebolt::cli
