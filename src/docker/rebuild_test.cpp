// What comes back from the containers' files alone, compared with what dockerd
// 28.5.2 had: 15 containers in 13 networks, and the file wholly lost.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/startup.hpp>

#include "docker/rebuild.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::docker {
namespace {

NetworkState real_state() {
    auto state =
        load_network_state(*PageSource::open(REBOLT_TEST_DATA "/real/docker-28.5-killed.db"));
    EXPECT_TRUE(state);
    return std::move(*state);
}
Containers real_containers() {
    auto containers = load_containers(REBOLT_TEST_DATA "/roots/docker-28.5");
    EXPECT_TRUE(containers);
    return std::move(*containers);
}

// The state after a repair of a file with nothing in it.
NetworkState rebuilt_from(const Containers& containers) {
    const test::TemporaryFolder folder;
    const std::string path = folder.path("local-kv.db");
    EXPECT_TRUE(make_network_state(path, 0600));
    const auto load = [&] { return load_network_state(*PageSource::open(path)); };
    const FsckReport report = fsck(*load(), &containers);
    EXPECT_TRUE(mend_records(path, report));
    const auto walked = walk_startup(*PageSource::open(path), Version{28, 5, 2});
    EXPECT_TRUE(walked && !walked->fate && walked->writes_meet.empty());
    return std::move(*load());
}

std::vector<std::string> pools_of(const Network& network) {
    std::vector<std::string> pools;
    for (const auto* grants : {&network.v4_pools, &network.v6_pools})
        for (const PoolGrant& grant : *grants)
            pools.push_back(grant.pool + " " + grant.gateway + " " + grant.pool_id);
    return pools;
}

TEST(DockerRebuild, ASoundFileAndItsContainersAreConsistent) {
    const Containers containers = real_containers();
    EXPECT_EQ(containers.all.size(), 15U);
    EXPECT_EQ(containers.unreadable.size(), 0U);
    EXPECT_EQ(fsck(real_state(), &containers).findings.size(), 0U);
}

TEST(DockerRebuild, AWhollyLostFileComesBack) {
    const NetworkState before = real_state();
    const NetworkState after = rebuilt_from(real_containers());
    std::vector<std::string> names;
    for (const Network& network : after.networks) {
        const Network* real = before.network(network.id);
        ASSERT_NE(real, nullptr) << network.name;
        names.push_back(network.name);
        EXPECT_EQ(network.name, real->name);
        EXPECT_EQ(network.driver, real->driver) << network.name;
        EXPECT_EQ(pools_of(network), pools_of(*real)) << network.name;
        EXPECT_EQ(network.is_internal, real->is_internal) << network.name;
        EXPECT_EQ(network.has_ipv6, real->has_ipv6) << network.name;
        EXPECT_NE(after.bridge(network.id), nullptr) << network.name;
        EXPECT_NE(after.count(network.id), nullptr) << network.name;
    }
    std::ranges::sort(names);
    EXPECT_EQ(names, (std::vector<std::string>{"inner", "named", "net1", "net2", "net3", "net4",
                                               "net5", "net6", "six", "sub"}));
    EXPECT_EQ(name_of(tell_version(after)), "an unknown release of Docker"); // rebolt's own work
}

TEST(DockerRebuild, EndpointsHaveTheirNamesPortsAndGateways) {
    const NetworkState before = real_state();
    const NetworkState after = rebuilt_from(real_containers());
    const auto ports = [](const std::vector<PortBinding>& bindings) {
        std::vector<std::string> texts;
        for (const PortBinding& port : bindings)
            texts.push_back(std::to_string(port.port) + "/" + protocol_name(port.protocol) + " " +
                            port.host_address + ":" + std::to_string(port.host_port));
        return texts;
    };
    std::size_t seen = 0;
    for (const Endpoint& endpoint : after.endpoints) {
        const Endpoint* real = before.endpoint(endpoint.id);
        ASSERT_NE(real, nullptr);
        ++seen;
        EXPECT_EQ(endpoint.name, real->name);
        EXPECT_EQ(endpoint.dns_names, real->dns_names) << endpoint.name;
        EXPECT_EQ(endpoint.gateway, real->gateway) << endpoint.name;
        EXPECT_EQ(endpoint.v6_gateway, real->v6_gateway) << endpoint.name;
        EXPECT_EQ(endpoint.interface->v4, real->interface->v4) << endpoint.name;
        EXPECT_EQ(endpoint.interface->v6, real->interface->v6) << endpoint.name;
        EXPECT_EQ(endpoint.interface->v4_pool_id, real->interface->v4_pool_id) << endpoint.name;
        EXPECT_EQ(ports(endpoint.published_ports), ports(real->published_ports)) << endpoint.name;
        EXPECT_EQ(ports(endpoint.exposed_ports), ports(real->exposed_ports)) << endpoint.name;
    }
    EXPECT_EQ(seen, 14U);
    EXPECT_EQ(after.sandboxes.size(), 12U);
    for (const Sandbox& sandbox : after.sandboxes) {
        const Sandbox* real = before.sandbox(sandbox.id);
        ASSERT_NE(real, nullptr);
        EXPECT_EQ(sandbox.container_id, real->container_id);
        EXPECT_EQ(sandbox.endpoints.size(), real->endpoints.size());
    }
    const Containers containers = real_containers();
    EXPECT_EQ(fsck(after, &containers).findings.size(), 0U);
}

Container container_in(const std::string& network) {
    Container container;
    container.id = std::string(64, 'c');
    container.name = "c";
    container.networks.emplace_back();
    container.networks.back().name = network;
    container.networks.back().network_id = std::string(64, 'd');
    return container;
}

RebuiltNetwork rebuilt(const NetworkState& state, const Container& container) {
    return rebuild_network(state, {{&container, &container.networks.front()}});
}

TEST(DockerRebuild, ComposesNetworkHasItsLabels) {
    Container container = container_in("shop_back_end");
    container.networks.front().address = "10.0.0.2";
    container.networks.front().prefix_bits = 24;
    container.labels = {{"com.docker.compose.project", "shop"}};
    const auto network = rebuilt({}, container).network;
    ASSERT_TRUE(network);
    EXPECT_EQ(network->labels, (TextMap{{"com.docker.compose.network", "back_end"},
                                        {"com.docker.compose.project", "shop"}}));
    container.labels["com.docker.compose.project"] = "other";
    EXPECT_EQ(rebuilt({}, container).network->labels, TextMap{});
}

TEST(DockerRebuild, ANetworkOfIPv6Alone) {
    Container container = container_in("six");
    container.networks.front().v6_address = "fd00:1::2";
    container.networks.front().v6_prefix_bits = 64;
    container.networks.front().v6_gateway = "fd00:1::1";
    const auto network = rebuilt({}, container).network;
    ASSERT_TRUE(network);
    EXPECT_FALSE(network->has_ipv4);
    EXPECT_TRUE(network->has_ipv6);
    EXPECT_NE(serialize(*network).find("\"enableIPv4\":false"), std::string::npos);
    const auto bridge = rebuild_bridge(*network);
    ASSERT_TRUE(bridge);
    EXPECT_EQ(bridge->v4, "");
    EXPECT_EQ(bridge->v6, "fd00:1::1/64");
    EXPECT_NE(serialize(*bridge).find("\"EnableIPv4\":false"), std::string::npos);
}

TEST(DockerRebuild, WhatADriverHasIsUsed) {
    NetworkState state;
    VlanNetwork vlan;
    vlan.driver = "macvlan";
    vlan.id = std::string(64, 'd');
    vlan.parent = "eth0.10";
    vlan.mode = "bridge";
    vlan.v4_subnets = {{"192.0.2.0/24", "192.0.2.1/24"}};
    state.vlans.push_back(vlan);
    const auto found = rebuilt(state, container_in("lan"));
    ASSERT_TRUE(found.network);
    EXPECT_EQ(found.network->driver, "macvlan");
    EXPECT_EQ(found.network->driver_options.at("parent"), "eth0.10");
    EXPECT_EQ(found.network->driver_options.at("macvlan_mode"), "bridge");
    EXPECT_EQ(found.network->v4_pools.at(0).pool, "192.0.2.0/24");
    EXPECT_FALSE(found.network->is_internal);
}

TEST(DockerRebuild, WhatNothingTellsIsListed) {
    Container container = container_in("stopped");
    const auto lost = rebuilt({}, container);
    EXPECT_FALSE(lost.network);
    EXPECT_EQ(lost.unknown,
              std::vector<std::string>{"its pools: none of its containers has an address"});
    container.networks.front().address = "10.0.0.2";
    container.networks.front().prefix_bits = 24;
    const auto found = rebuilt({}, container);
    ASSERT_TRUE(found.network);
    EXPECT_EQ(found.unknown.size(), 3U);
    EXPECT_EQ(found.unknown[1], "its driver (taken to be bridge) and options, such as the bridge's "
                                "name and its MTU");
    Containers containers;
    containers.all = {container};
    const FsckReport report = fsck({}, &containers);
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].unknown, found.unknown);
}

} // namespace
} // namespace rebolt::docker
