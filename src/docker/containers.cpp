#include <rebolt/docker/containers.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "docker/fields.hpp"
#include "docker/release_facts.hpp"

namespace rebolt::docker {
namespace {

constexpr std::uintmax_t file_bytes_max = std::uintmax_t{64} << 20U;

std::int64_t number_in(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// `80/tcp`
PortBinding exposed_port(std::string_view name) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view protocol = name.substr(std::min(slash + 1, name.size()));
    PortBinding port;
    port.protocol = protocol == "udp" ? 17 : protocol == "sctp" ? 132 : 6;
    port.port = number_in(name.substr(0, slash));
    return port;
}

// `80/tcp` and its bindings on the host.
void add_ports(std::string_view name, const Json& bindings, std::vector<PortBinding>& ports) {
    if (!bindings.is_array())
        return;
    for (const Json& binding : bindings) {
        PortBinding port = exposed_port(name);
        if (binding.is_object() && binding.contains("HostPort") && binding["HostPort"].is_string())
            port.host_port = number_in(binding["HostPort"].get<std::string>());
        if (binding.is_object() && binding.contains("HostIp") && binding["HostIp"].is_string())
            port.host_address = binding["HostIp"].get<std::string>();
        port.host_port_end = port.host_port;
        ports.push_back(std::move(port));
    }
}

void read_network(Fields& fields, ContainerNetwork& network, Version& written_by) {
    if (fields.has("DNSNames"))
        written_by = std::max(written_by, release::v25);
    if (fields.has("GwPriority"))
        written_by = std::max(written_by, release::v28);

    fields.text("NetworkID", network.network_id);
    fields.text("EndpointID", network.endpoint_id);
    fields.text("IPAddress", network.address);
    fields.number("IPPrefixLen", network.prefix_bits);
    fields.text("Gateway", network.gateway);
    fields.text("GlobalIPv6Address", network.v6_address);
    fields.number("GlobalIPv6PrefixLen", network.v6_prefix_bits);
    fields.text("IPv6Gateway", network.v6_gateway);
    fields.text("MacAddress", network.mac);
    fields.texts("Aliases", network.aliases);
    fields.texts("DNSNames", network.dns_names);
    bool has_wanted = false;
    fields.object("IPAMConfig", has_wanted, Decoding::leniently, [&](Fields& inner) {
        inner.text("IPv4Address", network.wanted_v4);
        inner.text("IPv6Address", network.wanted_v6);
    });
}

void read_settings(Json& json, Container& container, Version& written_by) {
    if (!json.is_object())
        return;
    Fields fields(json, Fields::Direction::reading, Decoding::leniently);
    fields.text("SandboxID", container.sandbox_id);
    if (const auto ports = json.find("Ports"); ports != json.end() && ports->is_object())
        for (const auto& [name, bindings] : ports->items())
            add_ports(name, bindings, container.ports);
    const auto networks = json.find("Networks");
    if (networks == json.end() || !networks->is_object())
        return;
    for (auto& [name, settings] : networks->items()) {
        ContainerNetwork network;
        network.name = name;
        if (!settings.is_object())
            continue;
        Fields inner(settings, Fields::Direction::reading, Decoding::leniently);
        read_network(inner, network, written_by);
        container.networks.push_back(std::move(network));
    }
}

std::optional<Json> read_json(const std::filesystem::path& file) {
    std::error_code failed;
    if (std::filesystem::file_size(file, failed) > file_bytes_max || failed)
        return std::nullopt;
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    auto json = parse_go_json(text);
    if (!json || !json->is_object())
        return std::nullopt;
    return std::move(*json);
}

// What was asked for. NetworkSettings has what came of it: a binding for each
// family, and of a container that is not running none.
void read_bindings(const std::filesystem::path& file, Container& container) {
    auto json = read_json(file);
    if (!json)
        return;
    Fields fields(*json, Fields::Direction::reading, Decoding::leniently);
    fields.text("NetworkMode", container.network_mode);
    const auto asked = json->find("PortBindings");
    if (asked == json->end() || !asked->is_object())
        return;
    container.ports.clear();
    for (const auto& [name, bindings] : asked->items())
        add_ports(name, bindings, container.ports);
}

void read_exposed(Json& config, Container& container) {
    if (!config.is_object())
        return;
    Fields fields(config, Fields::Direction::reading, Decoding::leniently);
    fields.text_map("Labels", container.labels);
    if (const auto ports = config.find("ExposedPorts"); ports != config.end() && ports->is_object())
        for (const auto& [name, nothing] : ports->items())
            container.exposed.push_back(exposed_port(name));
}

bool read_container(const std::filesystem::path& folder, Container& container,
                    Version& written_by) {
    auto json = read_json(folder / "config.v2.json");
    if (!json)
        return false;
    Fields fields(*json, Fields::Direction::reading, Decoding::leniently);
    fields.text("ID", container.id);
    fields.text("Name", container.name);
    if (container.name.starts_with('/'))
        container.name.erase(0, 1);
    bool has_state = false;
    fields.object("State", has_state, Decoding::leniently,
                  [&](Fields& inner) { inner.flag("Running", container.is_running); });
    if (const auto settings = json->find("NetworkSettings"); settings != json->end())
        read_settings(*settings, container, written_by);
    if (const auto config = json->find("Config"); config != json->end())
        read_exposed(*config, container);
    read_bindings(folder / "hostconfig.json", container);
    return !container.id.empty();
}

} // namespace

Result<Containers> load_containers(const std::string& data_root) {
    Containers containers;
    const std::filesystem::path folder = std::filesystem::path(data_root) / "containers";
    std::error_code failed;
    std::vector<std::filesystem::path> folders;
    for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed))
        folders.push_back(at->path());
    if (failed)
        return Error(ErrorCode::file_not_found, "the folder cannot be read: " + failed.message())
            .in_file(folder.string());
    std::ranges::sort(folders);
    for (const std::filesystem::path& one : folders) {
        Container container;
        if (read_container(one, container, containers.written_by))
            containers.all.push_back(std::move(container));
        else
            containers.unreadable.push_back((one / "config.v2.json").string());
    }
    return containers;
}

std::string network_state_path(const std::string& data_root) {
    return (std::filesystem::path(data_root) / "network/files/local-kv.db").string();
}

} // namespace rebolt::docker
