#include <rebolt/docker/containers.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "docker/fields.hpp"

namespace rebolt::docker {
namespace {

constexpr std::uintmax_t file_bytes_max = std::uintmax_t{64} << 20U;

std::int64_t number_in(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// `80/tcp` and its bindings on the host.
void add_ports(std::string_view name, const Json& bindings, std::vector<PortBinding>& ports) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view protocol = name.substr(std::min(slash + 1, name.size()));
    if (!bindings.is_array())
        return;
    for (const Json& binding : bindings) {
        PortBinding port;
        port.protocol = protocol == "udp" ? 17 : protocol == "sctp" ? 132 : 6;
        port.port = number_in(name.substr(0, slash));
        if (binding.is_object() && binding.contains("HostPort") && binding["HostPort"].is_string())
            port.host_port = number_in(binding["HostPort"].get<std::string>());
        if (binding.is_object() && binding.contains("HostIp") && binding["HostIp"].is_string())
            port.host_address = binding["HostIp"].get<std::string>();
        port.host_port_end = port.host_port;
        ports.push_back(std::move(port));
    }
}

void read_network(Fields& fields, ContainerNetwork& network) {
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
}

void read_settings(Json& json, Container& container) {
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
        read_network(inner, network);
        container.networks.push_back(std::move(network));
    }
}

bool read_container(const std::filesystem::path& file, Container& container) {
    std::error_code failed;
    if (std::filesystem::file_size(file, failed) > file_bytes_max || failed)
        return false;
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    auto json = parse_go_json(text);
    if (!json || !json->is_object())
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
        read_settings(*settings, container);
    return !container.id.empty();
}

} // namespace

Result<Containers> load_containers(const std::string& data_root) {
    Containers containers;
    const std::filesystem::path folder = std::filesystem::path(data_root) / "containers";
    std::error_code failed;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed))
        files.push_back(at->path() / "config.v2.json");
    if (failed)
        return Error(ErrorCode::file_not_found, "the folder cannot be read: " + failed.message())
            .in_file(folder.string());
    std::ranges::sort(files);
    for (const std::filesystem::path& file : files) {
        Container container;
        if (read_container(file, container))
            containers.all.push_back(std::move(container));
        else
            containers.unreadable.push_back(file.string());
    }
    return containers;
}

std::string network_state_path(const std::string& data_root) {
    return (std::filesystem::path(data_root) / "network/files/local-kv.db").string();
}

} // namespace rebolt::docker
