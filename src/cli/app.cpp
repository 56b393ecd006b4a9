#include "cli/app.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>

#include <fmt/format.h>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

constexpr std::string_view version = "0.1.0";

constexpr std::array commands{
    Command{"check", "Look for damage in a file, whatever its bytes; never changes it",
            set_up_check},
    Command{"diagnose", "Find out why a service died or hangs, from its log or its process",
            set_up_diagnose},
    Command{"recover", "Bring the data of a damaged file back, into a new file", set_up_recover},
    Command{"repair", "Make a damaged file whole by the smallest change in place", set_up_repair},
    Command{"guard", "Check a service's files before it starts, and recover damaged ones",
            set_up_guard},
    Command{"undo", "Take back what repair or surgery changed in a file", set_up_undo},
    Command{"surgery", "Change single pages: bbolt's surgery commands", set_up_surgery},
    Command{"docker", "Docker's network state: what it holds, whether dockerd starts, fsck",
            set_up_docker},
    Command{"store", "Keys and values in a file or a cluster: get, put, watch, lock, copy, diff",
            set_up_store},
    Command{"info", "Print the page size and, with -v, the state of the database", set_up_info},
    Command{"buckets", "List the top-level buckets", set_up_buckets},
    Command{"keys", "List the keys of a bucket", set_up_keys},
    Command{"get", "Print the value of a key", set_up_get},
    Command{"stats", "Print what the buckets take up", set_up_stats},
    Command{"page", "Print pages with their items", set_up_page},
    Command{"page-item", "Print the key and value of one item of a page", set_up_page_item},
    Command{"pages", "List the pages with their types", set_up_pages},
    Command{"dump", "Print the bytes of pages in hex", set_up_dump},
    Command{"inspect", "Print the tree of buckets as JSON", set_up_inspect},
    Command{"put", "Set the value of a key", set_up_put},
    Command{"delete", "Delete a key, or a bucket with all in it", set_up_delete},
    Command{"create-bucket", "Make a bucket", set_up_create_bucket},
    Command{"backup", "Copy the newest state into a new file", set_up_backup},
    Command{"compact", "Write all into a new file without free space", set_up_compact},
    Command{"bench", "Measure writes and reads on a new file", set_up_bench},
};

std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min(
                {row[j] + 1, row[j - 1] + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[right.size()];
}

ExitCode unknown_command(const std::string& name) {
    const auto* nearest = std::ranges::min_element(
        commands, {}, [&](const Command& command) { return edit_distance(name, command.name); });
    print_error(fmt::format("there is no command `{}`{}\nTry: rebolt --help", printable(name),
                            edit_distance(name, nearest->name) <= 2
                                ? fmt::format("; did you mean `{}`?", nearest->name)
                                : ""));
    return ExitCode::usage;
}

bool is_command(const std::string& name) {
    return std::ranges::find(commands, std::string_view(name), &Command::name) != commands.end();
}

ExitCode parse_and_run(CLI::App& app, std::vector<std::string> arguments, ExitCode& code) {
    const std::string command = arguments.empty() ? "" : arguments.front();
    std::ranges::reverse(arguments); // as CLI11 takes them
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
        print(is_command(command) ? app.get_subcommand(command)->help() : app.help());
    } catch (const CLI::CallForVersion&) {
        print(fmt::format("rebolt {}\n", version));
    } catch (const CLI::ParseError& error) {
        print_error(fmt::format("{}\nTry: rebolt {}{}--help", error.what(), command,
                                command.empty() ? "" : " "));
        return ExitCode::usage;
    }
    return code;
}

} // namespace

ExitCode run(std::vector<std::string> arguments) {
    handle_cancel_signals();
    if (!arguments.empty() && !arguments.front().starts_with("-") && !is_command(arguments.front()))
        return unknown_command(arguments.front());
    ExitCode code = ExitCode::done;
    try {
        CLI::App app("rebolt: checks, reads and writes bbolt files, whatever their bytes",
                     "rebolt");
        app.set_version_flag("--version", std::string(version));
        app.require_subcommand(1);
        app.footer(
            "Exit codes: 0 clean or done, 1 repaired, 4 damage found, 8 failed, 16 wrong usage, "
            "32 cancelled.");
        // Where one command is wanted the others are left out: they would cost time.
        for (const Command& command : commands)
            if (arguments.empty() || !is_command(arguments.front()) ||
                arguments.front() == command.name)
                command.set_up(*app.add_subcommand(command.name, command.summary), code);
        code = parse_and_run(app, std::move(arguments), code);
    } catch (const std::exception& error) {
        print_error(error.what());
        code = ExitCode::failed;
    }
    return finish_output() ? code : ExitCode::failed;
}

} // namespace rebolt::cli
