// rebolt store COMMAND: keys and values in a file or a cluster, by URL; one
// command a file in store/.
#include <array>

#include "cli/app.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/store/subcommands.hpp"

namespace rebolt::cli {
namespace {

constexpr std::array subcommands{
    Command{"get", "Print the value of a key", set_up_store_get},
    Command{"put", "Set the value of a key, also by compare-and-swap", set_up_store_put},
    Command{"ls", "List keys", set_up_store_ls},
    Command{"rm", "Remove a key, or all under a prefix", set_up_store_rm},
    Command{"watch", "Print changes as they happen", set_up_store_watch},
    Command{"lock", "Hold a lock, or run a program under it", set_up_store_lock},
    Command{"copy", "Copy a tree of keys into another store, and verify it", set_up_store_copy},
    Command{"diff", "Compare two stores", set_up_store_diff},
};

} // namespace

void set_up_store(Arguments arguments) {
    arguments.require_subcommand();
    arguments.footer("URL is bolt:///path/to/file.db?bucket=NAME (libkv's format, as Docker keeps "
                     "it), or etcd://host:2379/prefix, etcds:// with TLS.\nExample: rebolt store "
                     "ls 'bolt:///var/lib/docker/network/files/local-kv.db?bucket=libnetwork'");
    for (const Command& subcommand : subcommands)
        subcommand.set_up(arguments.subcommand(subcommand.name, subcommand.summary));
}

} // namespace rebolt::cli
