// Where each service keeps its bbolt files, and what may be done with them. By the
// services' own documentation and packages. Caches can be made again; a raft log and
// a channel's state must not go back.
#include "guard/owner_presets.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "guard/toml_file.hpp"
#include "systemd/unit_command.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;
using Files = std::vector<GuardedFile>;

/// What a unit says, or the first of the usual places that is there.
struct Root {
    const char* unit;
    const char* option;   ///< of its command line; "" for none
    const char* variable; ///< of its environment; "" for none
    std::array<const char*, 2> usual;
};

std::string root_of(const GuardPresetOptions& options, const Root& root) {
    if (!options.data_root.empty())
        return options.data_root;
    const auto unit = systemd::read_unit_command(options.system_root, root.unit);
    if (*root.option != 0)
        for (const char* dashes : {"--", "-"})
            if (std::string value = unit.option(std::string(dashes) + root.option); !value.empty())
                return value;
    if (const auto at = unit.environment.find(root.variable);
        at != unit.environment.end() && !at->second.empty())
        return at->second;
    for (const char* usual : root.usual)
        if (std::error_code error; fs::exists(options.system_root + usual, error))
            return usual;
    return root.usual[0];
}

constexpr const char* peers_advice =
    "Where other servers have the log: remove this server from the cluster, move its raft "
    "folder away, and let it join again; they send it all of it";

GuardedFile raft_log(std::string path) {
    return {.path = std::move(path), .is_raft_log = true, .advice = peers_advice};
}

// A cache of the containers' libraries is beside the state.
Files podman(const GuardPresetOptions& options) {
    std::string root = options.data_root;
    if (root.empty()) {
        const auto told = read_toml_text(options.system_root + "/etc/containers/storage.conf",
                                         "storage.graphroot");
        root = told && *told ? **told : "/var/lib/containers/storage";
    }
    const std::string cache = fs::path(root).parent_path().string() + "/cache";
    return {{.path = root + "/libpod/bolt_state.db"},
            {.path = cache + "/blob-info-cache-v1.boltdb", .is_cache = true}};
}

Files consul(const GuardPresetOptions& options) {
    const std::string root =
        root_of(options, {"consul.service", "data-dir", "", {"/opt/consul", "/var/lib/consul"}});
    return {raft_log(root + "/raft/raft.db")};
}

Files nomad(const GuardPresetOptions& options) {
    const std::string root =
        root_of(options, {"nomad.service", "data-dir", "", {"/opt/nomad/data", "/var/lib/nomad"}});
    return {raft_log(root + "/server/raft/raft.db"), {.path = root + "/client/state.db"}};
}

Files vault(const GuardPresetOptions& options) {
    const std::string root = root_of(
        options, {"vault.service", "", "VAULT_RAFT_PATH", {"/opt/vault/data", "/var/lib/vault"}});
    return {raft_log(root + "/raft/raft.db"),
            {.path = root + "/vault.db", .only_complete = true, .advice = peers_advice}};
}

Files influxdb(const GuardPresetOptions& options) {
    if (!options.data_root.empty())
        return {{.path = options.data_root + "/influxd.bolt"}};
    return {{.path = root_of(options, {"influxdb.service",
                                       "bolt-path",
                                       "INFLUXD_BOLT_PATH",
                                       {"/var/lib/influxdb/influxd.bolt",
                                        "/var/lib/influxdb2/influxd.bolt"}})}};
}

// It runs in a container: its data is a volume of Docker's.
Files portainer(const GuardPresetOptions& options) {
    const std::string root = options.data_root.empty()
                                 ? "/var/lib/docker/volumes/portainer_data/_data"
                                 : options.data_root;
    return {{.path = root + "/portainer.db"}};
}

constexpr const char* channels_advice =
    "Do not start lnd on an older state of its channels: the other side may take all of their "
    "money. Close the channels with the static channel backup (channel.backup) on a new node: "
    "lncli restorechanbackup";

Files lnd(const GuardPresetOptions& options) {
    const std::string root =
        root_of(options, {"lnd.service", "lnddir", "", {"/var/lib/lnd", "/mnt/hdd/lnd"}});
    const auto never_older = [](std::string path) {
        return GuardedFile{
            .path = std::move(path), .only_complete = true, .advice = channels_advice};
    };
    std::vector<std::string> networks;
    std::error_code error;
    for (fs::directory_iterator entry(root + "/data/graph", error), end; !error && entry != end;
         entry.increment(error))
        networks.push_back(entry->path().filename().string());
    std::ranges::sort(networks);
    if (networks.empty())
        networks.emplace_back("mainnet");
    Files files;
    for (const std::string& network : networks) {
        files.push_back(never_older(fmt::format("{}/data/graph/{}/channel.db", root, network)));
        files.push_back(
            never_older(fmt::format("{}/data/graph/{}/sphinxreplay.db", root, network)));
        files.push_back(
            never_older(fmt::format("{}/data/chain/bitcoin/{}/wallet.db", root, network)));
    }
    return files;
}

// One file for each component; read offsets are in it, and come back with it.
Files files_in(const std::string& folder, const GuardedFile& like) {
    Files files;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (entry->is_regular_file(error) && entry->path().extension() != ".undo") {
            files.push_back(like);
            files.back().path = entry->path().string();
        }
    std::ranges::sort(files, {}, &GuardedFile::path);
    return files;
}

Files otelcol(const GuardPresetOptions& options) {
    return files_in(options.data_root.empty() ? "/var/lib/otelcol/file_storage" : options.data_root,
                    {});
}

std::string cache_folder(const GuardPresetOptions& options, const char* usual) {
    const char* home = std::getenv("HOME");
    return options.data_root.empty()
               ? fmt::format("{}/.cache/{}", home == nullptr ? "" : home, usual)
               : options.data_root;
}

Files trivy(const GuardPresetOptions& options) {
    return {{.path = cache_folder(options, "trivy") + "/db/trivy.db",
             .policy = GuardPolicy::quarantine,
             .is_cache = true}};
}

Files rclone(const GuardPresetOptions& options) {
    return files_in(cache_folder(options, "rclone") + "/kv",
                    {.path = {}, .policy = GuardPolicy::quarantine, .is_cache = true});
}

struct Preset {
    std::string_view name;
    Files (*files)(const GuardPresetOptions& options);
};
constexpr std::array<Preset, 10> presets{{
    {"podman", podman},
    {"consul", consul},
    {"nomad", nomad},
    {"vault", vault},
    {"influxdb", influxdb},
    {"portainer", portainer},
    {"lnd", lnd},
    {"otelcol", otelcol},
    {"trivy", trivy},
    {"rclone", rclone},
}};

} // namespace

std::optional<std::vector<GuardedFile>> owner_preset(std::string_view name,
                                                     const GuardPresetOptions& options) {
    const auto* preset = std::ranges::find(presets, name, &Preset::name);
    if (preset == presets.end())
        return std::nullopt;
    return preset->files(options);
}

std::string owner_preset_names() {
    std::string names;
    for (const Preset& preset : presets)
        names += fmt::format(", {}", preset.name);
    return names;
}

} // namespace rebolt::guard
