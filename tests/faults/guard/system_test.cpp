// `rebolt guard` where the system is against it: no room, nothing can be
// written. A clean start is never kept from its service, a damaged file is as it
// was, and one line says why.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <fmt/format.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string damaged =
    bytes_of(std::string(REBOLT_TEST_DATA) + "/damaged/docker-cycle-next.db");
const std::string clean = bytes_of(std::string(REBOLT_TEST_DATA) + "/real/docker-20.10-running.db");

// In a mount namespace: $1 the folder that is mounted, $2 the file, $3 the state
// folder, $4 rebolt. A second line of the script mounts.
class GuardHindered : public testing::Test {
protected:
    void SetUp() override {
        const auto tried = in_namespace("true", {});
        if (tried.exit_code != 0)
            GTEST_SKIP() << "no mounts of one's own here: " << tried.err;
        fs::create_directories(data());
    }
    [[nodiscard]] std::string data() const { return folder_.path("data"); }
    [[nodiscard]] std::string file() const { return folder_.path("data/local-kv.db"); }
    [[nodiscard]] std::string state() const { return folder_.path("state"); }

    static CommandResult in_namespace(const std::string& script,
                                      const std::vector<std::string>& arguments) {
        std::vector<std::string> words{"/usr/bin/unshare"};
        if (::geteuid() != 0)
            words.insert(words.end(), {"--user", "--map-root-user"});
        words.insert(words.end(), {"--mount", "/bin/sh", "-c", script, "sh"});
        words.insert(words.end(), arguments.begin(), arguments.end());
        return run_command(words);
    }
    CommandResult guard_after(const std::string& mounting) {
        return in_namespace(mounting + R"( && "$4" guard "$2" --state-folder "$3"; code=$?;
                                           ls -1 "$1" >&2; exit $code)",
                            {data(), file(), state(), REBOLT_EXE});
    }

private:
    TemporaryFolder folder_;
};

constexpr const char* read_only = R"(mount --bind "$1" "$1" && mount -o remount,ro,bind "$1")";
// The file comes into a small file system, and what room is left is taken.
constexpr const char* full = R"(cp "$2" "$3.file" && mount -t tmpfs -o size=192k tmpfs "$1" &&
    cp "$3.file" "$2" && { cat /dev/zero > "$1/ballast" 2>/dev/null; true; })";

TEST_F(GuardHindered, ReadOnlyACleanFileMayStart) {
    std::ofstream(file(), std::ios::binary) << clean;
    const auto result = guard_after(read_only);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("local-kv.db: clean: "));
    EXPECT_TRUE(bytes_of(file()) == clean);
}

TEST_F(GuardHindered, ReadOnlyADamagedFileStaysAndIsRefused) {
    std::ofstream(file(), std::ios::binary) << damaged;
    const auto result = guard_after(read_only);
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_THAT(result.out, HasSubstr("local-kv.db: failed: damaged: "));
    EXPECT_THAT(result.out, HasSubstr("it could not be recovered and is as it was: "));
    EXPECT_THAT(result.out, HasSubstr("Read-only file system"));
    EXPECT_TRUE(bytes_of(file()) == damaged);
}

TEST_F(GuardHindered, WithoutRoomACleanFileMayStart) {
    std::ofstream(file(), std::ios::binary) << clean;
    const auto result = guard_after(full);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("local-kv.db: clean: "));
}

TEST_F(GuardHindered, WithoutRoomADamagedFileStaysAndIsRefused) {
    std::ofstream(file(), std::ios::binary) << damaged;
    const auto result = guard_after(full);
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_THAT(result.out, HasSubstr("it could not be recovered and is as it was: "));
    EXPECT_THAT(result.out, HasSubstr("No space left on device"));
    EXPECT_THAT(result.err, testing::EndsWith("ballast\nlocal-kv.db\n"))
        << "nothing is left half done";
}

TEST_F(GuardHindered, WithoutRoomForItsStateACleanFileMayStart) {
    std::ofstream(file(), std::ios::binary) << clean;
    fs::create_directories(state());
    const auto result = in_namespace(
        R"(mount -t tmpfs -o size=64k tmpfs "$3" && "$4" guard "$2" --state-folder "$3")",
        {data(), file(), state(), REBOLT_EXE});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("; no snapshot of it: "));
    EXPECT_THAT(result.out, HasSubstr("No space left on device"));
}

TEST_F(GuardHindered, WithoutAStateFolderADamagedFileIsRecoveredAllTheSame) {
    std::ofstream(file(), std::ios::binary) << damaged;
    std::ofstream(state()) << "a file in place of the folder";
    const auto result = run_command({REBOLT_EXE, "guard", file(), "--state-folder", state()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("local-kv.db: recovered: "));
    EXPECT_THAT(result.out, HasSubstr("; no record of it: "));
}

} // namespace
} // namespace rebolt::test
