// rebolt map FILE -o MAP.html
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include <rebolt/file_map.hpp>
#include <rebolt/schema.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/map_json.hpp"
#include "cli/commands/map_page.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/private_file.hpp"
#include "cli/progress.hpp"

namespace rebolt::cli {
namespace {

struct MapCommand {
    CommonOptions common;
    std::string output;
    bool no_keys = false;
    bool force = false;
};

// The page holds keys: it is its owner's alone.
Result<void> write_page(const MapCommand& options, const std::string& data) {
    auto created = create_private_file(options.output, options.force);
    if (!created)
        return std::move(created).error();
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(*created, std::fclose);
    const std::string_view page = map_page();
    const std::size_t mark = page.find(map_data_mark);
    for (const std::string_view part :
         {page.substr(0, mark), std::string_view(data), page.substr(mark + map_data_mark.size())})
        std::fwrite(part.data(), 1, part.size(), file.get());
    if (std::fflush(file.get()) == 0 && std::ferror(file.get()) == 0)
        return {};
    static_cast<void>(std::remove(options.output.c_str()));
    return Error(ErrorCode::io, "the page cannot be written; is the disk full?")
        .in_file(options.output);
}

ExitCode run_map(const MapCommand& options) {
    if (const auto may = may_write_to(options.output, options.common.file, options.force); !may)
        return report(may.error());
    const auto source = open_pages(options.common);
    if (!source)
        return report(source.error());
    Progress progress(ProgressUnit::pages, !options.common.quiet);
    const auto map = map_file(*source, [&](const CheckProgress& at) {
        progress.update(at.pages_done, at.pages_total);
        return !cancelled();
    });
    if (!map)
        return report(map.error());
    if (map->report.verdict == Verdict::not_a_bolt_file)
        return report(
            Error(ErrorCode::invalid_argument, sentence(map->report)).in_file(options.common.file));
    const bool has_secrets = schema::keeps_secrets(map->report.owner);
    if (has_secrets && !options.no_keys && !options.common.quiet)
        print_note("note: the keys are left out: this program's files hold secrets");
    const auto keys = options.no_keys || has_secrets ? MapKeys::left_out : MapKeys::shown;
    const std::string data = inside_script(map_json(*source, *map, keys).line());
    if (const auto written = write_page(options, data); !written)
        return report(written.error());
    if (wants_json())
        print_document({{"shape", "rebolt.map/1"},
                        {"file", options.common.file},
                        {"output", options.output},
                        {"pages", map->pages.size()},
                        {"sentence", sentence(map->report)}});
    else if (!options.common.quiet)
        print(fmt::format("{}: {} pages; {}\n", printable(options.output), map->pages.size(),
                          sentence(map->report)));
    return ExitCode::done;
}

} // namespace

void set_up_map(Arguments arguments) {
    auto options = std::make_shared<MapCommand>();
    options->common.add_to(arguments);
    arguments.option("-o,--output", options->output, "The HTML page to write")
        .value_name("NEW")
        .required();
    arguments.flag("--no-keys", options->no_keys, "Leave the keys out; bucket names stay");
    arguments.flag("--force", options->force, "Replace the page if it is there");
    arguments.footer(
        "Writes one page for a browser, which needs nothing else and loads nothing: every page of "
        "the "
        "file by its\nuse, bucket or fill, in both states; the buckets; the findings; a search for "
        "keys. It holds keys, cut to 64\nbytes, and no values.\n"
        "Example: rebolt map my.db -o map.html");
    arguments.exit_codes("0 done, whatever the file's state; 8 failed");
    arguments.on_run([options] { return run_map(*options); });
}

} // namespace rebolt::cli
