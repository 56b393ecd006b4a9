#include "docker/record_fields.hpp"

#include "base/base64.hpp"

namespace rebolt::docker {
namespace {

constexpr std::string_view generic_data = "com.docker.network.generic";
constexpr std::string_view generic_ports = "com.docker.network.portmap";
constexpr std::string_view generic_exposed = "com.docker.network.endpoint.exposedports";
constexpr std::string_view no_address = "<nil>"; // how Go prints an address that is not there

void visit_request(Fields& fields, PoolRequest& request) {
    fields.text("PreferredPool", request.pool);
    fields.text("SubPool", request.sub_pool);
    fields.text("Gateway", request.gateway);
    fields.text_map("AuxAddresses", request.auxiliary);
}

void visit_grant(Fields& fields, PoolGrant& grant) {
    fields.object_in_text("IPAMData", [&](Fields& inner) {
        inner.text("AddressSpace", grant.address_space);
        inner.text("Gateway", grant.gateway, Need::optional);
        inner.text("Pool", grant.pool, Need::optional);
    });
    fields.text("PoolID", grant.pool_id);
}

void visit_binding(Fields& fields, PortBinding& port) {
    fields.number("Proto", port.protocol);
    fields.text("IP", port.address);
    fields.number("Port", port.port);
    fields.text("HostIP", port.host_address);
    fields.number("HostPort", port.host_port);
    fields.number("HostPortEnd", port.host_port_end);
}

void visit_exposed(Fields& fields, PortBinding& port) {
    fields.number("Proto", port.protocol);
    fields.number("Port", port.port);
}

void visit_subnet(Fields& fields, VlanSubnet& subnet) {
    fields.text("SubnetIP", subnet.subnet);
    fields.text("GwIP", subnet.gateway);
}

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t length) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < length; ++i)
        number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

void append_big_endian(std::string& to, std::uint64_t number, std::size_t length) {
    for (std::size_t i = length; i-- > 0;)
        to += static_cast<char>(number >> (8 * i));
}

constexpr std::size_t sequence_head_bytes = 16;
constexpr std::size_t run_bytes = 12;

bool read_sequence(std::string_view bytes, BitSequence& sequence) {
    if (bytes.size() < sequence_head_bytes || (bytes.size() - sequence_head_bytes) % run_bytes != 0)
        return false;
    sequence.bits = big_endian(bytes, 0, 8);
    sequence.unselected = big_endian(bytes, 8, 8);
    for (std::size_t at = sequence_head_bytes; at < bytes.size(); at += run_bytes)
        sequence.runs.push_back(
            {static_cast<std::uint32_t>(big_endian(bytes, at, 4)), big_endian(bytes, at + 4, 8)});
    return true;
}

std::string written_sequence(const BitSequence& sequence) {
    std::string bytes;
    append_big_endian(bytes, sequence.bits, 8);
    append_big_endian(bytes, sequence.unselected, 8);
    for (const BitRun& run : sequence.runs) {
        append_big_endian(bytes, run.block, 4);
        append_big_endian(bytes, run.count, 8);
    }
    return bytes;
}

} // namespace

// A new record has only fields that all releases take. It lacks, or has beside each
// other, fields that one release writes together: so that nobody takes it for the
// work of a release (version.cpp).
void visit(Fields& fields, Network& network) {
    fields.text("addrSpace", network.address_space);
    fields.flag("attachable", network.is_attachable);
    fields.text("configFrom", network.config_from);
    fields.flag("configOnly", network.is_config_only);
    fields.text("created", network.created);
    if (!network.has_ipv4 || fields.has("enableIPv4"))
        fields.flag("enableIPv4", network.has_ipv4);
    fields.flag("enableIPv6", network.has_ipv6, Need::required);
    bool has_generic = fields.is_reading() || !network.is_config_only;
    fields.object("generic", has_generic, Decoding::by_assertion, [&](Fields& inner) {
        if (!network.has_ipv4)
            inner.untouched("com.docker.network.enable_ipv4", false);
        inner.untouched("com.docker.network.enable_ipv6", network.has_ipv6);
        if (network.is_internal)
            inner.untouched("com.docker.network.internal", true);
        inner.text_map(generic_data, network.driver_options);
    });
    fields.text("id", network.id, Need::required);
    fields.flag("inDelete", network.in_deletion);
    fields.flag("ingress", network.is_ingress);
    fields.flag("internal", network.is_internal);
    fields.untouched("ipamOptions", Json::object());
    fields.text("ipamType", network.ipam_driver);
    fields.list_in_text("ipamV4Config", network.v4_requests, visit_request);
    fields.list_in_text("ipamV4Info", network.v4_pools, visit_grant);
    fields.list_in_text("ipamV6Config", network.v6_requests, visit_request);
    fields.list_in_text("ipamV6Info", network.v6_pools, visit_grant);
    fields.text_map("labels", network.labels);
    fields.untouched("loadBalancerIP", "");
    fields.untouched("loadBalancerMode", "NAT");
    fields.text("name", network.name, Need::required);
    fields.text("networkType", network.driver, Need::required);
    fields.flag("persist", network.persists);
    fields.text("scope", network.scope);
}

void visit(Fields& fields, Endpoint& endpoint) {
    fields.flag("anonymous", endpoint.is_anonymous);
    fields.untouched("disableResolution", false);
    fields.texts("dnsNames", endpoint.dns_names);
    bool has_interface = endpoint.interface.has_value();
    fields.object("ep_iface", has_interface, Decoding::leniently, [&](Fields& inner) {
        if (!endpoint.interface)
            endpoint.interface.emplace();
        EndpointInterface& interface = *endpoint.interface;
        inner.text("addr", interface.v4, Need::optional);
        inner.text("addrv6", interface.v6, Need::optional);
        inner.text("dstPrefix", interface.destination_prefix);
        inner.text("mac", interface.mac, Need::optional);
        inner.untouched("routes", nullptr);
        inner.text("srcName", interface.source_name);
        inner.text("v4PoolID", interface.v4_pool_id);
        inner.text("v6PoolID", interface.v6_pool_id);
    });
    fields.list("exposed_ports", endpoint.exposed_ports, Decoding::leniently, visit_exposed);
    bool has_generic = true;
    fields.object("generic", has_generic, Decoding::by_assertion, [&](Fields& inner) {
        std::vector<PortBinding> exposed = endpoint.exposed_ports;
        if (!inner.is_reading() && endpoint.json.empty())
            inner.list(generic_exposed, exposed, Decoding::leniently, visit_exposed);
        inner.list(generic_ports, endpoint.published_ports, Decoding::by_assertion, visit_binding);
    });
    fields.text("id", endpoint.id, Need::required);
    fields.untouched("ingressPorts", Json::array());
    bool has_join = !endpoint.gateway.empty() || !endpoint.v6_gateway.empty();
    fields.object("joinInfo", has_join, Decoding::leniently, [&](Fields& inner) {
        inner.untouched("StaticRoutes", nullptr);
        inner.untouched("disableGatewayService", false);
        inner.text("gw", endpoint.gateway, Need::optional);
        inner.text("gw6", endpoint.v6_gateway, Need::optional);
    });
    fields.untouched("loadBalancer", false);
    fields.texts("myAliases", endpoint.aliases, Need::written);
    fields.text("name", endpoint.name, Need::required);
    fields.text("sandbox", endpoint.sandbox_id);
    fields.untouched("svcAliases", Json::array());
    fields.untouched("svcID", "");
    fields.untouched("svcName", "");
    fields.untouched("virtualIP", no_address);
}

void visit(Fields& fields, EndpointCount& count) {
    fields.count("Count", count.count);
}

void visit(Fields& fields, Sandbox& sandbox) {
    fields.text("ID", sandbox.id);
    fields.text("Cid", sandbox.container_id);
    fields.list("Eps", sandbox.endpoints, Decoding::by_struct,
                [](Fields& inner, SandboxEndpoint& endpoint) {
                    inner.text("Eid", endpoint.endpoint_id);
                    inner.text("Nid", endpoint.network_id);
                });
    fields.untouched("EpPriority", Json::object());
    fields.texts("ExtDNS", sandbox.external_dns);
}

void visit(Fields& fields, BridgeNetwork& network) {
    fields.text("AddressIPv4", network.v4, Need::optional);
    fields.text("AddressIPv6", network.v6, Need::optional);
    fields.untouched("BridgeIfaceCreator", 1);
    fields.text("BridgeName", network.bridge_name, Need::required);
    fields.untouched("ContainerIfacePrefix", "");
    fields.untouched("DefaultBindingIP", no_address);
    fields.flag("DefaultBridge", network.is_default, Need::required);
    fields.untouched("DefaultGatewayIPv4", no_address);
    fields.untouched("DefaultGatewayIPv6", no_address);
    if (network.is_default || network.v4.empty())
        fields.untouched("EnableIPv4", !network.v4.empty());
    fields.flag("EnableICC", network.lets_containers_talk, Need::required);
    fields.flag("EnableIPMasquerade", network.masquerades, Need::required);
    fields.flag("EnableIPv6", network.has_ipv6, Need::required);
    fields.untouched("HostIP", no_address);
    fields.text("ID", network.id, Need::required);
    fields.untouched("InhibitIPv4", false);
    fields.flag("Internal", network.is_internal);
    fields.number("Mtu", network.mtu, Need::required);
}

void visit(Fields& fields, BridgeEndpoint& endpoint) {
    fields.text("Addr", endpoint.v4);
    fields.text("Addrv6", endpoint.v6, Need::optional);
    fields.untouched("Config", nullptr);
    fields.untouched("ContainerConfig", nullptr);
    fields.untouched("ExternalConnConfig", nullptr);
    fields.text("MacAddress", endpoint.mac);
    fields.list("PortMapping", endpoint.port_mapping, Decoding::leniently, visit_binding);
    fields.text("SrcName", endpoint.source_name, Need::required);
    fields.text("id", endpoint.id, Need::required);
    fields.text("nid", endpoint.network_id, Need::required);
}

void visit(Fields& fields, VlanNetwork& network) {
    fields.flag("CreatedSubIface", network.made_parent, Need::required);
    fields.text("ID", network.id, Need::required);
    fields.flag("Internal", network.is_internal, Need::required);
    fields.list_in_text("Ipv4Subnets", network.v4_subnets, visit_subnet);
    fields.list_in_text("Ipv6Subnets", network.v6_subnets, visit_subnet);
    fields.text(network.driver == "ipvlan" ? "IpvlanMode" : "MacvlanMode", network.mode,
                Need::required);
    fields.number("Mtu", network.mtu, Need::required);
    fields.text("Parent", network.parent, Need::required);
}

void visit(Fields& fields, DriverEndpoint& endpoint) {
    const bool is_overlay = endpoint.driver == "overlay";
    fields.text(is_overlay ? "addr" : "Addr", endpoint.v4, Need::optional);
    if (!is_overlay)
        fields.text("Addrv6", endpoint.v6, Need::optional);
    fields.text(is_overlay ? "mac" : "MacAddress", endpoint.mac, Need::optional);
    fields.text(is_overlay ? "ifName" : "SrcName", endpoint.source_name,
                is_overlay ? Need::optional : Need::required);
    fields.text("id", endpoint.id, Need::required);
    fields.text("nid", endpoint.network_id, Need::required);
}

void visit(Fields& fields, AddressSpace& space) {
    fields.text("Scope", space.scope, Need::required);
    bool has_pools = !space.pools.empty();
    fields.object("Subnets", has_pools, Decoding::by_struct, [&](Fields& inner) {
        for (const std::string& name : inner.names()) {
            bool present = true;
            inner.object(name, present, Decoding::by_struct,
                         [&](Fields& pool) { pool.number("RefCount", space.pools[name]); });
        }
    });
}

void visit(Fields& fields, BitSequence& sequence) {
    fields.text("id", sequence.id, Need::required);
    std::string encoded = to_base64(written_sequence(sequence));
    fields.text("sequence", encoded, Need::required);
    if (!fields.is_reading() || fields.fault())
        return;
    const auto bytes = from_base64(encoded);
    if (!bytes)
        return fields.fail({"illegal base64 data in the bit sequence", false});
    if (!read_sequence(*bytes, sequence))
        fields.fail(
            {"cannot deserialize byte sequence of length " + std::to_string(bytes->size()), false});
}

void visit(Fields& /*fields*/, Marker& /*marker*/) {}

void visit(Fields& /*fields*/, OtherRecord& /*record*/) {}

} // namespace rebolt::docker
