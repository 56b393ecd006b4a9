// Where Docker, containerd, etcd and Kubernetes keep their bbolt files, and how each is
// told another place. By the services' own documentation.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <rebolt/docker/containers.hpp>
#include <rebolt/guard.hpp>

#include "base/try.hpp"
#include "guard/kubernetes_presets.hpp"
#include "guard/owner_presets.hpp"
#include "guard/toml_file.hpp"
#include "systemd/unit_command.hpp"

namespace rebolt {
namespace {

namespace fs = std::filesystem;

Error unreadable(const std::string& path, const std::string& why) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("cannot be understood: {}; name the data root with --data-root", why))
        .in_file(path);
}

Result<std::string> docker_root(const GuardPresetOptions& options) {
    if (!options.data_root.empty())
        return options.data_root;
    const auto unit = systemd::read_unit_command(options.system_root, "docker.service");
    for (const char* name : {"--data-root", "-g", "--graph"})
        if (std::string root = unit.option(name); !root.empty())
            return root;
    std::string path = unit.option("--config-file");
    path = options.system_root + (path.empty() ? "/etc/docker/daemon.json" : path);
    std::ifstream file(path);
    if (!file)
        return std::string("/var/lib/docker");
    try {
        const auto json = nlohmann::json::parse(file);
        for (const char* key : {"data-root", "graph"})
            if (json.contains(key))
                return json.at(key).get<std::string>();
    } catch (const nlohmann::json::exception& error) {
        return unreadable(path, error.what());
    }
    return std::string("/var/lib/docker");
}

Result<std::string> containerd_root(const GuardPresetOptions& options) {
    if (!options.data_root.empty())
        return options.data_root;
    const auto unit = systemd::read_unit_command(options.system_root, "containerd.service");
    if (std::string root = unit.option("--root"); !root.empty())
        return root;
    std::string path = unit.option("--config");
    path = options.system_root + (path.empty() ? "/etc/containerd/config.toml" : path);
    std::error_code error;
    if (!fs::exists(path, error))
        return std::string("/var/lib/containerd");
    return TRY(guard::read_toml_text(path, "root")).value_or("/var/lib/containerd");
}

std::string etcd_root(const GuardPresetOptions& options) {
    if (!options.data_root.empty())
        return options.data_root;
    const auto unit = systemd::read_unit_command(options.system_root, "etcd.service");
    if (std::string root = unit.option("--data-dir"); !root.empty())
        return root;
    if (const auto at = unit.environment.find("ETCD_DATA_DIR");
        at != unit.environment.end() && !at->second.empty())
        return at->second;
    return "/var/lib/etcd/default";
}

constexpr const char* containerd_metadata = "io.containerd.metadata.v1.bolt/meta.db";

std::vector<GuardedFile> containerd_files(const std::string& root) {
    std::vector<GuardedFile> files{{.path = fmt::format("{}/{}", root, containerd_metadata)}};
    std::error_code error;
    for (fs::directory_iterator entry(root, error), end; !error && entry != end;
         entry.increment(error)) {
        const fs::path database = entry->path() / "metadata.db";
        if (entry->path().filename().string().starts_with("io.containerd.snapshotter.v1.") &&
            fs::exists(database))
            files.push_back({.path = database.string()});
    }
    std::ranges::sort(files, {}, &GuardedFile::path);
    return files;
}

// A bbolt file of Docker's, below its data root. docs/guard.md says what is lost
// with each.
struct DockerFile {
    std::string_view path;
    bool is_cache;  ///< can be made again: nothing is lost but time
    bool is_always; ///< every release makes it; others are guarded where they are
};
constexpr std::array<DockerFile, 9> docker_databases{
    {{"volumes/metadata.db", false, true},
     {"buildkit/cache.db", true, true},
     {"buildkit/metadata_v2.db", true, true},
     {"buildkit/snapshots.db", true, true},
     {"buildkit/containerdmeta.db", true, true},
     {"buildkit/history.db", false, false},     // from 24.0 on: the list of past builds
     {"buildkit/history_c8d.db", false, false}, // from 27.4 on, with containerd's image store
     {"image/identity-cache.db", true, false},  // from 29.3 on
     {"swarm/worker/tasks.db", true, false}}};  // managers send it again

std::vector<GuardedFile> docker_files(const std::string& root) {
    std::vector<GuardedFile> files{{.path = docker::network_state_path(root), .docker_root = root}};
    std::error_code error;
    for (const DockerFile& file : docker_databases) {
        std::string path = fmt::format("{}/{}", root, file.path);
        if (file.is_always || fs::exists(path, error))
            files.push_back({.path = std::move(path), .is_cache = file.is_cache});
    }
    // A containerd of its own, where the system has none.
    std::ranges::move(containerd_files(root + "/containerd/daemon"), std::back_inserter(files));
    return files;
}

// A member that lost some of its data must not go on as if it had all.
GuardedFile etcd_member(const std::string& root) {
    return {.path = root + "/member/snap/db", .only_complete = true, .etcd_root = root};
}

std::vector<GuardedFile> kubernetes_files(const guard::KubernetesRoots& roots) {
    std::vector<GuardedFile> files{etcd_member(roots.etcd)};
    if (!roots.containerd.empty())
        std::ranges::move(containerd_files(roots.containerd), std::back_inserter(files));
    return files;
}

} // namespace

Result<std::vector<GuardedFile>> guard_preset(std::string_view name,
                                              const GuardPresetOptions& options) {
    if (name == "docker")
        return docker_files(TRY(docker_root(options)));
    if (name == "containerd")
        return containerd_files(TRY(containerd_root(options)));
    if (name == "etcd")
        return std::vector<GuardedFile>{etcd_member(etcd_root(options))};
    if (const auto roots = guard::kubernetes_roots(name, options))
        return kubernetes_files(*roots);
    if (auto files = guard::owner_preset(name, options))
        return *std::move(files);
    return Error(ErrorCode::invalid_argument,
                 fmt::format("there is no preset `{}`: docker, containerd, etcd{}{} are; a file "
                             "is named by its path",
                             name, guard::kubernetes_preset_names(), guard::owner_preset_names()));
}

} // namespace rebolt
