#include <gtest/gtest.h>

#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;

std::string verdict_on(std::string_view value) {
    return test::verdict(Owner::docker_volumes, {"volumes"}, "v1", value);
}

TEST(DockerVolumes, TakesRealValues) {
    EXPECT_EQ(verdict_on(R"({"Name":"v1","Driver":"local","Labels":null,"Options":null})"), "fine");
    EXPECT_EQ(verdict_on(R"({"Name":"","Driver":"local","Labels":{"a":"b"},"Options":{"o":"p"}})"),
              "fine");
    EXPECT_EQ(verdict_on(""), "fine");
}

TEST(DockerVolumes, CatchesBrokenValues) {
    EXPECT_EQ(verdict_on(R"({"Name":"v1","Driver":"local","La)"),
              "the JSON stops at byte 33: unexpected end of input");
    EXPECT_EQ(verdict_on(bytes("{\"Name\":\"v1\"\0\0\0")),
              "the JSON stops at byte 12: unexpected byte 0x00");
    EXPECT_EQ(verdict_on("[]"), "the JSON is not an object");
}

TEST(DockerVolumes, JudgesOnlyItsBucket) {
    EXPECT_EQ(test::verdict(Owner::docker_volumes, {"volumes", "x"}, "v1", "{"), "fine");
    EXPECT_EQ(test::verdict(Owner::docker_volumes, {"other"}, "v1", "{"), "fine");
    EXPECT_EQ(test::verdict(Owner::docker_volumes, {}, "v1", "{"), "fine");
}

} // namespace
} // namespace rebolt::schema
