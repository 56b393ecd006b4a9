#include <rebolt/docker/records.hpp>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>
#include <rebolt/docker/network_state.hpp>

namespace rebolt::docker {
namespace {

std::string real_file(const std::string& name) {
    return REBOLT_TEST_DATA "/real/" + name;
}

std::string with_index(std::string_view json) {
    return std::string("\x01\0\0\0\0\0\0\0", 8).append(json);
}

void expect_round_trip(const std::string& name, std::size_t keys) {
    const auto db = DB::open(real_file(name), {.read_only = true});
    ASSERT_TRUE(db) << db.error().to_text();
    std::size_t seen = 0;
    const auto done = db->view([&](Tx& tx) -> Result<void> {
        return tx.bucket("libnetwork")->for_each([&](const Entry& entry) -> Result<void> {
            ++seen;
            const auto record = parse_record(entry.key, entry.value);
            EXPECT_TRUE(record) << entry.key << ": " << record.error().reason;
            if (!record)
                return {};
            EXPECT_FALSE(std::holds_alternative<OtherRecord>(*record)) << entry.key;
            EXPECT_EQ(serialize(*record), entry.value) << entry.key;
            EXPECT_EQ(key_of(*record), entry.key);
            return {};
        });
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(seen, keys);
}

TEST(DockerRecords, OfARunningDaemonRoundTrip) {
    expect_round_trip("docker-20.10-running.db", 56);
}
TEST(DockerRecords, OfAStoppedDaemonRoundTrip) {
    expect_round_trip("docker-20.10-stopped.db", 25);
}
TEST(DockerRecords, OfAKilledDaemonRoundTrip) {
    expect_round_trip("docker-20.10-many.db", 305);
}

TEST(DockerRecords, OfNewerDaemonsRoundTrip) {
    expect_round_trip("docker-26.1-killed.db", 84);
    expect_round_trip("docker-28.5-killed.db", 84);
}

TEST(DockerRecords, NetworkHasItsFields) {
    const auto source = PageSource::open(real_file("docker-20.10-running.db"));
    const auto state = load_network_state(*source);
    ASSERT_TRUE(state) << state.error().to_text();
    EXPECT_TRUE(state->is_complete());
    EXPECT_EQ(state->networks.size(), 9U);
    EXPECT_EQ(state->endpoints.size(), 11U);
    EXPECT_EQ(state->sandboxes.size(), 9U);
    const Network* network =
        state->network("0d3699cb634f9af76caa25a94b7185f179610800e32f72498fd7f17bdd766abf");
    ASSERT_NE(network, nullptr);
    EXPECT_EQ(network->name, "custom");
    EXPECT_EQ(network->driver, "bridge");
    EXPECT_EQ(network->driver_options.at("com.docker.network.bridge.name"), "br-custom");
    ASSERT_EQ(network->v4_pools.size(), 1U);
    EXPECT_EQ(network->v4_pools[0].pool, "172.21.0.0/16");
    EXPECT_EQ(network->v4_pools[0].gateway, "172.21.0.1/16");
}

TEST(DockerRecords, AChangeLeavesUnknownFieldsAndOrder) {
    const std::string key = "docker/network/v1.0/endpoint_count/abc/";
    auto record = parse_record(key, with_index(R"({"Zeta":[1.5,{"b":null}],"Count":3,"A":"<&>"})"));
    ASSERT_TRUE(record);
    std::get<EndpointCount>(*record).count = 2;
    EXPECT_EQ(serialize(*record),
              with_index(R"({"Zeta":[1.5,{"b":null}],"Count":2,"A":"\u003c\u0026\u003e"})"));
}

TEST(DockerRecords, AMissingNameIsAPanic) {
    const auto record =
        parse_record("docker/network/v1.0/network/abc/", with_index(R"({"id":"abc"})"));
    ASSERT_FALSE(record);
    EXPECT_TRUE(record.error().panics);
    EXPECT_EQ(record.error().reason,
              "interface conversion: interface {} is nil, not bool (field enableIPv6)");
}

TEST(DockerRecords, TruncatedJsonIsGosError) {
    const auto record =
        parse_record("docker/network/v1.0/sandbox/abc/", with_index(R"({"ID":"ab)"));
    ASSERT_FALSE(record);
    EXPECT_FALSE(record.error().panics);
    EXPECT_EQ(record.error().reason, "unexpected end of JSON input");
}

TEST(DockerRecords, AShortValueIsAPanicOfLibkv) {
    const auto record = parse_record("docker/network/v1.0/sandbox/abc/", "abc");
    ASSERT_FALSE(record);
    EXPECT_TRUE(record.error().panics);
}

TEST(DockerRecords, DeepNestingIsRefused) {
    const auto record =
        parse_record("docker/network/v1.0/sandbox/abc/", with_index(std::string(100000, '[')));
    ASSERT_FALSE(record);
    EXPECT_EQ(record.error().reason, "exceeded max depth");
}

TEST(DockerRecords, DriversOfOtherKindsRoundTrip) {
    const std::vector<std::pair<std::string, std::string>> records = {
        {"ipvlan/network/n",
         R"({"CreatedSubIface":false,"ID":"n","Internal":false,"Ipv4Subnets":"[{\")"
         R"(SubnetIP\":\"10.1.0.0/24\",\"GwIP\":\"10.1.0.1/24\"}]","IpvlanMode":"l)"
         R"(2","Mtu":0,"Parent":"eth0"})"},
        {"macvlan/endpoint/e",
         R"({"Addr":"10.1.0.2/24","MacAddress":"02:42:0a:01:00:02","SrcName":"veth)"
         R"(1","id":"e","nid":"n"})"},
        {"overlay/endpoint/e",
         R"({"addr":"10.0.0.2/24","id":"e","ifName":"veth2","mac":"02:42:0a:00:00:)"
         R"(02","nid":"n"})"},
        {"ipam/default/config/LocalDefault",
         R"({"Scope":"local","Subnets":{"LocalDefault/172.17.0.0/16":{"ParentKey":)"
         R"({"AddressSpace":"","Subnet":"","ChildSubnet":""},"Pool":"172.17.0.0/16)"
         R"(","RefCount":1}}})"},
        {"idm/vxlan-id", R"({"id":"vxlan-id","sequence":"AAAAAAAAACAAAAAAAAAAHoAAAAEAAAAAAAAAAQ==")"
                         R"(})"},
    };
    for (const auto& [chain, json] : records) {
        const std::string key = "docker/network/v1.0/" + chain + "/";
        const auto record = parse_record(key, with_index(json));
        ASSERT_TRUE(record) << chain << ": " << record.error().reason;
        EXPECT_EQ(serialize(*record), with_index(json));
        EXPECT_EQ(key_of(*record), key);
    }
    const auto idm =
        parse_record("docker/network/v1.0/idm/vxlan-id/", with_index(records[4].second));
    const auto& sequence = std::get<BitSequence>(*idm);
    EXPECT_EQ(sequence.bits, 32U);
    EXPECT_EQ(sequence.unselected, 30U);
    ASSERT_EQ(sequence.runs.size(), 1U);
    EXPECT_EQ(sequence.runs[0].block, 0x80000001U);
}

} // namespace
} // namespace rebolt::docker
