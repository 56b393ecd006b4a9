// docs/embedding.md: its program is built as a user would build it, against an
// installed rebolt, and does what the page says.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

const std::string source = REBOLT_SOURCE_DIR;

TEST(Embedding, ThePageShowsTheFilesThatAreBuilt) {
    const std::string page = bytes_of(source + "/docs/embedding.md");
    for (const char* file : {"main.cpp", "CMakeLists.txt"})
        EXPECT_NE(page.find(bytes_of(source + "/docs/embedding/" + file) + "```"),
                  std::string::npos)
            << file;
}

TEST(Embedding, TheProgramBuildsAndRuns) {
    const TemporaryFolder folder;
    const std::string prefix = folder.path("prefix");
    const std::string build = folder.path("build");
    const auto run = [](const std::vector<std::string>& words) {
        const CommandResult result = run_command(words, std::chrono::seconds{300});
        EXPECT_EQ(result.exit_code, 0) << words[0] << ": " << result.out << result.err;
        return result.out;
    };
    run({"/usr/bin/cmake", "--install", REBOLT_BUILD_DIR, "--prefix", prefix});
    run({"/usr/bin/cmake", "-S", source + "/docs/embedding", "-B", build,
         "-DCMAKE_PREFIX_PATH=" + prefix, "-DCMAKE_CXX_FLAGS=" REBOLT_CXX_FLAGS});
    run({"/usr/bin/cmake", "--build", build});
    for (int times = 0; times < 2; ++times)
        EXPECT_EQ(run({build + "/phone-book", folder.path("book.db")}),
                  "Hopper: 1906\nLovelace: 1815\n");
    EXPECT_EQ(run({prefix + "/bin/rebolt", "check", "-q", folder.path("book.db")}),
              folder.path("book.db") + ": clean: every page is accounted for, transaction " +
                  "5 is whole\n");
}

} // namespace
} // namespace rebolt::test
