#include "schema/json_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;

std::string fault_in(std::string_view text, const JsonRule& rule = {}) {
    return judge_json(text, rule).value_or("fine");
}

TEST(JsonText, TakesWhatGoWrites) {
    EXPECT_EQ(fault_in("{}"), "fine");
    EXPECT_EQ(fault_in(R"({"a":null,"b":[1,-2,1.5e3,true],"c":{"d":"\u003cnil\u003e"}})"), "fine");
    EXPECT_EQ(fault_in(R"({"id":18446744073709551615,"n":-9223372036854775808})"), "fine");
    EXPECT_EQ(fault_in("{\"name\":\"na\xc3\xafve \xf0\x9f\x90\xb3\"}"), "fine");
}

TEST(JsonText, TakesWhatGoWouldReadThoughThisParserDoesNot) {
    EXPECT_EQ(fault_in(R"({"a":"\ud800"})"), "fine");
    EXPECT_EQ(fault_in(R"({"a":1e999})"), "fine");
}

TEST(JsonText, SaysWhereItStops) {
    EXPECT_EQ(fault_in(""), "the JSON stops at byte 0: unexpected end of input");
    EXPECT_EQ(fault_in(R"({"a":1)"), "the JSON stops at byte 6: unexpected end of input");
    EXPECT_EQ(fault_in(R"({"a)"), "the JSON stops at byte 3: unexpected end of input");
    EXPECT_EQ(fault_in(R"({"a":1}x)"), "the JSON stops at byte 7: unexpected byte 0x78");
    EXPECT_EQ(fault_in("{\"a\":\"\x01\"}"), "the JSON stops at byte 6: unexpected byte 0x01");
    EXPECT_EQ(fault_in("{\"a\":\"\xff\"}"), "the JSON stops at byte 6: unexpected byte 0xff");
    EXPECT_EQ(fault_in("{x", {.subject = "the text", .starts_at_byte = 8}),
              "the text stops at byte 9: unexpected byte 0x78");
}

TEST(JsonText, TakesNoZeroByteForAnEnd) {
    EXPECT_EQ(fault_in(bytes("{\"a\":1}\0\0\0")), "the JSON stops at byte 7: unexpected byte 0x00");
    EXPECT_EQ(fault_in(bytes("\0\0\0\0")), "the JSON stops at byte 0: unexpected byte 0x00");
}

TEST(JsonText, WantsAnObjectUnlessToldOtherwise) {
    EXPECT_EQ(fault_in("[1]"), "the JSON is not an object");
    EXPECT_EQ(fault_in("[{}]"), "the JSON is not an object");
    EXPECT_EQ(fault_in("[1]", {.must_be_object = false}), "fine");
    EXPECT_EQ(fault_in("null", {.must_be_object = false}), "fine");
}

TEST(JsonText, FindsTheIdOnlyInTheOutermostObject) {
    const JsonRule rule{.id_field = "id", .id = "abc"};
    EXPECT_EQ(fault_in(R"({"x":{"id":"no"},"y":[{"id":"no"}],"id":"abc"})", rule), "fine");
    EXPECT_EQ(fault_in(R"({"id":"abc","x":{"id":"no"}})", rule), "fine");
    EXPECT_EQ(fault_in(R"({"id":"abd"})", rule),
              "the JSON has id `abd`, expected `abc` as in the key");
    EXPECT_EQ(fault_in(R"({"x":{"id":"abc"}})", rule), "the JSON has no string `id`");
    EXPECT_EQ(fault_in(R"({"id":["abc"],"y":"abc"})", rule), "the JSON has no string `id`");
    EXPECT_EQ(fault_in(R"({"id":7,"y":"abc"})", rule), "the JSON has no string `id`");
}

TEST(JsonText, ShowsAnIdInOnePrintableLine) {
    const JsonRule rule{.id_field = "id", .id = "abc"};
    EXPECT_EQ(fault_in(R"({"id":"a\nb"})", rule),
              "the JSON has id `a\\x0ab`, expected `abc` as in the key");
    const std::string many(1'000'000, 'x');
    EXPECT_LT(fault_in(R"({"id":")" + many + "\"}", rule).size(), 300U);
}

TEST(JsonText, BoundsItsMemory) {
    EXPECT_EQ(fault_in(std::string(json_judged_bytes_max + 1, '"')), "fine");
}

TEST(JsonText, SurvivesAnyDepth) {
    const std::size_t depth = 5'000'000;
    EXPECT_EQ(fault_in(std::string(depth, '[')),
              "the JSON stops at byte 5000000: unexpected end of input");
    EXPECT_EQ(
        fault_in(std::string(depth, '[') + std::string(depth, ']'), {.must_be_object = false}),
        "fine");
}

} // namespace
} // namespace rebolt::schema
