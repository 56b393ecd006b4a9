// rebolt map FILE -o MAP.html
#include <fstream>
#include <memory>

#include <fmt/format.h>

#include <rebolt/file_map.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/map_json.hpp"
#include "cli/commands/map_page.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"

namespace rebolt::cli {
namespace {

struct MapCommand {
    CommonOptions common;
    std::string output;
    bool no_keys = false;
    bool force = false;
};

bool write_page(const std::string& path, const std::string& data) {
    const std::string_view page = map_page();
    const std::size_t mark = page.find(map_data_mark);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    const auto write = [&out](std::string_view text) {
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
    };
    write(page.substr(0, mark));
    write(data);
    write(page.substr(mark + map_data_mark.size()));
    out.close();
    return out.good();
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
    if (map->report.verdict == Verdict::not_a_bolt_file) {
        print_error(fmt::format("{}: {}", printable(options.common.file), sentence(map->report)));
        return ExitCode::failed;
    }
    const auto keys = options.no_keys ? MapKeys::left_out : MapKeys::shown;
    if (!write_page(options.output, inside_script(map_json(*source, *map, keys).line()))) {
        print_error(fmt::format("{}: cannot be written", printable(options.output)));
        return ExitCode::failed;
    }
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
    arguments.option("-o,--output", options->output, "The HTML page to write").required();
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
