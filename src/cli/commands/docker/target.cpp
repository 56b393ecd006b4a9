#include "cli/commands/docker/target.hpp"

#include <fmt/format.h>

#include "cli/counted.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

constexpr const char* default_data_root = "/var/lib/docker";
constexpr std::size_t short_id = 12;
constexpr std::size_t shown_max = 20;

} // namespace

void add_data_root(Arguments arguments, std::string& data_root) {
    arguments.find("FILE").required(false).description(
        "The network state (default: /var/lib/docker/network/files/local-kv.db)");
    arguments.option("--data-root", data_root, "Docker's data root, instead of FILE")
        .value_name("FOLDER");
}

std::string target_of(const std::string& file, const std::string& data_root) {
    if (!file.empty())
        return file;
    return docker::network_state_path(data_root.empty() ? default_data_root : data_root);
}

void add_docker_version(Arguments arguments, std::string& version) {
    arguments
        .option("--docker", version,
                "By the rules of this release (28, 28.5.2), not of the one that wrote the file")
        .value_name("VERSION")
        .check({[](const std::string& text) {
                    return docker::parse_version(text) ? std::string()
                                                       : text + " is no version of Docker";
                },
                "VERSION"});
}

docker::VersionRange releases_of(const std::string& version, const docker::NetworkState& state,
                                 const docker::Containers* containers,
                                 const std::string& data_root) {
    if (!version.empty())
        return *docker::parse_version(version);
    return docker::tell_version(state, containers, data_root);
}

std::string releases_text(const docker::VersionRange& releases) {
    return releases.is_told() ? fmt::format("{} ({})", name_of(releases), releases.evidence)
                              : name_of(releases);
}

Document releases_json(const docker::VersionRange& releases) {
    return {{"name", name_of(releases)},
            {"from", fmt::format("{}.{}", releases.from.major, releases.from.minor)},
            {"below", releases.below ? Document(fmt::format("{}.{}", releases.below->major,
                                                            releases.below->minor))
                                     : Document(nullptr)},
            {"told_by", releases.is_told() ? Document(releases.evidence) : Document(nullptr)}};
}

ExitCode report_unopened(const Error& error) {
    const ExitCode code = report(error);
    if (error.code() == ErrorCode::lock_timeout)
        print_note("dockerd holds this file while it runs, from Docker 26 on. Stop it first, or "
                   "read beside it with --live.");
    return code;
}

void DockerOptions::add_to(Arguments arguments) {
    common.add_to(arguments);
    common.state.add_to(arguments);
    add_data_root(arguments, data_root);
    arguments.flag("--no-trunc", no_trunc, "Show whole ids");
}

void DockerOptions::resolve() {
    common.file = target_of(common.file, data_root);
}

std::string DockerOptions::id(const std::string& whole) const {
    return no_trunc ? whole : whole.substr(0, short_id);
}

void put_completeness(Document& json, const docker::NetworkState& state) {
    json["complete"] = state.is_complete();
    json["damaged_ranges"] = state.damaged_ranges;
    json["lost_estimate"] = state.lost_estimate;
    json["unreadable"] = Document::array();
    for (const docker::UnreadableRecord& record : state.unreadable)
        json["unreadable"].push_back(
            {{"key", printable(record.key)}, {"reason", record.fault.reason}});
}

bool tell_completeness(const docker::NetworkState& state, const std::string& file) {
    if (state.is_complete())
        return true;
    if (!state.is_whole)
        print_error(fmt::format("{}: damaged: {} unreadable, about {}; what is sound in the "
                                "newest state is shown",
                                printable(file), counted(state.damaged_ranges, "key range"),
                                counted(state.lost_estimate, "key")));
    for (std::size_t i = 0; i < state.unreadable.size() && i < shown_max; ++i)
        print_error(fmt::format("{}: no record: {}", printable(state.unreadable[i].key),
                                printable(state.unreadable[i].fault.reason)));
    if (state.unreadable.size() > shown_max)
        print_error(fmt::format("and {} more", state.unreadable.size() - shown_max));
    print_note(fmt::format("To see what is wrong: rebolt check {}", shell_quoted(file)));
    return false;
}

ExitCode show_docker(DockerOptions& options,
                     const std::function<DockerView(const docker::NetworkState&)>& make) {
    options.resolve();
    const auto source = open_shown_pages(options.common);
    if (!source)
        return report_unopened(source.error());
    const auto state = docker::load_network_state(*source);
    if (!state)
        return report(state.error());
    const DockerView view = make(*state);
    if (wants_json()) {
        Document json{{"shape", fmt::format("rebolt.docker-{}/1", view.what)},
                      {"file", options.common.file}};
        put_completeness(json, *state);
        json[view.what] = view.rows;
        print_document(json);
    } else {
        print(view.table.text());
    }
    return tell_completeness(*state, options.common.file) ? ExitCode::done : ExitCode::damaged;
}

} // namespace rebolt::cli
