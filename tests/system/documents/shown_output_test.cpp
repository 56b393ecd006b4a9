// What pages show after `$ rebolt …` is what the program prints. A line `…` stands
// for any number of lines.
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "page.hpp"
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

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    while (!lines.empty() && lines.back().empty())
        lines.pop_back();
    return lines;
}

// Shown for itself, or of files that are not here: not run.
bool is_run(const Shown& shown, const std::string& path) {
    return !shown.lines.empty() &&
           (path == "README.md" || shown.command.find("tests/data/") != std::string::npos);
}

TEST(ShownOutput, OfAllPagesIsWhatTheProgramPrints) {
    std::size_t count = 0;
    for (const Page& page : all_pages(REBOLT_SOURCE_DIR)) {
        const test::TemporaryFolder folder;
        std::filesystem::create_directory_symlink(REBOLT_SOURCE_DIR "/tests", folder.path("tests"));
        for (const Shown& shown : shown_in(page.text)) {
            if (!is_run(shown, page.path))
                continue;
            ++count;
            const auto result = test::run_command(
                {"/bin/sh", "-c",
                 "cd '" + folder.path("") + "' && '" REBOLT_EXE "' " +
                     shown.command.substr(std::string("rebolt ").size()) + " 2>&1"});
            EXPECT_TRUE(fits(shown.lines, lines_of(result.out)))
                << page.path << ": " << shown.command << "\n"
                << result.out;
        }
    }
    EXPECT_GE(count, 12U);
}

} // namespace
} // namespace rebolt::documents
