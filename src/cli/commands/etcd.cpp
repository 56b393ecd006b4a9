// rebolt etcd COMMAND: an etcd member's files, one command a file in etcd/.
#include <array>

#include "cli/app.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/etcd/member_options.hpp"

namespace rebolt::cli {
namespace {

constexpr std::array subcommands{
    Command{"status", "What a member holds, what fits, and whether etcd would start",
            set_up_etcd_status},
    Command{"repair", "Bring a member back without losing a revision", set_up_etcd_repair},
    Command{"hash", "Print etcd's HashKV of a database", set_up_etcd_hash},
    Command{"verify", "Compare a snapshot with its checksum, and check it", set_up_etcd_verify},
    Command{"keys", "List the keys of etcd's keyspace", set_up_etcd_keys},
    Command{"get", "Print the value of a key, as of a revision", set_up_etcd_get},
    Command{"history", "List every change of a key that the file still holds", set_up_etcd_history},
};

} // namespace

void set_up_etcd(Arguments arguments) {
    arguments.require_subcommand();
    arguments.footer("None of these starts etcd; only repair changes anything.\nExample: rebolt "
                     "etcd status /var/lib/etcd");
    for (const Command& subcommand : subcommands)
        subcommand.set_up(arguments.subcommand(subcommand.name, subcommand.summary));
}

} // namespace rebolt::cli
