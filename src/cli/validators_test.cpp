#include "cli/validators.hpp"

#include <gtest/gtest.h>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

TEST(Numbers, WholeNumbersAreDigitsInTheirRange) {
    const auto number = whole_number(1, 20).complaint;
    for (std::string text : {"1", "20", "007"})
        EXPECT_EQ(number(text), "") << text;
    for (std::string text : {"0", "21", "-1", "+1", "1.0", "1e1", "0x1", " 1", "1 ", "", "many"})
        EXPECT_EQ(number(text), "expected an integer from 1 to 20, got " + text);
    std::string largest = "18446744073709551615";
    EXPECT_EQ(whole_number().complaint(largest), "");
    std::string too_large = "18446744073709551616";
    EXPECT_EQ(whole_number().complaint(too_large),
              "expected an integer ≥ 0, got 18446744073709551616");
}

TEST(Numbers, SecondsAreFinite) {
    const auto seconds = seconds_number(0.001).complaint;
    for (std::string text : {"1", "0.001", "2.5", "1e9"})
        EXPECT_EQ(seconds(text), "") << text;
    for (std::string text : {"0", "-1", "nan", "inf", "1e300", "1e999", "1s", ""})
        EXPECT_EQ(seconds(text), "expected seconds from 0.001 to 1000000000, got " + text);
    EXPECT_EQ(to_milliseconds(2.5), std::chrono::milliseconds{2500});
}

TEST(Numbers, AreCheckedBeforeAnythingIsDone) {
    const std::string file = real_file("docker-20.10-running.db");
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"page", file, "-1"},
             {"dump", file, "-1"},
             {"page-item", file, "3", "-1"},
             {"check", file, "--timeout", "nan"},
             {"recover", file, "--scan", "--offset", "-4"},
             {"surgery", "clear-page", file, "--pageId", "-3", "--output", "never.db"},
             {"bench", "--count", "-5"},
             {"bench", "--count", "0"},
             {"bench", "--fill-percent", "5"},
             {"bench", "--page-size", "1000"},
             {"recover", file, "--dry-run", "--page-size", "1000"},
             {"explain", file, "--op", "crash"}}) {
        const auto result = rebolt(words);
        EXPECT_EQ(result.out, "");
        EXPECT_NE(result.err.find(": expected "), std::string::npos) << result.err;
        EXPECT_EQ(result.exit_code, 16) << result.err;
    }
}

TEST(Paths, ADatabaseIsNotReadFromStandardInput) {
    const auto path = database_path().complaint;
    EXPECT_EQ(path("local-kv.db"), "");
    EXPECT_EQ(path("./-"), "");
    EXPECT_EQ(path("-"), "a database is read at many places, so not from standard input: save it "
                         "to a file first (a file of that name: ./-)");
}

} // namespace
} // namespace rebolt::cli
