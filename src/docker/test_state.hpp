// For tests: records of a real network state to change, and how they are written.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>
#include <rebolt/docker/network_state.hpp>

namespace rebolt::docker::test_damage {

inline constexpr const char* root = "docker/network/v1.0/";
inline const std::string some_id(64, 'a');

inline std::string value_of(std::string_view json) {
    return std::string("\1\0\0\0\0\0\0\0", 8).append(json);
}

inline void put(Bucket& bucket, const Record& record) {
    EXPECT_TRUE(bucket.put(key_of(record), serialize(record)));
}

// A user network with endpoints, on a bridge.
inline const Network& used_network(const NetworkState& state) {
    for (const Network& network : state.networks)
        if (network.driver == "bridge" && network.name != "bridge" && !network.has_ipv6 &&
            std::ranges::count(state.endpoints, network.id, &Endpoint::network_id) > 0)
            return network;
    ADD_FAILURE() << "the file has no such network";
    return state.networks.front();
}
inline const Endpoint& used_endpoint(const NetworkState& state) {
    return *std::ranges::find(state.endpoints, used_network(state).id, &Endpoint::network_id);
}
inline const Network& default_bridge(const NetworkState& state) {
    return *std::ranges::find(state.networks, "bridge", &Network::name);
}

} // namespace rebolt::docker::test_damage
