// rebolt docker endpoints [FILE], rebolt docker sandboxes [FILE]
#include <memory>

#include "cli/commands/docker/target.hpp"

namespace rebolt::cli {
namespace {

using docker::Endpoint;
using docker::NetworkState;
using docker::Sandbox;

std::string network_name(const NetworkState& state, const DockerOptions& options,
                         const std::string& id) {
    const docker::Network* network = state.network(id);
    return network == nullptr ? options.id(id) + " (gone)" : network->name;
}

DockerView endpoints_view(const NetworkState& state, const DockerOptions& options) {
    DockerView view{"endpoints", Table({"ENDPOINT ID", "NAME", "NETWORK", "ADDRESS", "ADDRESS V6",
                                        "MAC", "SANDBOX"})};
    for (const Endpoint& endpoint : state.endpoints) {
        const docker::EndpointInterface interface =
            endpoint.interface.value_or(docker::EndpointInterface{});
        view.table.add({options.id(endpoint.id), endpoint.name,
                        network_name(state, options, endpoint.network_id),
                        text_or(interface.v4, "-"), text_or(interface.v6, "-"),
                        text_or(interface.mac, "-"),
                        text_or(options.id(endpoint.sandbox_id), "-")});
        const docker::Network* network = state.network(endpoint.network_id);
        view.rows.push_back(
            {{"id", endpoint.id},
             {"name", endpoint.name},
             {"network_id", endpoint.network_id},
             {"network", network == nullptr ? Document(nullptr) : Document(network->name)},
             {"address", interface.v4},
             {"address_v6", interface.v6},
             {"mac", interface.mac},
             {"interface", interface.source_name},
             {"gateway", endpoint.gateway},
             {"aliases", endpoint.aliases},
             {"sandbox_id", endpoint.sandbox_id}});
    }
    return view;
}

DockerView sandboxes_view(const NetworkState& state, const DockerOptions& options) {
    DockerView view{"sandboxes", Table({"SANDBOX ID", "CONTAINER ID", "ENDPOINTS"})};
    for (const Sandbox& sandbox : state.sandboxes) {
        std::string names;
        Document endpoints = Document::array();
        for (const docker::SandboxEndpoint& joined : sandbox.endpoints) {
            const Endpoint* endpoint = state.endpoint(joined.endpoint_id);
            names += names.empty() ? "" : ",";
            names += endpoint == nullptr
                         ? options.id(joined.endpoint_id) + " (gone)"
                         : endpoint->name + "@" + network_name(state, options, joined.network_id);
            endpoints.push_back({{"endpoint_id", joined.endpoint_id},
                                 {"network_id", joined.network_id},
                                 {"is_there", endpoint != nullptr}});
        }
        view.table.add(
            {options.id(sandbox.id), options.id(sandbox.container_id), text_or(names, "-")});
        view.rows.push_back({{"id", sandbox.id},
                             {"container_id", sandbox.container_id},
                             {"endpoints", endpoints},
                             {"external_dns", sandbox.external_dns}});
    }
    return view;
}

} // namespace

void set_up_docker_endpoints(Arguments arguments) {
    auto options = std::make_shared<DockerOptions>();
    options->add_to(arguments);
    arguments.footer("Example: rebolt docker endpoints local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] {
        return show_docker(
            *options, [&](const NetworkState& state) { return endpoints_view(state, *options); });
    });
}

void set_up_docker_sandboxes(Arguments arguments) {
    auto options = std::make_shared<DockerOptions>();
    options->add_to(arguments);
    arguments.footer("Example: rebolt docker sandboxes local-kv.db");
    arguments.exit_codes(reader_exit_codes);
    arguments.on_run([options] {
        return show_docker(
            *options, [&](const NetworkState& state) { return sandboxes_view(state, *options); });
    });
}

} // namespace rebolt::cli
