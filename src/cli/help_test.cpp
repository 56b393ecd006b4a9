// Every command's --help: examples that can be typed, exit codes, names for values.
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

struct CommandHelp {
    std::vector<std::string> path;
    std::string text;
    std::vector<std::string> commands; ///< its subcommands

    [[nodiscard]] std::string name() const {
        std::string all = "rebolt";
        for (const std::string& word : path)
            all += " " + word;
        return all;
    }
};

// The first words of the lines below `title`.
std::vector<std::string> names_below(const std::string& text, const std::string& title) {
    std::vector<std::string> names;
    std::istringstream lines(text);
    bool is_inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line == title)
            is_inside = true;
        else if (line.empty())
            is_inside = false;
        else if (is_inside && line.starts_with("  ") && line[2] != ' ')
            names.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    return names;
}

std::vector<std::string> examples_in(const std::string& text) {
    constexpr std::string_view first = "Example: rebolt ";
    constexpr std::string_view more = "         rebolt ";
    std::vector<std::string> examples;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(first) || (!examples.empty() && line.starts_with(more)))
            examples.push_back(line.substr(first.size()));
    return examples;
}

// All commands, depth first, with their help.
std::vector<CommandHelp> all_commands() {
    std::vector<CommandHelp> all;
    std::vector<std::vector<std::string>> left{{}};
    while (!left.empty()) {
        CommandHelp one{.path = left.back(), .text = {}, .commands = {}};
        left.pop_back();
        std::vector<std::string> words = one.path;
        words.emplace_back("--help");
        const auto result = rebolt(words);
        EXPECT_EQ(result.exit_code, 0) << one.name();
        one.text = result.out;
        one.commands = names_below(one.text, "Commands:");
        for (const std::string& command : one.commands) {
            left.push_back(one.path);
            left.back().push_back(command);
        }
        all.push_back(std::move(one));
    }
    return all;
}

class Help : public testing::Test {
protected:
    static void SetUpTestSuite() { commands_ = all_commands(); }
    static inline std::vector<CommandHelp> commands_;
};

TEST_F(Help, WalksAllCommands) {
    EXPECT_GT(commands_.size(), 60U);
}

TEST_F(Help, HasExamplesAndExitCodes) {
    for (const CommandHelp& command : commands_) {
        EXPECT_FALSE(examples_in(command.text).empty()) << command.name();
        if (command.commands.empty() || command.path.empty()) {
            EXPECT_NE(command.text.find("\nExit codes: "), std::string::npos) << command.name();
        }
    }
}

// With --help at its end an example is parsed, and nothing is done.
TEST_F(Help, HasExamplesThatParse) {
    for (const CommandHelp& command : commands_)
        for (const std::string& example : examples_in(command.text)) {
            const std::size_t inner = std::min(example.find(" -- "), example.size());
            const auto result = test::run_command(
                {"/bin/sh", "-c", REBOLT_EXE " " + example.substr(0, inner) + " --help"});
            EXPECT_EQ(result.exit_code, 0) << example << "\n" << result.err;
            EXPECT_TRUE(example.starts_with(command.name().substr(
                std::min(command.name().size(), std::string("rebolt ").size()))))
                << command.name() << ": " << example;
        }
}

TEST_F(Help, NamesValuesByWhatTheyAre) {
    for (const CommandHelp& command : commands_)
        for (const char* type : {" TEXT", " UINT", " INT", " FLOAT", ":FLOAT", "Excludes:"})
            EXPECT_EQ(command.text.find(type), std::string::npos) << command.name() << type;
}

TEST_F(Help, HasCommonOptionsLast) {
    for (const CommandHelp& command : commands_) {
        const std::size_t own = command.text.find("\nOptions:\n");
        const std::size_t common = command.text.find("\nCommon options:\n");
        ASSERT_NE(common, std::string::npos) << command.name();
        EXPECT_TRUE(own == std::string::npos || own < common) << command.name();
        EXPECT_GT(command.text.find("--help"), common) << command.name();
    }
}

TEST_F(Help, FitsEightyColumnsButForExamples) {
    for (const CommandHelp& command : commands_) {
        std::istringstream lines(command.text);
        for (std::string line; std::getline(lines, line);) {
            const bool is_example =
                line.starts_with("Example: ") || line.starts_with("         rebolt ");
            EXPECT_TRUE(is_example || line.size() <= 80 || line.find(' ', 2) == std::string::npos)
                << command.name() << ": " << line;
        }
    }
}

TEST(Options, OfSeveralValuesDoNotTakeTheFile) {
    const std::string file = damaged_file("docker-cycle-next.db");
    const auto recovered = rebolt(
        {"recover", "--donor", real_file("docker-20.10-running.db"), file, "--dry-run", "-q"});
    EXPECT_EQ(recovered.exit_code, 0) << recovered.err;
    const auto diagnosed = rebolt({"diagnose", "--database", file,
                                   REBOLT_TEST_DATA "/logs/dockerd-cursor-growslice.log", "-q"});
    EXPECT_EQ(diagnosed.exit_code, 4) << diagnosed.err;
    const auto updated = rebolt({"surgery", "meta", "update", "--fields", "root:16,pgid:128",
                                 "--meta-page", "1", "--output", "/nonexistent/new.db", file});
    EXPECT_EQ(updated.exit_code, 8) << updated.err;
}

TEST(Options, ThatAreMisspelledGetASuggestion) {
    const auto result = rebolt({"check", "--jsn", "my.db"});
    EXPECT_EQ(result.exit_code, 16);
    EXPECT_EQ(result.err, "rebolt: there is no option `--jsn`; did you mean `--json`?\n"
                          "Try: rebolt check --help\n");
    const auto extra = rebolt({"info", "a.db", "b.db"});
    EXPECT_EQ(extra.exit_code, 16);
    EXPECT_EQ(extra.err, "rebolt: `b.db` is one argument too many\nTry: rebolt info --help\n");
}

} // namespace
} // namespace rebolt::cli
