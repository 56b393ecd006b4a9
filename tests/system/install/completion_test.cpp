// The shells themselves complete what is typed, by the scripts that rebolt prints.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "support/run_command.hpp"

namespace rebolt::test {
namespace {

const std::string program = REBOLT_EXE;
const std::string docker = REBOLT_TEST_DATA "/real/docker-20.10-running.db";
const std::string containerd = REBOLT_TEST_DATA "/real/containerd-1.6-meta.db";

// What bash would offer for the words, of which the last is being typed.
std::string in_bash(const std::string& words) {
    const CommandResult result =
        run_command({"/bin/bash", "--norc", "-c",
                     "source <(" + program + " completion bash); COMP_WORDS=(" + program + " " +
                         words + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _rebolt; " +
                         "printf '%s\\n' \"${COMPREPLY[@]}\""});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
}

// The same in zsh, whose own functions that list words are replaced by printing.
std::string in_zsh(const std::string& words) {
    const CommandResult result =
        run_command({"/bin/zsh", "-f", "-c",
                     "compdef() { }; source <(" + program +
                         " completion zsh); _describe() { print -rl -- ${(@P)4} }; "
                         "_files() { print files }; words=(" +
                         program + " " + words + "); CURRENT=${#words}; _rebolt"});
    EXPECT_EQ(result.err, "");
    return result.out;
}

std::string in_fish(const std::string& words) {
    const std::string folder = std::filesystem::path(program).parent_path().string();
    const CommandResult result = run_command({"/usr/bin/fish", "--no-config", "-c",
                                              "set -x PATH " + folder +
                                                  " $PATH; rebolt completion fish | source; "
                                                  "complete -C 'rebolt " +
                                                  words + "'"});
    EXPECT_EQ(result.err, "");
    return result.out;
}

TEST(Completion, BashCompletesCommandsOptionsBucketsAndFiles) {
    EXPECT_EQ(in_bash("chec"), "check\n");
    EXPECT_EQ(in_bash("store co"), "copy\n");
    EXPECT_EQ(in_bash("recover --pro"), "--provenance\n");
    EXPECT_EQ(in_bash("recover --policy new"), "newest-whole\n");
    EXPECT_EQ(in_bash("recover --policy = new"), "newest-whole\n"); // as bash cuts --policy=new
    EXPECT_EQ(in_bash("keys " + docker + " lib"), "libnetwork\n");
    EXPECT_EQ(in_bash("keys " + containerd + " v1 mo"), "moby\n");
    EXPECT_EQ(in_bash("check " + docker.substr(0, docker.size() - 3)), docker + "\n");
    EXPECT_EQ(in_bash("keys /no/such/file.db x"), "\n");
}

TEST(Completion, ZshCompletesCommandsOptionsBucketsAndFiles) {
    EXPECT_EQ(in_zsh("chec"),
              "check:Look for damage in a file, whatever its bytes; never changes it\n");
    EXPECT_EQ(in_zsh("recover --pro"),
              "--provenance:Write a line of JSON for each key: where it came from\n");
    EXPECT_EQ(in_zsh("keys " + docker + " lib"), "libnetwork:bucket\n");
    EXPECT_EQ(in_zsh("check ''"), "files\n");
}

TEST(Completion, FishCompletesCommandsOptionsBucketsAndFiles) {
    EXPECT_EQ(in_fish("chec"),
              "check\tLook for damage in a file, whatever its bytes; never changes it\n");
    EXPECT_EQ(in_fish("recover --pro"),
              "--provenance\tWrite a line of JSON for each key: where it came from\n");
    EXPECT_EQ(in_fish("keys " + docker + " lib"), "libnetwork\tbucket\n");
    EXPECT_NE(in_fish("check " + docker.substr(0, docker.size() - 3)).find(docker),
              std::string::npos);
}

} // namespace
} // namespace rebolt::test
