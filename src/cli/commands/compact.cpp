// rebolt compact FILE -o NEW
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include <rebolt/compact.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct CompactCommand {
    CommonOptions common;
    std::string output;
    std::uint64_t transaction_bytes_max = 65536;
    bool no_sync = false;
    bool force = false;
};

ExitCode run_compact(const CompactCommand& options) {
    if (const auto may = may_write_to(options.output, options.common.file, options.force); !may)
        return report(may.error());
    const auto transaction = judge_before_writing(options.common);
    if (!transaction)
        return report(transaction.error());
    const auto db = open_database(options.common, Judge::metas, *transaction);
    if (!db)
        return report(db.error());
    const std::uint64_t before = std::filesystem::file_size(options.common.file);
    Progress progress(ProgressUnit::bytes, !options.common.quiet);
    CompactOptions compact_options;
    compact_options.transaction_bytes_max = options.transaction_bytes_max;
    compact_options.no_sync = options.no_sync;
    compact_options.progress = [&](const CompactProgress& at) {
        progress.update(at.bytes, before);
        return !cancelled();
    };
    if (const auto done = compact_file(*db, options.output, compact_options); !done) {
        const ExitCode code = report(done.error());
        print_note(
            fmt::format("{} is as it was; no new file was made", printable(options.common.file)));
        return code;
    }
    const std::uint64_t after = std::filesystem::file_size(options.output);
    if (wants_json())
        print_document({{"shape", "rebolt.compact/1"},
                        {"file", options.common.file},
                        {"output", options.output},
                        {"file_bytes", before},
                        {"output_bytes", after}});
    else if (!options.common.quiet)
        print(fmt::format("{} -> {} bytes (gain={:.2f}x)\n", before, after,
                          static_cast<double>(before) / static_cast<double>(after)));
    return ExitCode::done;
}

} // namespace

void set_up_compact(Arguments arguments) {
    auto options = std::make_shared<CompactCommand>();
    options->common.add_to(arguments);
    options->common.add_from_older(arguments);
    arguments.option("-o,--output", options->output, "The new file").value_name("NEW").required();
    arguments
        .option("--tx-max-size", options->transaction_bytes_max,
                "Bytes of keys and values in one transaction; 0: all in one")
        .check(whole_number())
        .show_default();
    arguments.flag("--no-sync", options->no_sync, "Do not sync while writing");
    arguments.flag("--force", options->force, "Replace the new file if it is there");
    arguments.footer("FILE is only read; the new file appears under its name when it is "
                     "whole.\nExample: rebolt compact my.db -o my-small.db");
    arguments.exit_codes(new_file_exit_codes);
    arguments.on_run([options] { return run_compact(*options); });
}

} // namespace rebolt::cli
