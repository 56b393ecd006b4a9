// What a command prints to be typed next: it exists, it parses, and typed in order
// it ends in a clean file, with the damaged one kept. Typed twice it does no harm.
#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

// As a shell runs it, with this rebolt in its path.
CommandResult typed(const std::string& line) {
    const std::string folder = fs::path(REBOLT_EXE).parent_path();
    return run_command({"/bin/bash", "-c", "PATH=" + folder + ":$PATH; " + line},
                       std::chrono::seconds{240});
}

// Commands that stand on a line of their own, or at the end of one: `To see all
// damage: rebolt check FILE`. Lines that end in `&&` are one command.
std::vector<std::string> commands_in(const std::string& text) {
    std::vector<std::string> commands;
    std::istringstream lines(text);
    std::string block;
    for (std::string line; std::getline(lines, line);) {
        const std::string whole = line;
        line = line.substr(0, line.find("    # "));
        if (line.ends_with(" &&") || (!block.empty() && line.starts_with("  # "))) {
            block += whole + "\n"; // with its comments, as it is pasted
            continue;
        }
        if (!block.empty()) {
            commands.push_back(block + whole);
            block.clear();
        } else if (line.starts_with("  rebolt "))
            commands.push_back(line.substr(2));
        else if (const std::size_t at = line.find(": rebolt "); at != std::string::npos)
            commands.push_back(line.substr(at + 2));
    }
    return commands;
}

bool takes_back(const std::string& command) {
    return command.find(" undo ") != std::string::npos ||
           command.find(" --undo ") != std::string::npos;
}

std::map<std::string, std::string> content_of(const std::string& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            files[entry.path()] = bytes_of(entry.path());
    return files;
}

class NextSteps : public ::testing::TestWithParam<std::string> {
protected:
    NextSteps() {
        fs::create_directory(folder());
        fs::copy_file(GetParam(), file());
        fs::permissions(file(), fs::perms::owner_write, fs::perm_options::add);
    }
    // Their names are words that a shell would split and expand.
    [[nodiscard]] std::string folder() const { return folder_.path("it's $HOME"); }
    [[nodiscard]] std::string file() const { return folder() + "/a file.db"; }
    [[nodiscard]] std::string quoted() const {
        std::string text = file();
        text.replace(text.find('\''), 1, "'\\''");
        return "'" + text + "'";
    }

    // Types it twice, and gives what it printed the first time.
    std::string type(const std::string& command) const {
        const CommandResult first = typed(command);
        const bool is_unconfirmed = first.err.contains("--yes"); // nobody can be asked here
        EXPECT_TRUE(first.exit_code != 16 || is_unconfirmed) << command << "\n" << first.err;
        EXPECT_LT(first.exit_code, 64) << command << "\n" << first.err;
        const auto before = content_of(folder());
        const CommandResult again = typed(command);
        EXPECT_LT(again.exit_code, 64) << command << "\n" << again.err;
        const auto after = content_of(folder());
        for (const auto& [path, bytes] : before) {
            const auto same = after.find(path);
            EXPECT_TRUE(same != after.end() && same->second == bytes)
                << command << " changed " << path << " when it was typed again";
        }
        return first.out + first.err;
    }

private:
    TemporaryFolder folder_;
};

TEST_P(NextSteps, EndInACleanFileWithTheDamagedOneKept) {
    const std::string damaged = bytes_of(file());
    std::deque<std::string> to_type;
    for (const char* command :
         {"rebolt check ", "rebolt info -v ", "rebolt stats ", "rebolt pages ",
          "rebolt docker networks ", "rebolt docker startup ", "rebolt fsck ",
          "rebolt diagnose /dev/null --database "})
        to_type.push_back(command + quoted());
    std::set<std::string> typed_already;
    bool is_recoverable = true;
    while (!to_type.empty() && typed_already.size() < 40) {
        const std::string command = to_type.front();
        to_type.pop_front();
        if (!typed_already.insert(command).second)
            continue;
        const std::string printed = type(command);
        // An etcd member of which something is missing is put in place by nobody.
        for (const char* reason :
             {"No key could be recovered", "no key came back", "Do not start an etcd member"})
            is_recoverable &= !printed.contains(reason);
        for (const std::string& next : commands_in(printed))
            if (!takes_back(next))
                to_type.push_back(next);
    }
    EXPECT_TRUE(to_type.empty()) << "each command leads to another: " << to_type.front();
    const CommandResult checked = run_command({REBOLT_EXE, "check", "-q", file()});
    if (is_recoverable) {
        EXPECT_EQ(checked.exit_code, 0) << checked.out;
    }
    const auto files = content_of(folder());
    EXPECT_TRUE(std::ranges::any_of(files, [&](const auto& one) { return one.second == damaged; }));
}

// The services that a log tells of are stopped and started by a stub here.
TEST_P(NextSteps, OfALogAreOneBlockThatCanBePastedTwice) {
    const TemporaryFolder stub;
    std::ofstream(stub.path("systemctl"))
        << "#!/bin/sh\necho \"$@\" >> '" << stub.path("told") << "'\n";
    fs::permissions(stub.path("systemctl"), fs::perms::owner_all);
    const std::string log = REBOLT_TEST_DATA "/logs/dockerd-cursor-growslice.log";
    const CommandResult told = typed("rebolt diagnose " + log + " --database " + quoted());
    const auto commands = commands_in(told.out);
    const auto block = std::ranges::find_if(
        commands, [](const std::string& one) { return one.contains(" recover --in-place "); });
    if (block == commands.end()) {
        EXPECT_FALSE(told.out.contains("Next, as one block")) << told.out;
        return;
    }
    const std::string damaged = bytes_of(file());
    const std::string pasted = "PATH=" + stub.path("") + ":$PATH\n" + *block;
    const CommandResult first = typed(pasted);
    EXPECT_TRUE(first.exit_code == 0 || first.exit_code == 4) << *block << first.err;
    const auto after_first = content_of(folder());
    const CommandResult second = typed(pasted);
    EXPECT_EQ(second.exit_code, 0) << *block << second.err;
    EXPECT_TRUE(content_of(folder()) == after_first) << "the second time changed a file";
    EXPECT_TRUE(bytes_of(stub.path("told")).ends_with("start docker.service\n"));
    const auto undo = std::ranges::find_if(commands, takes_back);
    ASSERT_NE(undo, commands.end()) << told.out;
    EXPECT_LT(undo, block) << "how to go back is said first";
    EXPECT_EQ(typed(*undo).exit_code, 0) << *undo;
    EXPECT_TRUE(bytes_of(file()) == damaged);
}

TEST_P(NextSteps, OfARepairAreTakenBackToTheLastByte) {
    const std::string damaged = bytes_of(file());
    std::string printed = type("rebolt repair " + quoted());
    for (const std::string& next : commands_in(printed))
        if (next.contains("rebolt repair --yes "))
            for (const std::string& undo : commands_in(type(next)))
                if (takes_back(undo)) {
                    EXPECT_EQ(typed(undo).exit_code, 0) << undo;
                    EXPECT_GE(typed(undo).exit_code, 8) << "there is nothing left to take back";
                }
    EXPECT_TRUE(bytes_of(file()) == damaged);
}

std::vector<std::string> damaged_files() {
    std::vector<std::string> files;
    for (const char* folder : {"/damaged", "/field"})
        for (const auto& entry : fs::directory_iterator(std::string(REBOLT_TEST_DATA) + folder))
            if (entry.path().extension() == ".db")
                files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

std::string name_of_file(const ::testing::TestParamInfo<std::string>& file) {
    std::string name = fs::path(file.param).stem();
    std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Damaged, NextSteps, ::testing::ValuesIn(damaged_files()), name_of_file);

} // namespace
} // namespace rebolt::test
