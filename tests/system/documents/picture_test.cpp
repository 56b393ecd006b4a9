// The picture in README is what the program prints. REBOLT_WRITE_TABLES=1 draws it
// again (scripts/picture).
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"
#include "terminal_picture.hpp"

namespace rebolt::documents {
namespace {

const std::string picture_path = REBOLT_SOURCE_DIR "/docs/terminal.svg";

// A shell's command line, and what it prints.
void add(const std::string& folder, const std::string& command, std::vector<TerminalLine>& lines) {
    if (!lines.empty())
        lines.push_back({});
    lines.push_back({"rebolt " + command, true});
    const auto result = test::run_command(
        {"/bin/sh", "-c",
         "cd '" + folder + "' && '" REBOLT_EXE "' " + command + " --color always"});
    std::istringstream text(result.out);
    for (std::string line; std::getline(text, line);)
        lines.push_back({line});
}

std::string drawn() {
    const test::TemporaryFolder folder;
    std::filesystem::copy_file(REBOLT_TEST_DATA "/damaged/docker-cycle-next.db",
                               folder.path("local-kv.db"));
    std::vector<TerminalLine> lines;
    add(folder.path(""), "check local-kv.db", lines);
    add(folder.path(""), "recover -q local-kv.db -o new.db", lines);
    add(folder.path(""), "check -q new.db", lines);
    return terminal_picture(lines);
}

TEST(Picture, IsWhatTheProgramPrints) {
    const std::string picture = drawn();
    if (std::getenv("REBOLT_WRITE_TABLES") != nullptr)
        std::ofstream(picture_path) << picture;
    EXPECT_EQ(test::bytes_of(picture_path), picture);
}

TEST(TerminalPicture, EscapesColoursAndCuts) {
    const std::string picture = terminal_picture(
        {{"check <x>", true}, {"\x1b[31mbad\x1b[0m & good"}, {std::string(200, 'x')}});
    EXPECT_NE(picture.find("<tspan fill=\"#61afef\">$ </tspan><tspan>check &lt;x&gt;</tspan>"),
              std::string::npos)
        << picture;
    EXPECT_NE(picture.find("<tspan fill=\"#ff6b68\">bad</tspan><tspan> &amp; good</tspan>"),
              std::string::npos)
        << picture;
    EXPECT_NE(picture.find("<tspan>" + std::string(99, 'x') + "…</tspan>"), std::string::npos);
}

} // namespace
} // namespace rebolt::documents
