// JSON in order: what it reads, and what it costs to read hostile texts.
#include <string>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "schema/ordered_json.hpp"

namespace rebolt::schema {
namespace {

std::string again(std::string_view text) {
    const auto json = parse_ordered_json(text);
    return json ? json->dump() : "none";
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

TEST(OrderedJson, KeepsMembersInTheirOrder) {
    EXPECT_EQ(again(R"({"b":1,"a":[true,null,-2,1.5,"x",{"z":{},"y":[]}],"c":"\u00e9"})"),
              R"({"b":1,"a":[true,null,-2,1.5,"x",{"z":{},"y":[]}],"c":"é"})");
    EXPECT_EQ(again("17"), "17");
    EXPECT_EQ(again("\"text\""), "\"text\"");
}

TEST(OrderedJson, TheLastOfMembersWithOneNameCounts) {
    EXPECT_EQ(again(R"({"a":{"x":1},"b":2,"a":[3]})"), R"({"a":[3],"b":2})");
}

TEST(OrderedJson, RefusesWhatIsNoJson) {
    using std::literals::operator""sv;
    for (const std::string_view text :
         {""sv, "{"sv, "[1,]"sv, R"({"a":1}})"sv, "{}\0"sv, "nul"sv, "\"\xff\""sv, "{1:2}"sv}) {
        const auto json = parse_ordered_json(text);
        ASSERT_FALSE(json) << text;
        EXPECT_EQ(json.error(), JsonFault::malformed) << text;
    }
}

TEST(OrderedJson, RefusesDepthAndNumber) {
    const JsonLimits limits{.nesting_max = 3, .values_max = 6};
    EXPECT_TRUE(parse_ordered_json("[[[1]]]", limits));
    EXPECT_EQ(parse_ordered_json("[[[[1]]]]", limits).error(), JsonFault::too_deep);
    EXPECT_EQ(parse_ordered_json(R"({"a":{"b":{"c":[]}}})", limits).error(), JsonFault::too_deep);
    EXPECT_TRUE(parse_ordered_json("[1,2,3,4,5]", limits));
    EXPECT_EQ(parse_ordered_json("[1,2,3,4,5,6]", limits).error(), JsonFault::too_many_values);
    EXPECT_EQ(parse_ordered_json(repeated("[", 1'000'000)).error(), JsonFault::too_deep);
    EXPECT_EQ(parse_ordered_json("[" + repeated("[],", 1'000'000) + "0]").error(),
              JsonFault::too_many_values);
}

// A search among all members for each would take minutes.
TEST(OrderedJson, ReadsAnObjectOfManyMembersInOnePass) {
    constexpr std::size_t count = 200'000;
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i)
        text += "\"" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    text.back() = '}';
    const auto json = parse_ordered_json(text);
    ASSERT_TRUE(json);
    EXPECT_EQ(json->size(), count);
    EXPECT_EQ(json->dump(), text);
}

} // namespace
} // namespace rebolt::schema
