#include "schema/protobuf.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;

std::string verdict_on(std::string_view message) {
    return judge_message(message).value_or("fine");
}

TEST(Varint, ReadsUpToSixtyFourBits) {
    std::size_t at = 0;
    EXPECT_EQ(read_varint(bytes("\x9a\xdd\x01"), at), 28314U);
    EXPECT_EQ(at, 3U);
    at = 0;
    EXPECT_EQ(read_varint(bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), at), UINT64_MAX);
    EXPECT_EQ(at, 10U);
}

TEST(Varint, RefusesWhatDoesNotEndOrFit) {
    for (const std::string_view wrong :
         {std::string_view{}, bytes("\x80"), bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
          bytes("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01")}) {
        std::size_t at = 0;
        EXPECT_FALSE(read_varint(wrong, at));
        EXPECT_EQ(at, 0U);
    }
}

TEST(Protobuf, WalksAMessage) {
    constexpr std::array types{WireType::bytes, WireType::varint};
    std::array<ProtoField, 2> fields{};
    EXPECT_FALSE(read_message(bytes("\n\x03"
                                    "foo\x10\x96\x01"),
                              types, fields));
    EXPECT_EQ(fields[0].bytes, "foo");
    EXPECT_EQ(fields[1].integer, 150U);
    EXPECT_TRUE(fields[1].is_present);
}

TEST(Protobuf, TakesAllOfProto3sWireTypes) {
    EXPECT_EQ(verdict_on(""), "fine");
    EXPECT_EQ(verdict_on(bytes("\x08\x01\x12\x01x\x19"
                               "12345678\x25"
                               "1234")),
              "fine");
}

TEST(Protobuf, StepsOverFieldsOfLaterVersions) {
    constexpr std::array types{WireType::bytes};
    std::array<ProtoField, 1> fields{};
    EXPECT_FALSE(read_message(bytes("\x38\x01\xfa\xff\xff\xff\x0f\x01x"), types, fields));
    EXPECT_FALSE(fields[0].is_present);
}

TEST(Protobuf, SaysWhereItStops) {
    EXPECT_EQ(verdict_on(bytes("\n\x03"
                               "fo")),
              "the protobuf stops at byte 2: the field needs 3 bytes, 2 are left");
    EXPECT_EQ(verdict_on(bytes("\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")),
              "the protobuf stops at byte 11: the field needs 18446744073709551615 bytes, "
              "0 are left");
    EXPECT_EQ(verdict_on(bytes("\x08\x80")),
              "the protobuf stops at byte 1: the varint of field 1 does not end");
    EXPECT_EQ(verdict_on(bytes("\x80")),
              "the protobuf stops at byte 0: the field number does not end");
    EXPECT_EQ(verdict_on(bytes("\x02\x00")),
              "the protobuf stops at byte 0: there is no field number 0");
    EXPECT_EQ(verdict_on(bytes("\x0b")), "the protobuf stops at byte 1: field 1 has wire type 3");
    EXPECT_EQ(verdict_on(bytes("\x19\x00")),
              "the protobuf stops at byte 1: the field needs 8 bytes, 1 are left");
}

TEST(Protobuf, WantsKnownFieldsOfTheirType) {
    constexpr std::array types{WireType::bytes};
    std::array<ProtoField, 1> fields{};
    EXPECT_EQ(read_message(bytes("\x08\x01"), types, fields),
              "the protobuf stops at byte 0: field 1 has wire type 0, expected 2");
}

} // namespace
} // namespace rebolt::schema
