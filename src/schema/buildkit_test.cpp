#include <gtest/gtest.h>

#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

std::string verdict_on(const std::vector<std::string>& bucket, std::string_view key,
                       std::string_view value) {
    return test::verdict(Owner::buildkit, bucket, key, value);
}

constexpr std::string_view link =
    R"({"Input":1,"Digest":"sha256:aa","Selector":"sha256:bb"}@sha256:cc)";

TEST(Buildkit, TakesWhatItsSourceWrites) {
    EXPECT_EQ(verdict_on({"_result", "sha256:aa"}, "worker::x",
                         R"({"CreatedAt":"2023-01-01T00:00:00Z","ID":"worker::x"})"),
              "fine");
    EXPECT_EQ(verdict_on({"_links", "sha256:aa"}, link, ""), "fine");
    EXPECT_EQ(verdict_on({"_links", "sha256:aa"}, "{}@random:cc", ""), "fine");
    EXPECT_EQ(verdict_on({"_byresult", "worker::x"}, "sha256:aa", ""), "fine");
    EXPECT_EQ(verdict_on({"_backlinks", "sha256:aa"}, "sha256:bb", ""), "fine");
    EXPECT_EQ(verdict_on({"_main", "id"}, "cache.createdAt", R"({"value":1670000000})"), "fine");
    EXPECT_EQ(verdict_on({"_main", "id"}, "cache.equalMutable", ""), "fine");
    EXPECT_EQ(verdict_on({"_index"}, "chainid:sha256:aa::id", ""), "fine");
    EXPECT_EQ(verdict_on({"_external", "id"}, "anything", "any\x01thing"), "fine");
}

TEST(Buildkit, CatchesBrokenRecords) {
    EXPECT_EQ(verdict_on({"_result", "a"}, "x", R"({"CreatedAt":"20)"),
              "the JSON stops at byte 16: unexpected end of input");
    EXPECT_EQ(verdict_on({"_result", "a"}, "x", R"({"ID":"y"})"),
              "the JSON has ID `y`, expected `x` as in the key");
    EXPECT_EQ(verdict_on({"_links", "a"}, "{}sha256:cc", ""), "the key is not of the form JSON@id");
    EXPECT_EQ(verdict_on({"_links", "a"}, R"({"Input"@sha256:cc)", ""),
              "the JSON in the key stops at byte 8: unexpected end of input");
    EXPECT_EQ(verdict_on({"_links", "a"}, link, "x"), "expected no value, found 1 bytes");
    EXPECT_EQ(verdict_on({"_backlinks", "a"}, "b", "xyz"), "expected no value, found 3 bytes");
    EXPECT_EQ(verdict_on({"_main", "id"}, "k", R"({"value":)"),
              "the JSON stops at byte 9: unexpected end of input");
    EXPECT_EQ(verdict_on({"_index"}, "chainid:id", ""), "the key is not of the form index::id");
}

TEST(Buildkit, JudgesNothingElsewhere) {
    EXPECT_EQ(verdict_on({"_main"}, "k", "{"), "fine");
    EXPECT_EQ(verdict_on({"_main", "id", "deeper"}, "k", "{"), "fine");
    EXPECT_EQ(verdict_on({"other", "id"}, "k", "{"), "fine");
    EXPECT_EQ(verdict_on({}, "k", "{"), "fine");
}

} // namespace
} // namespace rebolt::schema
