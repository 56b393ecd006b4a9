// rebolt containerd COMMAND: containerd's meta.db, one command a file in containerd/.
#include <array>

#include "cli/app.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/containerd/target.hpp"

namespace rebolt::cli {
namespace {

constexpr std::array subcommands{
    Command{"images", "List images, as `ctr images ls` does", set_up_containerd_images},
    Command{"containers", "List containers", set_up_containerd_containers},
    Command{"snapshots", "List snapshots of all snapshotters", set_up_containerd_snapshots},
    Command{"leases", "List leases, and how much each holds", set_up_containerd_leases},
    Command{"fsck", "Compare meta.db with the blobs that are there", set_up_containerd_fsck},
};

} // namespace

void set_up_containerd(Arguments arguments) {
    arguments.require_subcommand();
    arguments.footer("Without FILE: the meta.db below /var/lib/containerd. A damaged file is shown "
                     "as far as it is sound; nothing is changed."
                     "\nExample: rebolt containerd images");
    for (const Command& subcommand : subcommands)
        subcommand.set_up(arguments.subcommand(subcommand.name, subcommand.summary));
}

} // namespace rebolt::cli
