#include "cli/app.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <new>
#include <string_view>

#include <fmt/format.h>

#include <rebolt/version.hpp>

#include "cli/cancel.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

constexpr std::array commands{
    Command{"check", "Look for damage in a file, whatever its bytes; never changes it",
            set_up_check},
    Command{"explain",
            "Say what the real bbolt does with a file: opening, reading, checking, writing",
            set_up_explain},
    Command{"diagnose", "Find out why a service died or hangs, from its log or its process",
            set_up_diagnose},
    Command{"recover", "Bring the data of a damaged file back, into a new file", set_up_recover},
    Command{"repair", "Make a damaged file whole by the smallest change in place", set_up_repair},
    Command{"guard", "Check a service's files before it starts, and recover damaged ones",
            set_up_guard},
    Command{"scrub", "Check all known files of this host while their programs run", set_up_scrub},
    Command{"undo", "Take back what repair or surgery changed in a file", set_up_undo},
    Command{"surgery", "Change single pages: bbolt's surgery commands", set_up_surgery},
    Command{"docker", "Docker's network state: what it holds, whether dockerd starts, fsck",
            set_up_docker},
    Command{"etcd", "An etcd member: whether it starts, what it holds, and its repair",
            set_up_etcd},
    Command{"k8s", "Kubernetes' objects in an etcd database: list, print, export", set_up_k8s},
    Command{"fsck", "Compare a known program's records with its indexes, and repair them",
            set_up_fsck},
    Command{"containerd",
            "containerd's meta.db: images, containers, snapshots, leases; fsck with its blobs",
            set_up_containerd},
    Command{"store", "Keys and values in a file or a cluster: get, put, watch, lock, copy, diff",
            set_up_store},
    Command{"info", "Print the page size and, with -v, the state of the database", set_up_info},
    Command{"buckets", "List the top-level buckets", set_up_buckets},
    Command{"keys", "List the keys of a bucket", set_up_keys},
    Command{"get", "Print the value of a key", set_up_get},
    Command{"history", "Show every version of a key that the file still holds", set_up_history},
    Command{"stats", "Print what the buckets take up", set_up_stats},
    Command{"page", "Print pages with their items", set_up_page},
    Command{"page-item", "Print the key and value of one item of a page", set_up_page_item},
    Command{"pages", "List the pages with their types", set_up_pages},
    Command{"dump", "Print the bytes of pages in hex", set_up_dump},
    Command{"inspect", "Print the tree of buckets as JSON", set_up_inspect},
    Command{"diff", "Compare all buckets and keys of two files", set_up_diff},
    Command{"hash", "Print a hash of the content, whatever its layout", set_up_hash},
    Command{"dump-text", "Print all buckets and keys as JSON lines", set_up_dump_text},
    Command{"load", "Make a file of what dump-text printed", set_up_load},
    Command{"map", "Draw the pages of a file, as a page for a browser", set_up_map},
    Command{"browse", "Look through a file on the terminal: buckets, keys, pages, findings",
            set_up_browse},
    Command{"metadump", "Copy a file without its data, damage and all, to show it to others",
            set_up_metadump},
    Command{"put", "Set the value of a key", set_up_put},
    Command{"delete", "Delete a key, or a bucket with all in it", set_up_delete},
    Command{"create-bucket", "Make a bucket", set_up_create_bucket},
    Command{"backup", "Copy the newest state into a new file", set_up_backup},
    Command{"compact", "Write all into a new file without free space", set_up_compact},
    Command{"bench", "Measure writes and reads on a new file", set_up_bench},
    Command{"completion", "Print the script that lets bash, zsh or fish complete what is typed",
            set_up_completion},
    Command{"complete", "Say what may be typed next: what these scripts ask", set_up_complete},
    Command{"manual", "Write the manual pages of all commands into a folder", set_up_manual},
    Command{"version", "Print the version, and what this program was built from", set_up_version},
};

const Command* command_of(std::string_view name) {
    const auto* found = std::ranges::find(commands, name, &Command::name);
    return found == commands.end() ? nullptr : found;
}

// The program with one command, or with all.
std::unique_ptr<CommandLine> command_line(const Command* wanted) {
    auto line = std::make_unique<CommandLine>(
        "rebolt: checks, reads and writes bbolt files, whatever their bytes", "rebolt");
    Arguments root = line->root();
    root.require_subcommand();
    root.version_flag("--version", version());
    root.footer("Example: rebolt check /var/lib/docker/network/files/local-kv.db\n"
                "         rebolt diagnose --unit docker\n"
                "         rebolt help recover");
    root.exit_codes("0 clean or done, 1 repaired, 4 damage found, 8 failed");
    for (const Command& command : commands)
        if (wanted == nullptr || wanted == &command)
            command.set_up(root.subcommand(command.name, command.summary));
    return line;
}

} // namespace

CommandHelp all_commands() {
    return command_line(nullptr)->help();
}

ExitCode run(std::vector<std::string> arguments) {
    handle_cancel_signals();
    begin_json(arguments);
    if (arguments == std::vector<std::string>{"--version"}) {
        print(fmt::format("rebolt {}\n", version()));
        return finish_output() ? ExitCode::done : ExitCode::failed;
    }
    if (!arguments.empty() && arguments.front() == "help") { // help X: X --help
        arguments.erase(arguments.begin());
        arguments.emplace_back("--help");
    }
    ExitCode code = ExitCode::failed;
    try {
        // Where one command is wanted the others are left out: they would cost time.
        code = command_line(arguments.empty() ? nullptr : command_of(arguments.front()))
                   ->run(arguments);
    } catch (const std::bad_alloc&) {
        print_out_of_memory();
        add_json_error(error_document(Error(ErrorCode::out_of_memory, "out of memory")));
    } catch (const std::exception& error) {
        code = report(Error(ErrorCode::io, error.what()));
    }
    end_json();
    return finish_output() ? with_incomplete(code) : ExitCode::failed;
}

} // namespace rebolt::cli
