// The manual pages: one for each command, well formed, and at most 80 columns wide.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

const std::string source = REBOLT_SOURCE_DIR;

std::string shown(const std::string& page) {
    const CommandResult result =
        run_command({"/bin/sh", "-c", "MANWIDTH=80 man --warnings=w -l '" + page + "' | col -b"});
    EXPECT_EQ(result.err, "") << page;
    return result.out;
}

void expect_narrow(const std::string& page) {
    std::istringstream lines(shown(page));
    for (std::string line; std::getline(lines, line);)
        if (line.size() > 80 && line.find("  ") != std::string::npos) {
            ADD_FAILURE() << page << ": " << line;
        }
}

class Manual : public ::testing::Test {
protected:
    void SetUp() override {
        const CommandResult result = run_command({REBOLT_EXE, "manual", folder_.path("man1")});
        ASSERT_EQ(result.exit_code, 0) << result.err;
    }
    [[nodiscard]] std::string page(const std::string& name) const {
        return folder_.path("man1/" + name + ".1");
    }

    const TemporaryFolder folder_;
};

TEST_F(Manual, HasAPageOfEachCommandAndNoOther) {
    std::set<std::string> pages;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path("man1")))
        pages.insert(entry.path().stem().string());
    for (const std::string name : {"rebolt", "rebolt-check", "rebolt-page-item", "rebolt-store-put",
                                   "rebolt-guard-install", "rebolt-etcd-repair"})
        EXPECT_TRUE(pages.contains(name)) << name;
    const std::string all = bytes_of(page("rebolt"));
    for (const std::string& name : pages)
        if (std::ranges::count(name, '-') == 1) {
            EXPECT_NE(all.find(std::regex_replace(name, std::regex("-"), "\\-")), std::string::npos)
                << name;
        }
}

TEST_F(Manual, TellsWhatHelpTells) {
    const std::string text = shown(page("rebolt-recover"));
    for (const std::string part :
         {"rebolt recover [options] FILE", "-o, --output NEW", "--in-place", "EXIT STATUS",
          "0 all was recovered, 4", "rebolt recover local-kv.db -o", "Default: best."})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST_F(Manual, PagesAreWellFormedAndNarrow) {
    for (const std::string name : {"rebolt", "rebolt-check", "rebolt-recover", "rebolt-store-put"})
        expect_narrow(page(name));
    for (const std::string name : {"rebolt.7", "guard.toml.5"})
        expect_narrow(source + "/docs/man/" + name);
}

TEST(ManualOfTheGuard, KnowsAllSettings) {
    const std::string page = bytes_of(source + "/docs/man/guard.toml.5");
    const std::string code = bytes_of(source + "/src/guard/config.cpp");
    const std::regex setting("\"([a-z]+(?:_[a-z]+)*)\"");
    const std::set<std::string> no_setting{"file", "start", "stop"}; // a table, and values
    std::size_t count = 0;
    for (std::sregex_iterator at(code.begin(), code.end(), setting), end; at != end; ++at) {
        const std::string name = (*at)[1];
        ++count;
        EXPECT_TRUE(no_setting.contains(name) ||
                    page.find("\\fB" + name + "\\fR") != std::string::npos)
            << name;
    }
    EXPECT_GE(count, 12U);
}

TEST(ManualFolder, ThatCannotBeMadeIsAnError) {
    const CommandResult result = run_command({REBOLT_EXE, "manual", "/proc/none"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_NE(result.err.find("/proc/none/rebolt.1: cannot write"), std::string::npos)
        << result.err;
}

} // namespace
} // namespace rebolt::test
