// What all commands of `rebolt docker` share: which file, and tables.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/in_place_edit.hpp"

#include <rebolt/docker/containers.hpp>
#include <rebolt/docker/network_state.hpp>
#include <rebolt/docker/version.hpp>

#include "cli/exit_code.hpp"
#include "cli/json_output.hpp"
#include "cli/options.hpp"
#include "cli/table.hpp"

namespace rebolt::cli {

void set_up_docker_networks(Arguments arguments);
void set_up_docker_endpoints(Arguments arguments);
void set_up_docker_sandboxes(Arguments arguments);
void set_up_docker_ports(Arguments arguments);
void set_up_docker_ipam(Arguments arguments);
void set_up_docker_startup(Arguments arguments);
void set_up_docker_fsck(Arguments arguments);
/// `rebolt fsck` of Docker's network state.
[[nodiscard]] ExitCode fsck_network_state(const EditOptions& edit, bool repair);

/// Makes FILE optional and adds --data-root.
void add_data_root(Arguments arguments, std::string& data_root);
/// The file: as given, or the data root's, or Docker's own.
[[nodiscard]] std::string target_of(const std::string& file, const std::string& data_root);

/// Adds --docker.
void add_docker_version(Arguments arguments, std::string& version);
/// Whose rules hold: the release that is named, or the one that the records, the
/// containers and the data root tell.
[[nodiscard]] docker::VersionRange releases_of(const std::string& version,
                                               const docker::NetworkState& state,
                                               const docker::Containers* containers,
                                               const std::string& data_root);
[[nodiscard]] Document releases_json(const docker::VersionRange& releases);
/// `Docker 28.2 to 28.5 (by the default bridge's record)`.
[[nodiscard]] std::string releases_text(const docker::VersionRange& releases);

/// Reports that the file could not be opened, and what a running dockerd has to do
/// with it.
[[nodiscard]] ExitCode report_unopened(const Error& error);

/// Options of a command that shows records.
struct DockerOptions {
    CommonOptions common;
    std::string data_root;
    bool no_trunc = false;

    void add_to(Arguments arguments);
    /// Puts the file in its place.
    void resolve();
    /// An id, cut to 12 characters unless --no-trunc.
    [[nodiscard]] std::string id(const std::string& whole) const;
};

/// What one command shows of a state.
struct DockerView {
    std::string what; ///< `networks`: the shape's name and the array's
    Table table;
    Document rows = Document::array();
};

/// Loads the state, shows what `make` makes of it, and says on stderr what is
/// missing. Returns `damaged` if anything is.
[[nodiscard]] ExitCode
show_docker(DockerOptions& options,
            const std::function<DockerView(const docker::NetworkState&)>& make);

/// What of the state cannot be read, as fields of `json`.
void put_completeness(Document& json, const docker::NetworkState& state);
/// The same on stderr. False if something is missing.
bool tell_completeness(const docker::NetworkState& state, const std::string& file);

} // namespace rebolt::cli
