#include <gtest/gtest.h>

#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;

std::string verdict_on(const std::string& bucket, std::string_view key, std::string_view value) {
    return test::verdict(Owner::etcd, {bucket}, key, value);
}

constexpr std::string_view revision_2 = bytes("\0\0\0\0\0\0\0\x02_\0\0\0\0\0\0\0\0");
constexpr std::string_view tombstone = bytes("\0\0\0\0\0\0\0+_\0\0\0\0\0\0\x04Kt");
constexpr std::string_view foo_bar = bytes("\n\x03"
                                           "foo\x10\x02\x18\x02 \x01*\x03"
                                           "bar");
constexpr std::string_view deleted = bytes("\n\x20/registry/pods/default/pod-19-99");

// Values of etcd-3.4.db, and of files written by etcd 3.4.23 with alarms.
TEST(Etcd, TakesRealValues) {
    EXPECT_EQ(verdict_on("key", revision_2, foo_bar), "fine");
    EXPECT_EQ(verdict_on("key", tombstone, deleted), "fine");
    EXPECT_EQ(verdict_on("key", bytes("\0\0\0\0\0\0\0\x04_\0\0\0\0\0\0\0\0"),
                         bytes("\n\x05"
                               "empty\x10\x04\x18\x04 \x01")),
              "fine");
    EXPECT_EQ(verdict_on("key", bytes("\0\0\0\0\0\0\0\x05_\0\0\0\0\0\0\0\0"),
                         bytes("\n\x06leased\x10\x05\x18\x05 \x01*\x01v"
                               "0\x88\xb4\xd5\xb2\x88\xc1\xe8\xab\x66")),
              "fine");
    EXPECT_EQ(verdict_on("lease", bytes("fW\xa2\b\x86UZ\b"),
                         bytes("\b\x88\xb4\xd5\xb2\x88\xc1\xe8\xab\x66\x10\xd8\x04")),
              "fine");
    EXPECT_EQ(verdict_on("alarm", bytes("\b\xd2\xd8\xb9\xde\x92\xd0\xd9\x14\x10\x01"), ""), "fine");
    EXPECT_EQ(verdict_on("auth", "authEnabled", bytes("\0")), "fine");
    EXPECT_EQ(verdict_on("auth", "authRevision", bytes("\0\0\0\0\0\0\0\n")), "fine");
    EXPECT_EQ(verdict_on("authRoles", "r",
                         bytes("\n\x01r\x12\n\b\x02\x12\x02/a\x1a\x02/b"
                               "\x12\x06\x12\x01x\x1a\x01y")),
              "fine");
    EXPECT_EQ(verdict_on("authUsers", "nopw", bytes("\n\x04nopw\"\x02\b\x01")), "fine");
    EXPECT_EQ(verdict_on("cluster", "clusterVersion", "3.4.0"), "fine");
    EXPECT_EQ(verdict_on("members", "2966812bce6c52",
                         R"({"id":11653179016899666,"peerURLs":["http://127.0.0.1:2397"]})"),
              "fine");
    EXPECT_EQ(verdict_on("members_removed", "2966812bce6c52", "removed"), "fine");
    EXPECT_EQ(verdict_on("meta", "consistent_index", bytes("\0\0\0\0\0\0\0\"")), "fine");
    EXPECT_EQ(verdict_on("meta", "finishedCompactRev", revision_2), "fine");
}

TEST(Etcd, TakesWhatLaterVersionsWrite) {
    EXPECT_EQ(verdict_on("meta", "term", bytes("\0\0\0\0\0\0\0\x02")), "fine");
    EXPECT_EQ(verdict_on("meta", "confState", R"({"voters":[1],"auto_leave":false})"), "fine");
    EXPECT_EQ(verdict_on("meta", "storageVersion", "3.6.0"), "fine");
    EXPECT_EQ(verdict_on("meta", "storageVersion", ""), "fine");
    EXPECT_EQ(verdict_on("meta", "somethingNew", "\xff"), "fine");
    EXPECT_EQ(verdict_on("cluster", "downgrade", R"({"target-version":"","enabled":false})"),
              "fine");
    // etcdutl snapshot restore --bump-revision
    EXPECT_EQ(verdict_on("key", bytes("\0\0\0\0\x3b\x9a\xca\0_\0\0\0\0\0\0\0\0"), ""), "fine");
}

TEST(Etcd, CatchesWrongRevisions) {
    EXPECT_EQ(verdict_on("key", revision_2.substr(0, 16), foo_bar),
              "the key has 16 bytes, expected a revision of 17 or 18");
    EXPECT_EQ(verdict_on("key", std::string(revision_2) + "u", foo_bar),
              "the revision's mark is 0x75, expected 't'");
    EXPECT_EQ(verdict_on("key", bytes("\0\0\0\0\0\0\0\x02*\0\0\0\0\0\0\0\0"), foo_bar),
              "the revision has 0x2a at byte 8, expected '_'");
    EXPECT_EQ(verdict_on("key", bytes("\x80\0\0\0\0\0\0\x02_\0\0\0\0\0\0\0\0"), foo_bar),
              "the revision is negative");
    EXPECT_EQ(verdict_on("key", bytes("\0\0\0\0\0\0\0\x02_\x80\0\0\0\0\0\0\0"), foo_bar),
              "the revision is negative");
}

TEST(Etcd, CatchesBrokenKeyValues) {
    EXPECT_EQ(verdict_on("key", revision_2, foo_bar.substr(0, foo_bar.size() - 1)),
              "the protobuf stops at byte 13: the field needs 3 bytes, 2 are left");
    EXPECT_EQ(verdict_on("key", revision_2, std::string(16, '\0')),
              "the protobuf stops at byte 0: there is no field number 0");
    EXPECT_EQ(verdict_on("key", revision_2,
                         bytes("\n\x03"
                               "foo\x12\x02")),
              "the protobuf stops at byte 7: the field needs 2 bytes, 0 are left");
    EXPECT_EQ(verdict_on("key", revision_2, bytes("\x10\x02\x18\x02 \x01")),
              "the KeyValue has no key");
}

TEST(Etcd, CatchesAKeyValueUnderAnotherRevision) {
    EXPECT_EQ(verdict_on("key", bytes("\0\0\0\0\0\0\0\x03_\0\0\0\0\0\0\0\0"), foo_bar),
              "mod_revision is 2, expected 3 as in the key");
    EXPECT_EQ(verdict_on("key", revision_2,
                         bytes("\n\x03"
                               "foo\x10\x03\x18\x02 \x01")),
              "create_revision is 3, expected 1 to 2");
    EXPECT_EQ(verdict_on("key", revision_2,
                         bytes("\n\x03"
                               "foo\x10\x02\x18\x02")),
              "version is 0");
    EXPECT_EQ(verdict_on("key", tombstone, foo_bar), "the tombstone has more than a key");
}

TEST(Etcd, CatchesBrokenBookkeeping) {
    EXPECT_EQ(verdict_on("lease", "1234567", ""), "the key has 7 bytes, expected a lease id of 8");
    EXPECT_EQ(verdict_on("lease", bytes("\0\0\0\0\0\0\0\x07"), bytes("\b\x06\x10\x05")),
              "the lease id is 0000000000000006, expected 0000000000000007 as in the key");
    EXPECT_EQ(verdict_on("alarm", "\x80", ""),
              "in the key, the protobuf stops at byte 0: the field number does not end");
    EXPECT_EQ(verdict_on("alarm", bytes("\b\x01"), "x"), "expected no value, found 1 bytes");
    EXPECT_EQ(verdict_on("auth", "authEnabled", "\x02"), "the flag is 2, expected 0 or 1");
    EXPECT_EQ(verdict_on("auth", "authRevision", ""), "the value has 0 bytes, expected 8");
    EXPECT_EQ(verdict_on("authUsers", "joe", bytes("\n\x04root")),
              "the name is `root`, expected `joe` as in the key");
    EXPECT_EQ(verdict_on("authRoles", "r", bytes("\n\x01r\x10\x01")),
              "the protobuf stops at byte 3: field 2 has wire type 0, expected 2");
    EXPECT_EQ(verdict_on("cluster", "clusterVersion", bytes("3.\0.0")),
              "`3.\\x00.0` is not a version");
    EXPECT_EQ(verdict_on("members", "2966812bce6cXX", "{}"),
              "the key `2966812bce6cXX` is not a member id");
    EXPECT_EQ(verdict_on("members", "2966812bce6c52", "{"),
              "the JSON stops at byte 1: unexpected end of input");
    EXPECT_EQ(verdict_on("members_removed", "2966812bce6c52", "remov"),
              "`remov` stands where `removed` is expected");
    EXPECT_EQ(verdict_on("meta", "consistent_index", "1234567"),
              "the value has 7 bytes, expected 8");
    EXPECT_EQ(verdict_on("meta", "scheduledCompactRev", tombstone),
              "the value has 18 bytes, expected 17");
}

TEST(Etcd, JudgesNothingElsewhere) {
    EXPECT_EQ(verdict_on("test", "k", "v"), "fine");
    EXPECT_EQ(test::verdict(Owner::etcd, {}, "k", "v"), "fine");
    EXPECT_EQ(test::verdict(Owner::etcd, {"key", "key"}, "k", "v"), "fine");
}

} // namespace
} // namespace rebolt::schema
