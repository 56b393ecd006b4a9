#include <gtest/gtest.h>

#include "schema/libkv_value.hpp"
#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;

constexpr std::string_view network_id =
    "265fa1420c0f00f92774ff4d38b3236ec8c4cd1ef3ed3e3b9065e86f7df0f778";
constexpr std::string_view endpoint_id =
    "0c0f200ba858fb4645504e8c502a82694977a3ec21975c1cc91571466c490dd7";

std::string verdict_on(std::string_view key, std::string_view value) {
    return test::verdict(Owner::docker_network, {"libnetwork"}, key, value);
}

std::string verdict_on_json(const std::string& chain, std::string_view json) {
    return verdict_on("docker/network/v1.0/" + chain + "/",
                      make_libkv_value({.index = 9, .payload = json}));
}

std::string chain(std::string_view kind, std::string_view id) {
    return std::string(kind).append("/").append(id);
}

std::string json(std::string_view field, std::string_view id) {
    return std::string("{\"").append(field).append("\":\"").append(id).append("\"}");
}

// Values of docker-20.10-running.db, some cut short between their fields.
TEST(DockerNetwork, TakesRealValues) {
    const std::string network(network_id);
    const std::string endpoint(endpoint_id);
    EXPECT_EQ(verdict_on("docker/network/v1.0/endpoint_count/", bytes("\x03\0\0\0\0\0\0\0")),
              "fine");
    EXPECT_EQ(verdict_on_json("endpoint_count/" + network, R"({"Count":3})"), "fine");
    EXPECT_EQ(verdict_on_json("network/" + network,
                              R"({"addrSpace":"LocalDefault","attachable":false,"generic":{)"
                              R"("com.docker.network.generic":{}},"id":")" +
                                  network + R"(","ipamV4Config":"[{\"PreferredPool\":\"\"}]"})"),
              "fine");
    EXPECT_EQ(verdict_on_json("endpoint/" + network + "/" + endpoint,
                              R"({"anonymous":false,"ep_iface":{"addr":"172.19.0.4/16"},"id":")" +
                                  endpoint + R"(","virtualIP":"\u003cnil\u003e"})"),
              "fine");
    EXPECT_EQ(verdict_on_json("bridge-endpoint/" + endpoint,
                              R"({"Addr":"172.19.0.4/16","PortMapping":null,"id":")" + endpoint +
                                  R"(","nid":")" + network + "\"}"),
              "fine");
    EXPECT_EQ(verdict_on_json("bridge/" + network, R"({"AddressIPv4":"172.21.0.1/16","ID":")" +
                                                       network + R"(","Mtu":1400})"),
              "fine");
    EXPECT_EQ(verdict_on_json("sandbox/" + endpoint,
                              R"({"ID":")" + endpoint + R"(","Eps":[{"Eid":"e","Nid":"n"}]})"),
              "fine");
}

TEST(DockerNetwork, TakesOtherDriversAndKindsItDoesNotKnow) {
    EXPECT_EQ(verdict_on_json("macvlan/network/abc", json("ID", "abc")), "fine");
    EXPECT_EQ(verdict_on_json("ipvlan/endpoint/abc", json("id", "abc")), "fine");
    EXPECT_EQ(verdict_on_json("overlay/network/abc", R"([{"SubnetIP":"10.0.0.0/24"}])"), "fine");
    EXPECT_EQ(verdict_on_json("idm/vxlan-id", R"({"id":"vxlan-id","sequence":"AAA="})"), "fine");
    EXPECT_EQ(verdict_on_json("ipam/default/v1.0/LocalDefault", "{}"), "fine");
}

TEST(DockerNetwork, TakesTheRootChainOfADaemonWithAClusterStorePath) {
    const std::string value = make_libkv_value({.index = 1, .payload = json("ID", "abc")});
    EXPECT_EQ(verdict_on("my/prefix/docker/network/v1.0/bridge/abc/", value), "fine");
    EXPECT_EQ(verdict_on("xdocker/network/v1.0/docker/network/v1.0/bridge/abc/", value), "fine");
}

TEST(DockerNetwork, TakesADirectoryMarkerAnywhere) {
    EXPECT_EQ(verdict_on_json(chain("network", network_id), ""), "fine");
}

TEST(DockerNetwork, DoesNotKnowKeysThatANewerReleaseMayWrite) {
    const std::string value = make_libkv_value({.index = 1, .payload = "{}"});
    constexpr std::string_view wrong =
        "unknown form: the key is not of the form docker/network/v1.0/.../";
    EXPECT_EQ(verdict_on("docker/network/v1.0/idm/vxlan-id", value), wrong);
    EXPECT_EQ(verdict_on("docker/netwoRk/v1.0/idm/vxlan-id/", value), wrong);
    EXPECT_EQ(verdict_on("xdocker/network/v1.0/idm/vxlan-id/", value), wrong);
    EXPECT_EQ(verdict_on("docker/network/v1.0/", value), wrong);
    EXPECT_EQ(verdict_on("docker/network/v2.0/idm/vxlan-id/", value), wrong);
    EXPECT_EQ(verdict_on("/", value), wrong);
}

TEST(DockerNetwork, CatchesKeysThatWereTorn) {
    const std::string value = make_libkv_value({.index = 1, .payload = "{}"});
    constexpr std::string_view wrong = "the key is not of the form docker/network/v1.0/.../";
    EXPECT_EQ(verdict_on(bytes("docker/netw\0\0\0\0\0\0.0/idm/vxlan-id/"), value), wrong);
    EXPECT_EQ(verdict_on(bytes("\0\0\0\0"), value), wrong);
}

TEST(DockerNetwork, DoesNotKnowKindsThatANewerReleaseMayKeepInAnotherForm) {
    const std::string value = make_libkv_value({.index = 1, .payload = "\x12\x03x"});
    EXPECT_EQ(verdict_on("docker/network/v1.0/new-kind/abc/", value),
              "unknown form: the JSON behind the 8-byte index stops at byte 8: unexpected byte "
              "0x12");
    EXPECT_EQ(verdict_on("docker/network/v1.0/network/abc/", value),
              "the JSON behind the 8-byte index stops at byte 8: unexpected byte 0x12");
}

TEST(DockerNetwork, CatchesAWrongIndex) {
    constexpr std::string_view key = "docker/network/v1.0/endpoint_count/";
    EXPECT_EQ(verdict_on(key, ""), "the value has 0 bytes, expected an 8-byte index and JSON");
    EXPECT_EQ(verdict_on(key, bytes("\x03\0\0")),
              "the value has 3 bytes, expected an 8-byte index and JSON");
    EXPECT_EQ(verdict_on(key, bytes("\0\0\0\0\0\0\0\0")),
              "the 8-byte index is 0, which libkv does not write");
    EXPECT_EQ(verdict_on(key, R"({"Count":3})"),
              "the 8-byte index is 2482730745244885627, which libkv does not write");
}

TEST(DockerNetwork, CatchesBrokenJson) {
    const std::string key = chain("network", network_id);
    EXPECT_EQ(verdict_on_json(key, R"({"addrSpace":"Local)"),
              "the JSON behind the 8-byte index stops at byte 27: unexpected end of input");
    EXPECT_EQ(verdict_on_json(key, R"({"addrSpace"*"Local"})"),
              "the JSON behind the 8-byte index stops at byte 20: unexpected byte 0x2a");
    EXPECT_EQ(verdict_on_json(key, bytes("{\"addrSpace\"\0\0\0\0")),
              "the JSON behind the 8-byte index stops at byte 20: unexpected byte 0x00");
    EXPECT_EQ(verdict_on_json("endpoint_count/x", "3"),
              "the JSON behind the 8-byte index is not an object");
}

TEST(DockerNetwork, CatchesARecordUnderAnotherOnesKey) {
    EXPECT_EQ(verdict_on_json("network/abc", json("id", "abd")),
              "the JSON behind the 8-byte index has id `abd`, expected `abc` as in the key");
    EXPECT_EQ(verdict_on_json("endpoint/net/abc", json("id", "net")),
              "the JSON behind the 8-byte index has id `net`, expected `abc` as in the key");
    EXPECT_EQ(verdict_on_json("sandbox/abc", json("id", "abc")),
              "the JSON behind the 8-byte index has no string `ID`");
}

TEST(DockerNetwork, JudgesOnlyItsBucket) {
    EXPECT_EQ(test::verdict(Owner::docker_network, {"other"}, "k", "v"), "fine");
    EXPECT_EQ(test::verdict(Owner::docker_network, {"libnetwork", "x"}, "k", "v"), "fine");
    EXPECT_EQ(test::verdict(Owner::docker_network, {}, "k", "v"), "fine");
}

} // namespace
} // namespace rebolt::schema
