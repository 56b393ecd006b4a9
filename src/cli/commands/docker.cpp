// rebolt docker COMMAND: Docker's network state, one command a file in docker/.
#include <array>

#include "cli/app.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/docker/target.hpp"

namespace rebolt::cli {
namespace {

constexpr std::array subcommands{
    Command{"networks", "List networks, as `docker network ls` does", set_up_docker_networks},
    Command{"endpoints", "List the containers' places in networks", set_up_docker_endpoints},
    Command{"sandboxes", "List sandboxes: the containers' network namespaces",
            set_up_docker_sandboxes},
    Command{"ports", "List published ports", set_up_docker_ports},
    Command{"ipam", "List address pools and the addresses that are held", set_up_docker_ipam},
    Command{"startup", "Walk the file as dockerd's start does, and say where it would end",
            set_up_docker_startup},
    Command{"fsck", "Look for records that do not fit together, and repair them",
            set_up_docker_fsck},
};

} // namespace

void set_up_docker(Arguments arguments) {
    arguments.require_subcommand();
    arguments.footer("Without FILE: /var/lib/docker/network/files/local-kv.db. A damaged file is "
                     "shown as far as it is sound."
                     "\nExample: rebolt docker networks local-kv.db");
    for (const Command& subcommand : subcommands)
        subcommand.set_up(arguments.subcommand(subcommand.name, subcommand.summary));
}

} // namespace rebolt::cli
