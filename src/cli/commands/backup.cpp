// rebolt backup FILE -o NEW
#include <memory>

#include <fmt/format.h>

#include <rebolt/check.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

struct BackupCommand {
    CommonOptions common;
    std::string output;
    bool force = false;
};

Result<TxId> copy(const BackupCommand& options) {
    if (auto may = may_write_to(options.output, options.common.file, options.force); !may)
        return std::move(may).error();
    auto transaction = judge_before_writing(options.common);
    if (!transaction)
        return std::move(transaction).error();
    const auto db = open_database(options.common, Judge::metas, *transaction);
    if (!db)
        return Error(db.error().code(), db.error().message()).in_file(options.common.file);
    const auto tx = db->begin();
    if (!tx)
        return Error(tx.error().code(), tx.error().message());
    Progress progress(ProgressUnit::bytes, !options.common.quiet);
    auto copied = tx->copy_file(options.output, 0, [&](std::uint64_t done, std::uint64_t total) {
        progress.update(done, total);
        return !cancelled();
    });
    return copied ? Result<TxId>(tx->id()) : Result<TxId>(std::move(copied).error());
}

// A copy of damage is a backup of damage: that must be known now.
ExitCode run_backup(const BackupCommand& options) {
    const auto copied = copy(options);
    if (!copied)
        return report(copied.error());
    const auto source = PageSource::open(options.output);
    if (!source)
        return report(source.error());
    const auto checked = check(*source);
    if (!checked)
        return report(checked.error());
    const bool is_clean = checked->verdict == Verdict::clean;
    if (wants_json())
        print_document({{"shape", "rebolt.backup/1"},
                        {"file", options.common.file},
                        {"output", options.output},
                        {"transaction", number(*copied)},
                        {"output_bytes", checked->file_bytes},
                        {"verdict", name_of(checked->verdict)},
                        {"sentence", sentence(*checked)}});
    else if (!options.common.quiet)
        print(fmt::format("{}: transaction {} of {}, {} bytes, {}\n", printable(options.output),
                          number(*copied), printable(options.common.file), checked->file_bytes,
                          is_clean ? "checked: clean" : "damaged"));
    if (is_clean)
        return ExitCode::done;
    print_error(fmt::format("{}: the copy is as damaged as what it was made from: {}",
                            printable(options.output), sentence(*checked)));
    print_note(
        fmt::format("To see all damage: rebolt check {}", shell_quoted(options.common.file)));
    return ExitCode::damaged;
}

} // namespace

void set_up_backup(Arguments arguments) {
    auto options = std::make_shared<BackupCommand>();
    options->common.add_to(arguments);
    options->common.add_from_older(arguments);
    arguments.option("-o,--output", options->output, "The new file").value_name("NEW").required();
    arguments.flag("--force", options->force, "Replace the new file if it is there");
    arguments.footer("The new file appears under its name when it is whole and synced.\nExample: "
                     "rebolt backup my.db -o my-backup.db");
    arguments.exit_codes(new_file_exit_codes);
    arguments.on_run([options] { return run_backup(*options); });
}

} // namespace rebolt::cli
