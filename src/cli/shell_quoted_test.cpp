#include "cli/shell_quoted.hpp"

#include <gtest/gtest.h>

namespace rebolt::cli {
namespace {

TEST(ShellQuoted, IsOneWordWhateverTheName) {
    EXPECT_EQ(shell_quoted("/var/lib/a-b_c.db"), "/var/lib/a-b_c.db");
    EXPECT_EQ(shell_quoted("a 'b'.db"), "'a '\\''b'\\''.db'");
    EXPECT_EQ(shell_quoted(""), "''");
    EXPECT_EQ(shell_quoted("a\x1b\xff.db"), "$'a\\x1b\\xff.db'");
}

TEST(ShellQuoted, IsNoOption) {
    EXPECT_EQ(shell_quoted("-x.db"), "./-x.db");
    EXPECT_EQ(shell_quoted("- x.db"), "'./- x.db'");
    EXPECT_EQ(shell_word("--in-place"), "--in-place");
}

} // namespace
} // namespace rebolt::cli
