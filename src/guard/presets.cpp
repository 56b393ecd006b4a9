// Where Docker, containerd and etcd keep their bbolt files, and how each is told
// another place. By the services' own documentation.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <rebolt/guard.hpp>

#include "base/try.hpp"
#include "guard/toml_file.hpp"

namespace rebolt {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 4> unit_folders{"/etc/systemd/system", "/run/systemd/system",
                                                  "/usr/lib/systemd/system", "/lib/systemd/system"};

Error unreadable(const std::string& path, const std::string& why) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("cannot be understood: {}; name the data root with --data-root", why))
        .in_file(path);
}

// The words of a unit's last ExecStart=, drop-ins included.
std::vector<std::string> command_of_unit(const std::string& root, const std::string& unit) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const char* folder : unit_folders)
        if (files.empty() && fs::exists(root + folder + "/" + unit, error))
            files.emplace_back(root + folder + "/" + unit);
    for (const char* folder : unit_folders) {
        const fs::path drop_ins = root + folder + "/" + unit + ".d";
        for (fs::directory_iterator entry(drop_ins, error), end; !error && entry != end;
             entry.increment(error))
            if (entry->path().extension() == ".conf")
                files.push_back(entry->path());
    }
    std::vector<std::string> words;
    for (const fs::path& path : files) {
        std::ifstream file(path);
        for (std::string line; std::getline(file, line);) {
            constexpr std::string_view key = "ExecStart=";
            if (!line.starts_with(key) || line.size() == key.size())
                continue;
            std::istringstream text(line.substr(key.size()));
            words.clear();
            for (std::string word; text >> word;)
                words.push_back(word);
        }
    }
    return words;
}

// What `--name VALUE` or `--name=VALUE` says; empty if it is not there.
std::string option_of(const std::vector<std::string>& words, std::string_view name) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == name && i + 1 < words.size())
            return words[i + 1];
        if (words[i].starts_with(name) && words[i].size() > name.size() &&
            words[i][name.size()] == '=')
            return words[i].substr(name.size() + 1);
    }
    return {};
}

Result<std::string> docker_root(const GuardPresetOptions& options) {
    if (!options.data_root.empty())
        return options.data_root;
    const auto words = command_of_unit(options.system_root, "docker.service");
    for (const char* name : {"--data-root", "-g", "--graph"})
        if (std::string root = option_of(words, name); !root.empty())
            return root;
    std::string path = option_of(words, "--config-file");
    if (path.empty())
        path = options.system_root + "/etc/docker/daemon.json";
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
    const auto words = command_of_unit(options.system_root, "containerd.service");
    if (std::string root = option_of(words, "--root"); !root.empty())
        return root;
    const std::string path = options.system_root + "/etc/containerd/config.toml";
    std::error_code error;
    if (!fs::exists(path, error))
        return std::string("/var/lib/containerd");
    return TRY(guard::read_toml_text(path, "root")).value_or("/var/lib/containerd");
}

std::string etcd_root(const GuardPresetOptions& options) {
    if (!options.data_root.empty())
        return options.data_root;
    const auto words = command_of_unit(options.system_root, "etcd.service");
    if (std::string root = option_of(words, "--data-dir"); !root.empty())
        return root;
    std::ifstream file(options.system_root + "/etc/default/etcd");
    constexpr std::string_view key = "ETCD_DATA_DIR=";
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(key)) {
            std::string value = line.substr(key.size());
            std::erase(value, '"');
            std::erase(value, '\'');
            if (!value.empty())
                return value;
        }
    return "/var/lib/etcd/default";
}

constexpr const char* containerd_metadata = "io.containerd.metadata.v1.bolt/meta.db";

std::vector<GuardedFile> docker_files(const std::string& root) {
    std::vector<GuardedFile> files{{.path = root + "/network/files/local-kv.db"},
                                   {.path = root + "/volumes/metadata.db"}};
    for (const char* cache : {"cache.db", "metadata_v2.db", "snapshots.db", "containerdmeta.db"})
        files.push_back({.path = fmt::format("{}/buildkit/{}", root, cache), .is_cache = true});
    // A containerd of its own, where the system has none.
    files.push_back({.path = fmt::format("{}/containerd/daemon/{}", root, containerd_metadata)});
    return files;
}

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

} // namespace

Result<std::vector<GuardedFile>> guard_preset(std::string_view name,
                                              const GuardPresetOptions& options) {
    if (name == "docker")
        return docker_files(TRY(docker_root(options)));
    if (name == "containerd")
        return containerd_files(TRY(containerd_root(options)));
    if (name == "etcd") // a member that lost some of its data must not go on as if it had all
        return std::vector<GuardedFile>{
            {.path = etcd_root(options) + "/member/snap/db", .only_complete = true}};
    return Error(ErrorCode::invalid_argument,
                 fmt::format("there is no preset `{}`: docker, containerd and etcd are; a file is "
                             "named by its path",
                             name));
}

} // namespace rebolt
