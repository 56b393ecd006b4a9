// rebolt metadump FILE -o SAFE
#include <memory>

#include <fmt/format.h>

#include <rebolt/masked_copy.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

struct MetadumpCommand {
    CommonOptions common;
    std::string output;
    bool force = false;
};

void print_result(const MaskedCopy& copy, const MetadumpCommand& options) {
    if (wants_json()) {
        print_document({{"shape", "rebolt.metadump/1"},
                        {"file", options.common.file},
                        {"output", options.output},
                        {"pages", copy.pages},
                        {"keys", copy.keys},
                        {"findings", copy.findings},
                        {"same_findings", copy.has_same_findings}});
        return;
    }
    if (!options.common.quiet)
        print(fmt::format(
            "{}: {} pages of {}, without the data; {} keys are pseudonyms; {}\n",
            printable(options.output), copy.pages, printable(options.common.file), copy.keys,
            copy.has_same_findings ? fmt::format("the same {} {}", copy.findings,
                                                 copy.findings == 1 ? "finding" : "findings")
                                   : std::string("other findings")));
}

ExitCode run_metadump(const MetadumpCommand& options) {
    if (const auto may = may_write_to(options.output, options.common.file, options.force); !may)
        return report(may.error());
    const auto source = open_pages(options.common);
    if (!source)
        return report(source.error());
    Progress progress(ProgressUnit::pages, !options.common.quiet);
    const auto copy =
        write_masked_copy(*source, options.output, [&](std::uint64_t done, std::uint64_t total) {
            progress.update(done, total);
            return !cancelled();
        });
    if (!copy)
        return report(copy.error());
    print_result(*copy, options);
    if (copy->has_same_findings)
        return ExitCode::done;
    print_error(fmt::format("{}: the copy does not show the same damage: {}",
                            printable(options.output), copy->difference));
    print_note(
        fmt::format("It holds no data all the same. To compare: rebolt check --no-values {} {}",
                    shell_quoted(options.common.file), shell_quoted(options.output)));
    return ExitCode::damaged;
}

} // namespace

void set_up_metadump(Arguments arguments) {
    auto options = std::make_shared<MetadumpCommand>();
    options->common.add_to(arguments);
    arguments.option("-o,--output", options->output, "The new file").value_name("NEW").required();
    arguments.flag("--force", options->force, "Replace the new file if it is there");
    arguments.footer(
        "Keys and bucket names become pseudonyms of the same length and in the same order; values, "
        "and all else\nthat may be data, in old pages and between elements too, one repeated byte. "
        "Page structure and damage\nstay: both files are checked, and their findings compared. The "
        "copy still tells how many keys there are,\nhow long keys and values are, and which keys "
        "begin alike.\n"
        "Example: rebolt metadump my.db -o safe-to-send.db");
    arguments.exit_codes("0 done, 4 the copy shows other damage, 8 failed");
    arguments.on_run([options] { return run_metadump(*options); });
}

} // namespace rebolt::cli
