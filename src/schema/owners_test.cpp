// What each owner's rules say of values made by hand; files that real writers made
// are tests/model/real_values' subject.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <rebolt/schema.hpp>

#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;
using test::verdict;
using testing::ElementsAre;
using testing::Optional;
using Path = std::vector<std::string>;

const std::string id(64, 'a');
const std::string other_id(64, 'b');
const std::string number = std::string(bytes("\0\0\0\0\0\0\0\7"));

TEST(SwarmTasks, RepeatTheirBucketsNameAsTheirId) {
    const std::string task = "x2jkc0c5i6zwx2jkc0c5i6zwa";
    EXPECT_EQ(verdict(Owner::swarm_tasks, {"v1", "tasks", task}, "data", "\x0a\x19" + task),
              "fine");
    EXPECT_EQ(verdict(Owner::swarm_tasks, {"v1", "tasks", task}, "data",
                      "\x0a\x03"
                      "abc"),
              "the task has the id `abc`, expected its bucket's name");
    EXPECT_EQ(verdict(Owner::swarm_tasks, {"v1", "tasks", task}, "assigned", "x"),
              "`x` is not the byte 0xff");
    EXPECT_THAT(home_of_key(Owner::swarm_tasks, "data", "\x0a\x19" + task),
                Optional(ElementsAre("v1", "tasks", task)));
}

TEST(Podman, KnowsRegistriesAndRecords) {
    EXPECT_EQ(verdict(Owner::podman, {"id-registry"}, id, "web"), "fine");
    EXPECT_EQ(verdict(Owner::podman, {"id-registry"}, "abc", "web"),
              "the key `abc` is not an id of 64 hex digits");
    EXPECT_EQ(verdict(Owner::podman, {"name-registry"}, "web", "xyz"),
              "`xyz` is not an id of 64 hex digits");
    EXPECT_EQ(verdict(Owner::podman, {"ctr", id}, "config", R"({"id":")" + id + R"("})"), "fine");
    EXPECT_EQ(verdict(Owner::podman, {"ctr", id}, "networks-of-a-newer-release", "?"), "fine");
    EXPECT_EQ(verdict(Owner::podman, {"ctr", id, "networks"}, "podman", id), "fine")
        << "Podman 3 kept the container's id there";
}

TEST(Podman, TellsAContainerFromAPodAndAVolumeByItsConfig) {
    EXPECT_THAT(
        home_of_key(Owner::podman, "config", R"({"spec":{},"id":")" + id + R"(","name":"web"})"),
        Optional(ElementsAre("ctr", id)));
    EXPECT_THAT(home_of_key(Owner::podman, "config", R"({"id":")" + id + R"(","name":"p"})"),
                Optional(ElementsAre("pod", id)));
    EXPECT_THAT(
        home_of_key(Owner::podman, "config", R"({"name":"v","driver":"local","mountPoint":"/v"})"),
        Optional(ElementsAre("vol", "v")));
    EXPECT_EQ(home_of_key(Owner::podman, id, "web"), std::nullopt)
        << "four buckets have such keys and values";
}

std::string log_entry(char index, char term) {
    return std::string("\x83\xa5Index") + index + "\xa4Term" + term + std::string("\xa4Type\0", 6);
}

TEST(RaftBoltdb, HoldsALogEntryToItsIndex) {
    EXPECT_EQ(verdict(Owner::raft_boltdb, {"logs"}, number, log_entry(7, 2)), "fine");
    EXPECT_EQ(verdict(Owner::raft_boltdb, {"logs"}, number, log_entry(8, 2)),
              "Index is 8, expected 7 as in the key");
    EXPECT_EQ(verdict(Owner::raft_boltdb, {"logs"}, number, log_entry(7, 2) + "x"),
              "the msgpack ends after 20 of 21 bytes");
    EXPECT_EQ(verdict(Owner::raft_boltdb, {"conf"}, "CurrentTerm", "1"),
              "the value has 1 bytes, expected 8");
    EXPECT_EQ(verdict(Owner::raft_boltdb, {"conf"}, "of-a-newer-release", "1"), "fine");
}

TEST(RaftBoltdb, IsAsNewAsItsTermThenItsIndex) {
    const auto age = [](std::string_view bucket, std::string_view key, std::string_view value) {
        return age_of(Owner::raft_boltdb, Path{std::string(bucket)}, key, value)->number;
    };
    EXPECT_LT(age("logs", number, log_entry(7, 2)), age("logs", number, log_entry(7, 3)));
    EXPECT_LT(age("logs", number, log_entry(7, 2)),
              age("conf", "CurrentTerm", bytes("\0\0\0\0\0\0\0\3")));
    EXPECT_GT(age("logs", number, log_entry(7, 2)),
              age("conf", "CurrentTerm", bytes("\0\0\0\0\0\0\0\2")));
}

TEST(Vault, KnowsSealedRecordsByTheirHead) {
    const std::string sealed = std::string(bytes("\0\0\0\1\2")) + std::string(30, 'x');
    EXPECT_EQ(verdict(Owner::vault, {"data"}, "logical/1/a", sealed), "fine");
    EXPECT_EQ(verdict(Owner::vault, {"data"}, "logical/1/a", "{}"),
              "the value of 2 bytes is not of the barrier's form");
    EXPECT_EQ(verdict(Owner::vault, {"data"}, "core/seal-config", "{}"), "fine");
    EXPECT_THAT(home_of_key(Owner::vault, "logical/1/a", sealed), Optional(ElementsAre("data")));
}

TEST(NomadClient, HoldsAnAllocationToItsBucket) {
    const std::string uuid = "0f1e2d3c-0000-1111-2222-333344445555";
    const std::string alloc = "\x81\xa5"
                              "Alloc\x81\xa2ID\xda" +
                              std::string(bytes("\0\x24")) + uuid;
    EXPECT_EQ(verdict(Owner::nomad_client, {"allocations", uuid}, "alloc", alloc), "fine");
    EXPECT_EQ(verdict(Owner::nomad_client, {"allocations", "x"}, "alloc", alloc),
              "the allocation has the id `" + uuid + "`, expected its bucket's name");
    EXPECT_THAT(home_of_key(Owner::nomad_client, "alloc", alloc),
                Optional(ElementsAre("allocations", uuid)));
}

TEST(OtelStorage, HoldsAQueueToItsIndexes) {
    const std::string queue = std::string(bytes("\x19\5\0\0\0\0\0\0\0\x21\7\0\0\0\0\0\0\0"));
    EXPECT_EQ(verdict(Owner::otel_storage, {"default"}, "qmv0", queue), "fine");
    std::string reversed = queue;
    reversed[1] = 9;
    EXPECT_EQ(verdict(Owner::otel_storage, {"default"}, "qmv0", reversed),
              "the read index 9 is beyond the write index 7");
    EXPECT_EQ(verdict(Owner::otel_storage, {"default"}, "knownFiles", "1\n{\"a\":"),
              "the JSON of a line stops at byte 7: unexpected end of input");
    EXPECT_EQ(verdict(Owner::otel_storage, {"default"}, "a-component's-own", "\xff"), "fine");
}

TEST(Portainer, HoldsARecordToItsNumberUnlessItIsEncrypted) {
    EXPECT_EQ(verdict(Owner::portainer, {"users"}, number, R"({"Id":7})"), "fine");
    EXPECT_EQ(verdict(Owner::portainer, {"users"}, number, R"({"Id":8})"),
              "Id is 8, expected 7 as in the key");
    EXPECT_EQ(verdict(Owner::portainer, {"users"}, number, std::string(40, '\xee')), "fine");
    EXPECT_EQ(verdict(Owner::portainer, {"users"}, number, R"({"Id":7,"Username":"ad)"),
              "the JSON stops at byte 22: unexpected end of input");
    EXPECT_THAT(home_of_key(Owner::portainer, number, R"({"Id":7,"Username":"a","Role":1})"),
                Optional(ElementsAre("users")));
    EXPECT_EQ(home_of_key(Owner::portainer, number, R"({"Id":7})"), std::nullopt);
}

TEST(Influxdb, HoldsARecordToItsIdAndAnIndexToItsForm) {
    const std::string key = "0a1b2c3d4e5f6071";
    EXPECT_EQ(verdict(Owner::influxdb, {"usersv1"}, key, R"({"id":")" + key + R"("})"), "fine");
    EXPECT_EQ(verdict(Owner::influxdb, {"usersv1"}, key, R"({"id":"x"})"),
              "the JSON has id `x`, expected `" + key + "` as in the key");
    EXPECT_EQ(verdict(Owner::influxdb, {"usersv1"}, key, ""), "fine") << "the same as none";
    EXPECT_EQ(verdict(Owner::influxdb, {"userindexv1"}, "root", "7"),
              "`7` is not an id of 16 hex digits");
    EXPECT_THAT(home_of_key(Owner::influxdb, key,
                            R"({"id":")" + key + R"(","orgID":"x","retentionPeriod":0})"),
                Optional(ElementsAre("bucketsv1")));
}

TEST(Lnd, KnowsTheGraphBySizes) {
    const std::string node = "\2" + std::string(32, 'n');
    EXPECT_EQ(verdict(Owner::lnd, {"graph-edge"}, node + number, ""), "fine");
    EXPECT_EQ(verdict(Owner::lnd, {"graph-edge", "chan-index"}, "x", number),
              "the key has 1 bytes, expected 36");
    EXPECT_THAT(home_of_key(Owner::lnd, node + number, "policy"),
                Optional(ElementsAre("graph-edge")));
    EXPECT_EQ(home_of_key(Owner::lnd, "chan-info-key", "x"), std::nullopt)
        << "a channel's state goes nowhere by a guess";
}

TEST(Bleve, NamesTheFileOfASegment) {
    EXPECT_EQ(verdict(Owner::bleve, {"s", "\x89", "\x8a"}, "p", "00000000000a.zap"), "fine");
    EXPECT_EQ(verdict(Owner::bleve, {"s", "\x89", "\x8a"}, "p", "a.db"),
              "`a.db` is not a segment's file");
}

TEST(Caches, AreJudgedByTheirForms) {
    const std::string digest = "sha256:" + id;
    EXPECT_EQ(verdict(Owner::image_cache, {"uncompressedDigest"}, digest, digest), "fine");
    EXPECT_EQ(verdict(Owner::image_cache, {"uncompressedDigest"}, digest, "sha256:1"),
              "`sha256:1` is not a digest");
    EXPECT_EQ(verdict(Owner::rclone, {"hasher"}, "a.jpg", "\x02xy"), "fine");
    EXPECT_EQ(verdict(Owner::rclone, {"hasher"}, "a.jpg", "\x05xy"),
              "the gob stops at byte 0: the message is not whole");
    EXPECT_EQ(verdict(Owner::trivy, {"vulnerability"}, "CVE-1", "{"),
              "the JSON stops at byte 1: unexpected end of input");
}

std::string words(Owner owner, const Path& bucket, std::string_view key, std::string_view value) {
    const auto readable = readable_value(owner, bucket, key, value);
    return readable ? (readable->has_secret ? "secret " : "") + readable->text : "as it is";
}

TEST(ReadableValues, AreNumbersMessagesAndJson) {
    EXPECT_EQ(words(Owner::raft_boltdb, {"conf"}, "CurrentTerm", number), "7");
    EXPECT_EQ(words(Owner::raft_boltdb, {"logs"}, number, log_entry(7, 2)),
              R"({"Index":7,"Term":2,"Type":0})");
    EXPECT_EQ(words(Owner::vault, {"config"}, "local_node_config", "\x0a\x05voter"),
              R"({1: "voter"})");
    EXPECT_EQ(readable_key(Owner::raft_boltdb, Path{"logs"}, number)->text, "7");
    EXPECT_EQ(readable_key(Owner::raft_boltdb, Path{"conf"}, "CurrentTerm"), std::nullopt);
    EXPECT_EQ(words(Owner::raft_boltdb, {"logs"}, number, "\xc1"), "as it is");
    EXPECT_EQ(words(Owner::unknown, {"logs"}, number, "x"), "as it is");
}

TEST(ReadableValues, LeaveSecretsOut) {
    EXPECT_EQ(words(Owner::vault, {"data"}, "logical/1", std::string(40, 'x')),
              "secret <sealed record: 40 bytes>");
    EXPECT_EQ(words(Owner::influxdb, {"userspasswordv1"}, "0a1b2c3d4e5f6071", "$2a$10$abc"),
              "secret <password hash: 10 bytes>");
    EXPECT_EQ(words(Owner::influxdb, {"authorizationsv1"}, "0a1b2c3d4e5f6071",
                    R"({"id":"0a1b2c3d4e5f6071","token":"t0p"})"),
              R"(secret {"id":"0a1b2c3d4e5f6071","token":"<secret: 3 bytes>"})");
    EXPECT_EQ(words(Owner::portainer, {"settings"}, "SETTINGS",
                    R"({"a":[{"ClientSecret":"x"}],"Password":""})"),
              R"(secret {"a":[{"ClientSecret":"<secret: 1 bytes>"}],"Password":""})");
    EXPECT_EQ(readable_key(Owner::influxdb, Path{"authorizationindexv1"}, "t0p")->text,
              "<token: 3 bytes>");
    const std::string deep = R"({"a":)" + std::string(500, '[') + std::string(500, ']') + "}";
    EXPECT_EQ(words(Owner::portainer, {"settings"}, "SETTINGS", deep),
              "secret <JSON: " + std::to_string(deep.size()) + " bytes>");
}

} // namespace
} // namespace rebolt::schema
