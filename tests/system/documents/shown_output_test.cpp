// What README shows after `$ rebolt …` is what the program prints. A line `…`
// stands for any number of lines.
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::documents {
namespace {

struct Shown {
    std::string command; ///< after `$ `
    std::vector<std::string> lines;
};

// Of the indented blocks that begin with a command.
std::vector<Shown> shown_in(const std::string& page) {
    std::vector<Shown> all;
    bool is_inside = false;
    std::istringstream text(page);
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("    $ rebolt ")) {
            all.push_back({line.substr(6), {}});
            is_inside = true;
        } else if (is_inside && line.starts_with("    ")) {
            all.back().lines.push_back(line.substr(4));
        } else if (is_inside && line.empty()) {
            all.back().lines.emplace_back();
        } else {
            is_inside = false;
        }
    }
    for (Shown& shown : all)
        while (!shown.lines.empty() && shown.lines.back().empty())
            shown.lines.pop_back();
    return all;
}

// Where in `printed`, from `at` on, the shown lines go on; npos if nowhere.
bool fits(const std::vector<std::string>& shown, const std::vector<std::string>& printed) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (shown[i] == "…") {
            if (i + 1 == shown.size())
                return true;
            while (at < printed.size() && printed[at] != shown[i + 1])
                ++at;
            continue;
        }
        if (at == printed.size() || printed[at] != shown[i])
            return false;
        ++at;
    }
    return at == printed.size();
}

TEST(ShownOutput, OfTheReadmeIsWhatTheProgramPrints) {
    const test::TemporaryFolder folder;
    std::filesystem::create_directory_symlink(REBOLT_SOURCE_DIR "/tests", folder.path("tests"));
    const std::vector<Shown> all = shown_in(test::bytes_of(REBOLT_SOURCE_DIR "/README.md"));
    EXPECT_GE(all.size(), 2U);
    for (const Shown& shown : all) {
        if (shown.lines.empty()) // shown for itself
            continue;
        const auto result =
            test::run_command({"/bin/sh", "-c",
                               "cd '" + folder.path("") + "' && '" REBOLT_EXE "' " +
                                   shown.command.substr(std::string("rebolt ").size()) + " 2>&1"});
        std::vector<std::string> printed;
        std::istringstream text(result.out);
        for (std::string line; std::getline(text, line);)
            printed.push_back(line);
        EXPECT_TRUE(fits(shown.lines, printed)) << shown.command << "\n" << result.out;
    }
}

} // namespace
} // namespace rebolt::documents
