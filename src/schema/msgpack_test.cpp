#include <gtest/gtest.h>

#include <random>
#include <string>

#include "schema/msgpack.hpp"
#include "schema/test_bytes.hpp"

namespace rebolt::schema {
namespace {

using test::bytes;

std::string json(std::string_view text) {
    return msgpack_as_json(text).value_or("not whole");
}

TEST(Msgpack, ReadsEveryKindOfValue) {
    EXPECT_EQ(json(bytes("\x00")), "0");
    EXPECT_EQ(json("\xff"), "-1");
    EXPECT_EQ(json("\xcc\xc8"), "200");
    EXPECT_EQ(json("\xd0\x80"), "-128");
    EXPECT_EQ(json("\xd2\xff\xff\xff\xfe"), "-2");
    EXPECT_EQ(json("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615");
    EXPECT_EQ(json(bytes("\xca\x3f\x80\0\0")), "1.0");
    EXPECT_EQ(json("\xc0"), "null");
    EXPECT_EQ(json("\xc3"), "true");
    EXPECT_EQ(json("\xa2hi"), "\"hi\"");
    EXPECT_EQ(json("\xc4\x02\x01\xff"), "\"0x01ff\"");
    EXPECT_EQ(json("\xd6\xff"
                   "abcd"),
              "\"0xff61626364\"");
    EXPECT_EQ(json("\x93\x01\x90\x80"), "[1,[],{}]");
    EXPECT_EQ(json("\x82\xa1"
                   "a\x91\x02\xa1"
                   "b\x81\x05\x06"),
              R"({"a":[2],"b":{"5":6}})");
}

TEST(Msgpack, TellsWhatIsNotWhole) {
    EXPECT_EQ(judge_msgpack(""), "the msgpack of 0 bytes does not end");
    EXPECT_EQ(judge_msgpack("\xa3hi"), "the msgpack of 3 bytes does not end");
    EXPECT_EQ(judge_msgpack("\x01\x02"), "the msgpack ends after 1 of 2 bytes");
    EXPECT_EQ(judge_msgpack("\xc1"), "the msgpack of 1 bytes does not end");
    EXPECT_EQ(judge_msgpack("\xdf\xff\xff\xff\xff"), "the msgpack of 5 bytes does not end");
    EXPECT_TRUE(msgpack_members("\x82\xa1"
                                "a\x01")
                    .empty());
}

TEST(Msgpack, EndsWhateverTheBytes) {
    constexpr std::uint64_t seed = 20240501;
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 48, '\0');
        for (char& byte : text)
            byte = static_cast<char>(random() % 2 == 0 ? random() : 0x80 + random() % 0x60);
        EXPECT_EQ(msgpack_as_json(text).has_value(), !judge_msgpack(text));
        std::ignore = msgpack_members(text);
    }
    EXPECT_TRUE(judge_msgpack(std::string(4'000'000, '\x91')));
}

} // namespace
} // namespace rebolt::schema
