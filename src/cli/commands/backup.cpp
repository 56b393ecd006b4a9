// rebolt backup FILE -o NEW, or --dir FOLDER
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include <rebolt/backup_folder.hpp>
#include <rebolt/check.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/shell_quoted.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

struct BackupCommand {
    CommonOptions common;
    std::string output;
    std::string folder;     ///< of kept backups
    std::uint64_t kept = 7; ///< in it
    bool force = false;
};

Result<DB> open_sound(const BackupCommand& options) {
    auto transaction = judge_before_writing(options.common);
    if (!transaction)
        return std::move(transaction).error();
    return open_database(options.common, Judge::metas, *transaction);
}

Result<TxId> copy(const BackupCommand& options) {
    if (auto may = may_write_to(options.output, options.common.file, options.force); !may)
        return std::move(may).error();
    auto db = open_sound(options);
    if (!db)
        return std::move(db).error();
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

Result<KeptBackup> keep(const BackupCommand& options) {
    auto db = open_sound(options);
    if (!db)
        return std::move(db).error();
    auto tx = db->begin();
    if (!tx)
        return std::move(tx).error();
    Progress progress(ProgressUnit::bytes, !options.common.quiet);
    return back_up(*tx, {.folder = options.folder,
                         .name = std::filesystem::path(options.common.file).filename().string(),
                         .kept = options.kept,
                         .progress = [&](std::uint64_t done, std::uint64_t total) {
                             progress.update(done, total);
                             return !cancelled();
                         }});
}

ExitCode run_backups(const BackupCommand& options) {
    const auto made = keep(options);
    if (!made)
        return report(made.error());
    if (wants_json())
        print_document({{"shape", "rebolt.backup/1"},
                        {"file", options.common.file},
                        {"output", made->path},
                        {"transaction", number(made->transaction)},
                        {"output_bytes", made->file_bytes},
                        {"verdict", name_of(Verdict::clean)},
                        {"sentence", "checked: clean"},
                        {"kept", made->kept},
                        {"removed", made->removed}});
    else if (!options.common.quiet)
        print(fmt::format("{}: transaction {} of {}, {} bytes, checked: clean; {} kept, {} "
                          "removed\n",
                          printable(made->path), number(made->transaction),
                          printable(options.common.file), made->file_bytes, made->kept,
                          made->removed.size()));
    return ExitCode::done;
}

std::string what_is_wrong(const BackupCommand& options) {
    if (options.output.empty() == options.folder.empty())
        return "one of --output and --dir is required";
    return {};
}

} // namespace

void set_up_backup(Arguments arguments) {
    auto options = std::make_shared<BackupCommand>();
    options->common.add_to(arguments);
    options->common.add_from_older(arguments);
    arguments.option("-o,--output", options->output, "The new file").value_name("NEW");
    arguments
        .option("--dir", options->folder,
                "A folder for backups, instead: each is checked, the oldest go")
        .value_name("FOLDER");
    arguments.option("--keep", options->kept, "How many backups of the file stay in --dir")
        .check(whole_number(1))
        .show_default();
    arguments.flag("--force", options->force, "Replace the new file if it is there");
    arguments.footer("The new file appears under its name when it is whole and synced.\n"
                     "Example: rebolt backup my.db -o my-backup.db\n"
                     "         rebolt backup --live my.db --dir /var/backups/my --keep 14");
    arguments.exit_codes(new_file_exit_codes);
    arguments.on_check([options] { return what_is_wrong(*options); });
    arguments.on_run([options] {
        return options->folder.empty() ? run_backup(*options) : run_backups(*options);
    });
}

} // namespace rebolt::cli
