#include "diagnose/places.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "diagnose/database_path.hpp"
#include "diagnose/line_text.hpp"
#include "diagnose/place_rules.hpp"

namespace rebolt::diagnose {
namespace {

bool has_folder_of(const ScanReport& report, std::string_view owner) {
    return std::ranges::any_of(report.folders,
                               [&](const auto& folder) { return folder.first == owner; });
}

// The distribution that runs the program: k3s holds etcd and containerd.
std::string_view system_of(const Symptom& symptom, const ScanReport& report) {
    for (const SystemMark& mark : system_marks())
        if (!mark.writer.empty() && symptom.writer.starts_with(mark.writer))
            return mark.system;
    for (const SystemMark& mark : system_marks())
        if (!mark.folder.empty() && has_folder_of(report, mark.folder))
            return mark.system;
    return {};
}

// Whose code it is. Of dockerd's own containerd the writer is dockerd.
std::string_view owner_of(const Symptom& symptom) {
    const bool is_docker =
        has_word(symptom.writer, "dockerd") || symptom.writer.starts_with("balena");
    if (symptom.program.starts_with("containerd") && is_docker)
        return "dockerd";
    // A library that programs keep their files with.
    if (symptom.program == "bleve" || symptom.program.empty())
        return symptom.writer.empty() ? symptom.program : symptom.writer;
    return symptom.program;
}

// `=containerd`: whose code it is, where no word of it tells more.
bool is_named(const Symptom& symptom, std::string_view part) {
    if (part.starts_with('='))
        return symptom.program == part.substr(1);
    return contains(symptom.text, part) ||
           std::ranges::any_of(symptom.trace.frames,
                               [&](const Frame& frame) { return contains(frame.function, part); });
}

bool fits(const FileRule& rule, const Symptom& symptom, std::string_view owner) {
    if (!owner.starts_with(rule.program) && symptom.program != rule.program)
        return false;
    return rule.words().empty() || std::ranges::any_of(rule.words(), [&](std::string_view word) {
               return is_named(symptom, word);
           });
}

class FileList {
public:
    void add(std::string path) {
        if (!path.empty() && std::ranges::find(files_, path) == files_.end())
            files_.push_back(std::move(path));
    }
    [[nodiscard]] std::vector<std::string> take() { return std::move(files_); }

private:
    std::vector<std::string> files_;
};

// Below a root of a rule. `client/state.db` of Nomad's `…/client` is `…/state.db`.
std::string joined(std::string_view root, std::string_view path) {
    const std::size_t slash = path.find('/');
    const std::string_view first = path.substr(0, slash);
    const bool is_inside = slash != std::string_view::npos && root.ends_with(first) &&
                           root.size() > first.size() &&
                           root[root.size() - first.size() - 1] == '/';
    if (is_inside)
        path.remove_prefix(slash + 1);
    return std::string(root) + (root.ends_with('/') ? "" : "/") + std::string(path);
}

std::string_view base_name(std::string_view path) noexcept {
    const std::size_t slash = path.find_last_of("/\\");
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// Docker's or podman's data in a user's home.
bool is_home_of(const FileRule& rule, std::string_view folder) noexcept {
    return (rule.roots == "docker" && folder.ends_with("/docker")) ||
           (rule.roots == "podman" && folder.ends_with("/containers/storage"));
}

void add_named_below(const FileRule& rule, const ScanReport& report, FileList& files) {
    for (const std::string& path : report.files)
        if (path.ends_with(rule.path) ||
            (base_name(path) == base_name(rule.path) && base_name(path) != "metadata.db" &&
             base_name(path) != "meta.db"))
            files.add(path);
    for (const auto& [owner, folder] : report.folders)
        if (owner == rule.folder || (owner == "rootless" && is_home_of(rule, folder)))
            files.add(joined(folder, rule.path));
    // Beside another of its files.
    if (!rule.has_siblings)
        return;
    for (const std::string& path : report.files)
        if (path.front() == '/')
            files.add(joined(path.substr(0, path.rfind('/')), base_name(rule.path)));
}

void add_usual(const FileRule& rule, std::string_view system, FileList& files) {
    for (const Root& root : all_roots())
        if (root.list == rule.roots && !system.empty() && root.system == system)
            files.add(joined(root.path, rule.path));
    for (const Root& root : all_roots())
        if (root.list == rule.roots && root.system.empty())
            files.add(joined(root.path, rule.path));
}

// A path in the symptom's own words, with a name that no database has for sure.
std::vector<std::string> paths_in_words(const Symptom& symptom, const ScanReport& report) {
    std::vector<std::string> paths;
    for (const std::string& path : report.files)
        if (contains(symptom.text, path) ||
            std::ranges::any_of(symptom.trace.messages, [&](const std::string& message) {
                return contains(message, path);
            }))
            paths.push_back(path);
    // The longest is the whole of it.
    std::ranges::stable_sort(paths, std::ranges::greater{}, &std::string::size);
    return paths;
}

constexpr std::string_view service_suffix = ".service";

// The unit that the log says failed, where it is another of the same program's:
// `k3s-agent` of k3s.
std::vector<std::string> as_named(std::vector<std::string> usual_units, std::string_view system,
                                  const ScanReport& report) {
    if (usual_units.empty())
        return usual_units;
    const std::string_view usual =
        std::string_view(usual_units.back()).substr(0, usual_units.back().rfind(service_suffix));
    const std::string family(system.empty() ? usual.substr(0, usual.find('-')) : system);
    const auto is_other = [&](const std::string& unit) {
        return unit != usual && unit.starts_with(family);
    };
    const auto other = std::ranges::find_if(report.units, is_other);
    const bool is_usual_named = std::ranges::find(report.units, usual) != report.units.end();
    if (other != report.units.end() && !is_usual_named)
        usual_units.back() = *other + std::string(service_suffix);
    return usual_units;
}

} // namespace

std::vector<std::string> files_for(const Symptom& symptom, const ScanReport& report) {
    FileList files;
    // What the program has set aside, as it could not open it, is the damaged one.
    for (const std::string& path : report.files)
        if (path.ends_with(".bak"))
            files.add(path);
    for (std::string& path : paths_in_words(symptom, report))
        files.add(std::move(path));
    const std::string_view owner = owner_of(symptom);
    const std::string_view system = system_of(symptom, report);
    std::vector<const FileRule*> rules;
    for (const FileRule& rule : file_rules())
        if (fits(rule, symptom, owner) && (!rule.words().empty() || rules.empty() || rule.is_also))
            rules.push_back(&rule);
    // Words that say which file leave no room for the others.
    const bool is_told = !rules.empty() && !rules.front()->words().empty();
    if (is_told)
        std::erase_if(rules, [](const FileRule* rule) { return rule->words().empty(); });
    for (const FileRule* rule : rules)
        add_named_below(*rule, report, files);
    for (const FileRule* rule : rules)
        add_usual(*rule, system, files);
    // What other lines name may be another program's.
    for (const std::string& path : report.files)
        files.add(path);
    return files.take();
}

std::vector<std::string> units_for(const Symptom& symptom, const ScanReport& report) {
    const std::string_view owner = owner_of(symptom);
    const std::string_view system = system_of(symptom, report);
    for (const UnitRule& rule : unit_rules())
        if (rule.system == system && !system.empty() &&
            (rule.program.empty() || symptom.program.starts_with(rule.program) ||
             owner.starts_with(rule.program)))
            return as_named({rule.units.begin(), std::ranges::find(rule.units, std::string_view{})},
                            system, report);
    if (auto usual = units_of(owner); !usual.empty())
        return as_named(std::move(usual), {}, report);
    // Of a program that is not known, the unit with its name.
    for (const std::string& unit : report.units)
        if (!symptom.writer.empty() && unit.starts_with(symptom.writer))
            return {unit + std::string(service_suffix)};
    return {};
}

std::vector<std::string> units_of(std::string_view program) {
    for (const UnitRule& rule : unit_rules())
        if (rule.system.empty() && program.starts_with(rule.program))
            return {rule.units.begin(), std::ranges::find(rule.units, std::string_view{})};
    return {};
}

std::string_view effect_of_stopping(Owner owner) noexcept {
    if (owner == Owner::docker_network || owner == Owner::docker_volumes)
        return "stopping Docker stops its containers too, unless `live-restore` is on; those with "
               "a "
               "restart policy start with it again";
    if (owner == Owner::containerd)
        return "containers go on running while containerd is stopped";
    if (owner == Owner::etcd)
        return "the cluster has one member less meanwhile, and a single member answers nobody";
    return {};
}

bool is_of_etcd(std::string_view path) noexcept {
    return path.ends_with("member/snap/db") || path.ends_with("/snap/db");
}

std::string_view loss_by_deleting(std::string_view path) noexcept {
    using Loss = std::pair<std::string_view, std::string_view>;
    static constexpr std::array losses{
        Loss{"network/files/local-kv.db",
             "every user-defined network, and with it each container attached to one"},
        Loss{"volumes/metadata.db", "the drivers and options of all volumes"},
        Loss{"bolt/meta.db", "all images, containers and leases that containerd knows"},
        Loss{"worker/tasks.db", "what this node knows of its tasks, which the managers send again"},
        Loss{"snap/db", "the member's whole state"},
        Loss{"influxd.bolt", "all users, tokens, buckets and dashboards"},
        Loss{"raft.db", "the server's raft log"},
        Loss{"vault.db", "all secrets of a single server"},
        Loss{"channel.db", "all channels, and the money in them"},
        Loss{"bolt_state.db", "all containers, pods and volumes that podman knows"},
        Loss{"portainer.db", "all users, stacks and environments"},
    };
    for (const auto& [end, loss] : losses)
        if (path.ends_with(end))
            return loss;
    return {};
}

} // namespace rebolt::diagnose
