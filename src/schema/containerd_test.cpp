#include <gtest/gtest.h>

#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;
using Path = std::vector<std::string>;

std::string verdict_on(const Path& bucket, std::string_view key, std::string_view value) {
    return test::verdict(Owner::containerd, bucket, key, value);
}

const Path container{"v1", "moby", "containers", "0406714776a3"};
const Path runtime{"v1", "moby", "containers", "0406714776a3", "runtime"};
const Path target{"v1", "default", "images", "localhost/box:1", "target"};
const Path blob{"v1", "default", "content", "blob", "sha256:47560aca"};

constexpr std::string_view time_v1 = bytes("\x01\0\0\0\x0e\xe2\x95\xfd\xa8+\xa7 \x17\xff\xff");
constexpr std::string_view options =
    bytes("\n\x1a"
          "containerd.runc.v1.Options\x12$2\x04runc:\x1c/var/run/docker/runtime-runc");
constexpr std::string_view spec =
    bytes("\n\x36types.containerd.io/opencontainers/runtime-spec/1/Spec\x12\x1a"
          "{\"ociVersion\":\"1.0.2-dev\"}");
constexpr std::string_view digest =
    "sha256:f1013b9545f74021c81a0ee6fba6d7486d1ce6d5c7b75a5d8cb2442693a8113d";

// Values of containerd-1.6-meta.db, and of meta.db files written by ctr 1.6.20.
TEST(Containerd, TakesRealValues) {
    EXPECT_EQ(verdict_on({"v1"}, "version", "\x06"), "fine");
    EXPECT_EQ(verdict_on(container, "createdat", time_v1), "fine");
    EXPECT_EQ(verdict_on(container, "updatedat", time_v1), "fine");
    EXPECT_EQ(verdict_on(container, "image", ""), "fine");
    EXPECT_EQ(verdict_on(container, "spec", spec), "fine");
    EXPECT_EQ(verdict_on(runtime, "name", "io.containerd.runc.v2"), "fine");
    EXPECT_EQ(verdict_on(runtime, "options", options), "fine");
    EXPECT_EQ(verdict_on(runtime, "options",
                         bytes("\n\x1a"
                               "containerd.runc.v1.Options")),
              "fine");
    EXPECT_EQ(verdict_on(target, "digest", digest), "fine");
    EXPECT_EQ(verdict_on(target, "size", bytes("\xc8\x06")), "fine");
    EXPECT_EQ(verdict_on(blob, "createdat", time_v1), "fine");
    EXPECT_EQ(verdict_on(blob, "size", bytes("\x9a\xdd\x01")), "fine");
    EXPECT_EQ(verdict_on({"v1", "default", "content", "ingests", "ref1"}, "expireat", time_v1),
              "fine");
    EXPECT_EQ(verdict_on({"v1", "default", "snapshots", "native", "a", "children"}, "box1", ""),
              "fine");
}

TEST(Containerd, TakesASnapshottersFile) {
    const Path snapshot{"v1", "snapshots", "default/2/sha256:0d7c"};
    EXPECT_EQ(verdict_on(snapshot, "createdat", time_v1), "fine");
    EXPECT_EQ(verdict_on(snapshot, "id", "\x01"), "fine");
    EXPECT_EQ(verdict_on(snapshot, "kind", "\x03"), "fine");
    EXPECT_EQ(verdict_on(snapshot, "size", bytes("\x80\xc0\x05")), "fine");
    EXPECT_EQ(verdict_on({"v1", "parents"}, bytes("\x01\0\x02"), "default/3/box1"), "fine");
    EXPECT_EQ(verdict_on(snapshot, "inodes", ""), "the varint of 0 bytes does not end");
    EXPECT_EQ(verdict_on(snapshot, "updatedat", "x"), "the time has version 120, expected 1 or 2");
}

TEST(Containerd, TakesAnyLabel) {
    EXPECT_EQ(verdict_on({"v1", "snapshots", "labels"}, "createdat", "yesterday"), "fine");
    EXPECT_EQ(verdict_on({"v1", "moby", "labels"}, "size", "huge"), "fine");
    EXPECT_EQ(verdict_on({"v1", "moby", "containers", "c", "labels"}, "options", "\xff"), "fine");
    EXPECT_EQ(verdict_on({"v1", "d", "snapshots", "native", "k", "labels"}, "size", "x"), "fine");
    EXPECT_EQ(verdict_on({"v1", "d", "leases", "l", "labels"}, "x", "y"), "fine");
}

TEST(Containerd, TakesSwarmsTasksForWhatTheyAre) {
    EXPECT_EQ(verdict_on({"v1", "tasks", "abc"}, "data", "\xff"), "fine");
    EXPECT_EQ(verdict_on({"v1", "tasks", "abc"}, "status", "\xff"), "fine");
}

TEST(Containerd, TakesTimesOfBothVersions) {
    EXPECT_EQ(verdict_on(container, "createdat",
                         bytes("\x02\0\0\0\x0e\xe2\x95\xfd\xa8+\xa7 \x17\0\x3c\x1e")),
              "fine");
    EXPECT_EQ(verdict_on(container, "createdat", bytes("\x01\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff")),
              "fine"); // Go's zero time
}

TEST(Containerd, CatchesBrokenTimes) {
    EXPECT_EQ(verdict_on(container, "createdat", ""), "the time has no bytes");
    EXPECT_EQ(verdict_on(container, "createdat", time_v1.substr(0, 14)),
              "the time has 14 bytes, expected 15");
    EXPECT_EQ(verdict_on(container, "createdat",
                         bytes("\x02\0\0\0\x0e\xe2\x95\xfd\xa8+\xa7 \x17"
                               "\xff\xff")),
              "the time has 15 bytes, expected 16");
    EXPECT_EQ(verdict_on(container, "createdat", std::string(15, '\0')),
              "the time has version 0, expected 1 or 2");
    EXPECT_EQ(verdict_on(container, "createdat",
                         bytes("\x01\0\0\x40\x0e\xe2\x95\xfd\xa8+\xa7 \x17\xff\xff")),
              "the time lies outside the years 1 to 9999");
    EXPECT_EQ(verdict_on(container, "createdat",
                         bytes("\x01\0\0\0\x0e\xe2\x95\xfd\xa8\x3b\x9a\xca\0\xff\xff")),
              "the time has 1000000000 nanoseconds in a second");
}

TEST(Containerd, CatchesBrokenSizes) {
    EXPECT_EQ(verdict_on(blob, "size", ""), "the varint of 0 bytes does not end");
    EXPECT_EQ(verdict_on(blob, "size", "\xc8"), "the varint of 1 bytes does not end");
    EXPECT_EQ(verdict_on(blob, "size", bytes("\xc8\x06\0")), "the varint ends after 2 of 3 bytes");
}

TEST(Containerd, CatchesBrokenMessages) {
    EXPECT_EQ(verdict_on(runtime, "options", options.substr(0, 40)),
              "the protobuf stops at byte 30: the field needs 36 bytes, 10 are left");
    std::string flipped(options);
    flipped[31] = '\x24';
    EXPECT_EQ(verdict_on(runtime, "options", flipped),
              "in the options, the protobuf stops at byte 2: the field needs 36 bytes, "
              "34 are left");
    EXPECT_EQ(verdict_on({"v1", "m", "containers", "c", "extensions"}, "any.name", "\x08"),
              "the protobuf stops at byte 1: the varint of field 1 does not end");
}

TEST(Containerd, CatchesABrokenRuntimeSpec) {
    EXPECT_EQ(verdict_on(container, "spec", spec.substr(0, spec.size() - 1)),
              "the protobuf stops at byte 58: the field needs 26 bytes, 25 are left");
    std::string zeroed(spec);
    zeroed.back() = '\0';
    EXPECT_EQ(verdict_on(container, "spec", zeroed),
              "the JSON of the runtime spec stops at byte 83: unexpected byte 0x00");
}

TEST(Containerd, CatchesBrokenDigestsAndReferences) {
    EXPECT_EQ(verdict_on(target, "digest", "sha256:f101"), "`sha256:f101` is not a sha256 digest");
    EXPECT_EQ(verdict_on(target, "digest", "sha256f101"), "`sha256f101` is not a digest");
    EXPECT_EQ(verdict_on({"v1", "d", "leases", "l", "content"}, digest, "x"),
              "expected no value, found 1 bytes");
    EXPECT_EQ(verdict_on({"v1", "d", "leases", "l", "snapshots", "native"}, "k", "x"),
              "expected no value, found 1 bytes");
}

TEST(Containerd, JudgesNothingElsewhere) {
    EXPECT_EQ(verdict_on({}, "createdat", ""), "fine");
    EXPECT_EQ(verdict_on({"v2", "m", "containers", "c"}, "createdat", ""), "fine");
    EXPECT_EQ(verdict_on({"v1", "m", "later", "c"}, "createdat", ""), "fine");
    EXPECT_EQ(verdict_on(Path(40, "v1"), "createdat", ""), "fine");
}

} // namespace
} // namespace rebolt::schema
