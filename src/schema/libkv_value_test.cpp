#include "schema/libkv_value.hpp"

#include <gtest/gtest.h>

#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;

TEST(LibkvValue, SplitsIndexAndPayload) {
    const auto parts = parse_libkv_value(bytes("\x3d\x01\0\0\0\0\0\0{\"Count\":3}"));
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->index, 0x13dU);
    EXPECT_EQ(parts->payload, "{\"Count\":3}");
}

TEST(LibkvValue, TakesADirectoryMarker) {
    const auto parts = parse_libkv_value(bytes("\x03\0\0\0\0\0\0\0"));
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->index, 3U);
    EXPECT_TRUE(parts->payload.empty());
}

TEST(LibkvValue, RefusesLessThanAnIndex) {
    EXPECT_FALSE(parse_libkv_value(""));
    EXPECT_FALSE(parse_libkv_value(bytes("\x03\0\0\0\0\0\0")));
}

TEST(LibkvValue, MakesWhatItParses) {
    const std::string made = make_libkv_value({.index = 0x0102'0304'0506'0708, .payload = "{}"});
    EXPECT_EQ(made, bytes("\x08\x07\x06\x05\x04\x03\x02\x01{}"));
    EXPECT_EQ(parse_libkv_value(made)->index, 0x0102'0304'0506'0708U);
}

} // namespace
} // namespace rebolt::schema
