#include "docker/go_json_fault.hpp"

#include <gtest/gtest.h>

namespace rebolt::docker {
namespace {

// By encoding/json's own scanner.
TEST(GoJsonFault, SaysWhatGoSays) {
    const std::vector<std::pair<std::string_view, const char*>> cases{
        {"", "unexpected end of JSON input"},
        {"{\"a\"", "unexpected end of JSON input"},
        {"{\"a\":1", "unexpected end of JSON input"},
        {"{\"a\":12 0", "invalid character '0' after object key:value pair"},
        {"{\"a\":010}", "invalid character '1' after object key:value pair"},
        {"{\"a\" 1}", "invalid character '1' after object key"},
        {"{a:1}", "invalid character 'a' looking for beginning of object key string"},
        {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
        {"[1 2]", "invalid character '2' after array element"},
        {"[1,]", "invalid character ']' looking for beginning of value"},
        {"x", "invalid character 'x' looking for beginning of value"},
        {"{}d", "invalid character 'd' after top-level value"},
        {"\"a\nb\"", "invalid character '\\n' in string literal"},
        {"\"a\\qb\"", "invalid character 'q' in string escape code"},
        {"\"\\u00g0\"", "invalid character 'g' in \\u hexadecimal character escape"},
        {"-x", "invalid character 'x' in numeric literal"},
        {"1.x", "invalid character 'x' after decimal point in numeric literal"},
        {"1ex", "invalid character 'x' in exponent of numeric literal"},
        {"trux", "invalid character 'x' in literal true (expecting 'e')"},
        {std::string_view("\0", 1), "invalid character '\\x00' looking for beginning of value"},
        {std::string_view("{}\0", 3), "invalid character '\\x00' after top-level value"},
        {"\xff", "invalid character '\xc3\xbf' looking for beginning of value"},
        {"'a'", "invalid character '\\'' looking for beginning of value"}};
    for (const auto& [text, words] : cases)
        EXPECT_EQ(go_json_fault(text), words) << text;
}

} // namespace
} // namespace rebolt::docker
