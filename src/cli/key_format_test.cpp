#include "cli/key_format.hpp"

#include <gtest/gtest.h>

#include "cli/printable.hpp"

namespace rebolt::cli {
namespace {

using std::literals::string_view_literals::operator""sv;

TEST(KeyFormat, AutoShowsPrintableTextAndHexElse) {
    EXPECT_EQ(formatted("libnetwork", KeyFormat::automatic), "libnetwork");
    EXPECT_EQ(formatted("größe 日本", KeyFormat::automatic), "größe 日本");
    EXPECT_EQ(formatted("a\nb", KeyFormat::automatic), "610a62");
    EXPECT_EQ(formatted("\xff\x00"sv, KeyFormat::automatic), "ff00");
    EXPECT_EQ(formatted("", KeyFormat::automatic), "");
}

TEST(KeyFormat, TextThatTurnsTheTerminalIsNotPrintable) {
    for (const std::string_view text : {"\x1b[2J"sv, "\u202e"sv, "\u200b"sv, "\u00a0"sv, "\u0085"sv,
                                        "\ufeff"sv, "\ue000"sv, "\x7f"sv})
        EXPECT_FALSE(is_printable(text)) << formatted(text, KeyFormat::hex);
}

TEST(KeyFormat, WhatIsNoUtf8IsNotPrintable) {
    for (const std::string_view text :
         {"\x80"sv, "\xc0\xaf"sv, "\xed\xa0\x80"sv, "\xf4\x90\x80\x80"sv, "\xe2\x82"sv,
          "\xf8\x88\x80\x80\x80"sv}) {
        EXPECT_FALSE(is_utf8(text)) << formatted(text, KeyFormat::hex);
        EXPECT_FALSE(is_printable(text)) << formatted(text, KeyFormat::hex);
    }
}

// What Go's %q prints for the same bytes.
TEST(KeyFormat, AsciiEncodedIsGosQuotedString) {
    const auto quoted = [](std::string_view text) {
        return formatted(text, KeyFormat::ascii_encoded);
    };
    EXPECT_EQ(quoted("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(quoted("\a\b\f\n\r\t\v"), R"("\a\b\f\n\r\t\v")");
    EXPECT_EQ(quoted("\x00\x1f\x7f"sv), R"("\x00\x1f\x7f")");
    EXPECT_EQ(quoted("\xff\xc3"), R"("\xff\xc3")");
    EXPECT_EQ(quoted("ü\u200b\U000e0001"), R"("ü\u200b\U000e0001")");
}

TEST(KeyFormat, HexAndBytesAndRedacted) {
    EXPECT_EQ(formatted("\x01\xab", KeyFormat::hex), "01ab");
    EXPECT_EQ(formatted("\x01\xab", KeyFormat::bytes), "\x01\xab");
    EXPECT_EQ(formatted("abc", KeyFormat::redacted),
              "<redacted len:3 "
              "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad>");
}

TEST(KeyFormat, PiecesOfLongValuesJoinWithoutASeam) {
    const std::string text(100'000, 'x');
    EXPECT_EQ(formatted(text, KeyFormat::ascii_encoded), "\"" + text + "\"");
    EXPECT_EQ(formatted(text, KeyFormat::hex).size(), 200'000U);
}

TEST(KeyFormat, HexIsParsed) {
    EXPECT_EQ(*parsed("6c69FF", ParseFormat::hex), "li\xff");
    EXPECT_EQ(*parsed("6c69", ParseFormat::ascii_encoded), "6c69");
    EXPECT_EQ(*parsed("", ParseFormat::hex), "");
    EXPECT_EQ(parsed("6c6", ParseFormat::hex).error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(parsed("xy", ParseFormat::hex).error().code(), ErrorCode::invalid_argument);
}

TEST(KeyFormat, JsonNamesTellHowBytesAreWritten) {
    auto json = rebolt::report::Document::object();
    put_bytes(json, "a", "text\n", KeyFormat::automatic);
    put_bytes(json, "b", "\xff", KeyFormat::automatic);
    put_bytes(json, "c", "c", KeyFormat::hex);
    put_bytes(json, "d", "\xff", KeyFormat::ascii_encoded);
    EXPECT_EQ(json.line(), R"({"a":"text\n","b_hex":"ff","c_hex":"63","d_ascii":"\"\\xff\""})");
}

} // namespace
} // namespace rebolt::cli
