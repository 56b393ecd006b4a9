// Damage of Docker's network state that no page shows, for tests: by name, what is
// changed in a sound file.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>
#include <rebolt/docker/network_state.hpp>

#include "docker/test_state.hpp"

namespace rebolt::docker::test_damage {

using Change = std::function<void(Bucket&, const NetworkState&)>;

// A network like one with endpoints, that dockerd meets before or after that one.
inline void put_twin(Bucket& bucket, const NetworkState& state, char id) {
    Network twin = used_network(state);
    twin.id = std::string(64, id);
    twin.name = "twin";
    put(bucket, twin);
    EndpointCount count;
    count.network_id = twin.id;
    count.index = 1;
    put(bucket, count);
}

using Changes = std::map<std::string, Change>;

// Values that libnetwork cannot read.
inline Changes bad_values() {
    return {{"bad-bridge",
             [](Bucket& bucket, const NetworkState&) {
                 EXPECT_TRUE(bucket.put(root + ("bridge/" + some_id) + "/", value_of("{\"ID\"")));
             }},
            {"bad-ipvlan",
             [](Bucket& bucket, const NetworkState&) {
                 EXPECT_TRUE(
                     bucket.put(root + ("ipvlan/network/" + some_id) + "/", value_of("{\"ID\"")));
             }},
            {"bad-macvlan-endpoint",
             [](Bucket& bucket, const NetworkState&) {
                 EXPECT_TRUE(
                     bucket.put(root + ("macvlan/endpoint/" + some_id) + "/", value_of("{\"id\"")));
             }},
            {"bad-network",
             [](Bucket& bucket, const NetworkState&) {
                 EXPECT_TRUE(bucket.put(root + ("network/" + some_id) + "/", value_of("{\"id\"")));
             }},
            {"bad-sandbox",
             [](Bucket& bucket, const NetworkState&) {
                 EXPECT_TRUE(bucket.put(root + ("sandbox/" + some_id) + "/", value_of("{\"ID\"")));
             }},
            {"value-short", [](Bucket& bucket, const NetworkState&) {
                 EXPECT_TRUE(bucket.put(root + ("bridge/" + some_id) + "/", "1234"));
             }}};
}

// Records that do not fit together.
inline Changes wrong_records() {
    return {{"bridge-stale-default",
             [](Bucket& bucket, const NetworkState& state) {
                 EXPECT_TRUE(bucket.erase(default_bridge(state).key));
             }},
            {"bridge-stale-user",
             [](Bucket& bucket, const NetworkState& state) {
                 EXPECT_TRUE(bucket.erase(used_network(state).key));
             }},
            {"bridge-record-missing",
             [](Bucket& bucket, const NetworkState& state) {
                 EXPECT_TRUE(bucket.erase(state.bridge(used_network(state).id)->key));
             }},
            {"count-missing-bridge",
             [](Bucket& bucket, const NetworkState& state) {
                 EXPECT_TRUE(bucket.erase(state.count(default_bridge(state).id)->key));
             }},
            {"count-missing-used",
             [](Bucket& bucket, const NetworkState& state) {
                 EXPECT_TRUE(bucket.erase(state.count(used_network(state).id)->key));
             }},
            {"field-missing",
             [](Bucket& bucket, const NetworkState& state) {
                 const Network& network = used_network(state);
                 std::string json = network.json;
                 const std::string_view field = "\"enableIPv6\":false,";
                 json.erase(json.find(field), field.size());
                 EXPECT_TRUE(bucket.put(network.key, value_of(json)));
             }},
            {"in-deletion",
             [](Bucket& bucket, const NetworkState& state) {
                 Network network = used_network(state);
                 network.in_deletion = true;
                 put(bucket, network);
             }},
            {"pool-missing",
             [](Bucket& bucket, const NetworkState& state) {
                 Network network = used_network(state);
                 const std::size_t begin = network.json.find("\"ipamV4Info\"");
                 network.json.erase(begin, network.json.find("\"labels\"") - begin);
                 EXPECT_TRUE(bucket.put(network.key, value_of(network.json)));
             }},
            {"pools-overlap",
             [](Bucket& bucket, const NetworkState& state) { put_twin(bucket, state, '0'); }},
            {"sandbox-endpoint-missing", [](Bucket& bucket, const NetworkState& state) {
                 EXPECT_TRUE(bucket.erase(state.endpoints.front().key));
             }}};
}

// Two of what may be there once.
inline Changes records_twice() {
    return {{"address-twice",
             [](Bucket& bucket, const NetworkState& state) {
                 Endpoint twin = used_endpoint(state);
                 twin.id = some_id;
                 twin.name = "twin";
                 put(bucket, twin);
             }},
            {"bridge-name-twice",
             [](Bucket& bucket, const NetworkState& state) {
                 BridgeNetwork twin = *state.bridge(used_network(state).id);
                 twin.id = some_id;
                 put(bucket, twin);
             }},
            {"endpoint-name-twice",
             [](Bucket& bucket, const NetworkState& state) {
                 Endpoint twin = used_endpoint(state);
                 twin.id = some_id;
                 twin.interface.reset();
                 put(bucket, twin);
             }},
            {"network-name-twice",
             [](Bucket& bucket, const NetworkState& state) {
                 Network twin = used_network(state);
                 twin.id = some_id;
                 twin.v4_requests.clear();
                 twin.v4_pools.clear();
                 put(bucket, twin);
             }},
            {"bridge-network-twice", [](Bucket& bucket, const NetworkState& state) {
                 Network twin = default_bridge(state);
                 twin.id = some_id;
                 put(bucket, twin);
             }}};
}

// What the removal of another record left.
inline Changes records_left_over() {
    return {{"count-differs",
             [](Bucket& bucket, const NetworkState& state) {
                 EndpointCount count = *state.count(used_network(state).id);
                 count.count += 5;
                 put(bucket, count);
             }},
            {"count-left-over",
             [](Bucket& bucket, const NetworkState&) {
                 EndpointCount count;
                 count.network_id = some_id;
                 count.index = 1;
                 put(bucket, count);
             }},
            {"endpoint-left-over",
             [](Bucket& bucket, const NetworkState& state) {
                 Endpoint endpoint = used_endpoint(state);
                 endpoint.network_id = some_id;
                 put(bucket, endpoint);
             }},
            {"sandbox-empty",
             [](Bucket& bucket, const NetworkState& state) {
                 Sandbox sandbox = *state.sandbox(used_endpoint(state).sandbox_id);
                 sandbox.endpoints.clear();
                 put(bucket, sandbox);
             }},
            {"sandbox-missing", [](Bucket& bucket, const NetworkState& state) {
                 EXPECT_TRUE(bucket.erase(state.sandbox(used_endpoint(state).sandbox_id)->key));
             }}};
}

// Damage that no page shows.
inline const Changes& logical_damage() {
    static const Changes changes = [] {
        Changes all = bad_values();
        all.merge(wrong_records());
        all.merge(records_twice());
        all.merge(records_left_over());
        return all;
    }();
    return changes;
}

} // namespace rebolt::docker::test_damage
