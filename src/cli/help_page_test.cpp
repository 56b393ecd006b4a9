#include "cli/help_page.hpp"

#include <gtest/gtest.h>

namespace rebolt::cli {
namespace {

TEST(HelpPage, WrapsAtSpacesAndKeepsLongWords) {
    EXPECT_EQ(wrapped("one two three", 7, 2), "one two\n  three");
    EXPECT_EQ(wrapped("a/very/long/path b", 4, 1), "a/very/long/path\n b");
    EXPECT_EQ(wrapped("", 4, 1), "");
}

TEST(HelpPage, HasCommonOptionsAfterTheCommandsOwn) {
    HelpPage page;
    page.summary = "Do it";
    page.usage = "rebolt it [OPTIONS] FILE";
    page.options = {{"--count N", "How many"}};
    page.common_options = {{"-q, --quiet", "Say less"}};
    page.more = "Example: rebolt it my.db\nExit codes: 0 done, 8 failed.";
    EXPECT_EQ(help_text(page), "Do it\n"
                               "\n"
                               "Usage: rebolt it [OPTIONS] FILE\n"
                               "\n"
                               "Options:\n"
                               "  --count N                 How many\n"
                               "\n"
                               "Common options:\n"
                               "  -q, --quiet               Say less\n"
                               "\n"
                               "Example: rebolt it my.db\n"
                               "Exit codes: 0 done, 8 failed.\n");
}

TEST(HelpPage, KeepsExamplesInOneLine) {
    HelpPage page;
    page.more = "Example: rebolt get " + std::string(100, 'x') + " key\n         rebolt get " +
                std::string(100, 'y') + " key";
    const std::string text = help_text(page);
    EXPECT_NE(text.find(std::string(100, 'x') + " key\n         rebolt get"), std::string::npos)
        << text;
}

} // namespace
} // namespace rebolt::cli
