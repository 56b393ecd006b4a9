#include "diagnose/named_files.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "diagnose/database_path.hpp"
#include "diagnose/line_text.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::size_t files_max = 16;
constexpr std::size_t path_bytes_max = 512;

constexpr std::array<bool, 256> delimiters = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view(" \t\r\n\"'`=,;()[]{}<>|?"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool is_delimiter(char c) noexcept {
    return delimiters[static_cast<unsigned char>(c)];
}

// `C:\`.
bool starts_with_drive(std::string_view word) noexcept {
    return word.size() > 3 && is_alphanumeric(word[0]) && !is_digit(word[0]) && word[1] == ':' &&
           (word[2] == '\\' || word[2] == '/');
}

void note_folder(ScanReport& report, std::string_view owner, std::string_view path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    if (report.folders.size() >= files_max || path.size() > path_bytes_max || path.empty())
        return;
    std::pair<std::string, std::string> folder(owner, path);
    if (std::ranges::find(report.folders, folder) == report.folders.end())
        report.folders.push_back(std::move(folder));
}

void note_file(ScanReport& report, std::string_view path) {
    if (report.files.size() < files_max && path.size() <= path_bytes_max &&
        std::ranges::find(report.files, path) == report.files.end())
        report.files.emplace_back(path);
}

using Mark = std::pair<std::string_view, std::string_view>;

// What a path of such a part belongs to.
constexpr std::array marks_of_systems{
    Mark{"/rancher/k3s", "k3s"},
    Mark{"/run/k3s/", "k3s"},
    Mark{"/rancher/rke2", "rke2"},
    Mark{"/lib/k0s", "k0s"},
    Mark{"/snap/microk8s", "microk8s"},
    Mark{"/snap/docker/", "snap-docker"},
    Mark{"/etc/kubernetes/", "kubeadm"},
    Mark{"/.local/share/docker/", "rootless"},
    Mark{"/.local/share/containers/storage", "rootless"},
};
// Folders that only a data root of Docker has.
constexpr std::array<std::string_view, 9> folders_of_docker{
    "containers/", "overlay2/", "buildkit/", "network/files",    "image/overlay2",
    "swarm/",      "volumes/",  "image/",    "containerd/daemon"};

void note_system(std::string_view path, ScanReport& report) {
    for (const auto& [part, system] : marks_of_systems)
        if (contains(path, part))
            note_folder(report, system, path.substr(0, path.find(part) + part.size()));
    constexpr std::string_view docker = "docker/";
    const std::size_t at = path.find(docker);
    if (at != std::string_view::npos && at > 0 && (path[at - 1] == '/' || path[at - 1] == '-')) {
        const std::string_view below = path.substr(at + docker.size());
        for (const std::string_view folder : folders_of_docker)
            if (below.starts_with(folder))
                note_folder(report, "docker", path.substr(0, at + docker.size() - 1));
    }
    const std::size_t plugin = path.find("/io.containerd.");
    if (plugin != std::string_view::npos && plugin > 0)
        note_folder(report, "containerd", path.substr(0, plugin));
}

// What the word before a folder says that it is; empty: nothing.
std::string_view owner_by_key(std::string_view key, std::string_view before) noexcept {
    while (key.starts_with('-'))
        key.remove_prefix(1);
    while (key.ends_with(':'))
        key.remove_suffix(1);
    if (key == "data-dir" || key == "data_dir" || key == "dataDir" || key.ends_with("DATA_DIR"))
        return "data";
    if (key == "data-root" || key == "graph" || key == "g")
        return "docker";
    if (key == "ContainerdRootDir")
        return "containerd";
    if (key == "dir" && (before == "data" || before == "member"))
        return "data";
    if (key == "dir" && before == "cache")
        return "cache";
    return {};
}

// `boltdb file /index/18000`: a name without an ending.
bool is_told_to_be_one(std::string_view before, std::string_view line) noexcept {
    return (before == "file" || before == "db" || before == "database" || before == "boltdb") &&
           has_word(line, "boltdb");
}

} // namespace

PathWord next_path_word(std::string_view line, std::size_t at) noexcept {
    for (;;) {
        while (at < line.size() && is_delimiter(line[at]))
            ++at;
        const std::size_t begin = at;
        while (at < line.size() && !is_delimiter(line[at])) {
            // `path:/data` is two words, `https://` and `C:\` are none.
            const bool is_split = line[at] == ':' && at > begin && at + 1 < line.size() &&
                                  line[at + 1] == '/' && line.substr(at, 3) != "://" &&
                                  !starts_with_drive(line.substr(begin));
            ++at;
            if (is_split)
                break;
        }
        std::string_view word = line.substr(begin, at - begin);
        while (word.ends_with(':') || word.ends_with('.') || word.ends_with('\\'))
            word.remove_suffix(1);
        if (!word.empty() || at >= line.size())
            return {word, at};
    }
}

bool is_path(std::string_view word) noexcept {
    const bool has_control = std::ranges::any_of(word, [](char c) { return c >= 0 && c < ' '; });
    if (word.size() < 2 || has_control || contains(word, "://"))
        return false;
    if (word.front() == '/')
        return word[1] != '/' && !word.ends_with(".go") && !contains(word, ".go:");
    return starts_with_drive(word) || sort_of_path(word) == PathSort::bolt;
}

bool note_named_files(std::string_view line, ScanReport& report) {
    if (line.find_first_of("/\\.") == std::string_view::npos)
        return false;
    bool names_file = false;
    std::string_view owner;
    std::size_t owner_lasts = 0;
    std::string_view before;
    for (PathWord word = next_path_word(line, 0); !word.text.empty();
         word = next_path_word(line, word.next)) {
        const std::string_view text = word.text;
        if (const auto found = owner_by_key(text, before); !found.empty()) {
            owner = found;
            owner_lasts = 3;
        }
        const bool is_absolute = text.front() == '/' || starts_with_drive(text);
        if (is_absolute && is_path(text)) {
            if (owner_lasts != 0) {
                std::string_view folder = text;
                if (before == "dir" && folder.ends_with("/member"))
                    folder.remove_suffix(std::string_view("/member").size());
                note_folder(report, owner, folder);
            }
            owner_lasts = 0;
            note_system(text, report);
            if (sort_of_path(text) != PathSort::none || is_told_to_be_one(before, line)) {
                note_file(report, text);
                names_file = true;
            }
        }
        owner_lasts -= owner_lasts == 0 ? 0 : 1;
        before = text;
    }
    return names_file;
}

} // namespace rebolt::diagnose
