// The program, run by root on files of a folder that another user may write: nothing
// of root's is changed, taken away, given away or shown.
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class HostileFolder : public testing::Test {
protected:
    HostileFolder() {
        fs::create_directories(path("theirs"));
        std::ofstream(path("victim")) << std::string(8192, 's');
        EXPECT_EQ(::chmod(path("victim").c_str(), 0600), 0);
        EXPECT_EQ(::chmod(path("theirs").c_str(), 0777), 0);
    }
    ~HostileFolder() override {
        struct stat status{};
        EXPECT_EQ(::stat(path("victim").c_str(), &status), 0) << "it was taken away";
        EXPECT_EQ(status.st_mode & 07777U, 0600U);
        EXPECT_EQ(status.st_uid, ::geteuid());
        EXPECT_TRUE(bytes_of(path("victim")) == std::string(8192, 's'));
    }
    HostileFolder(const HostileFolder&) = delete;
    HostileFolder& operator=(const HostileFolder&) = delete;

    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::string file() const { return path("theirs/state.db"); }
    void put(const std::string& name) const {
        fs::copy_file(std::string(REBOLT_TEST_DATA) + "/" + name, file(),
                      fs::copy_options::overwrite_existing);
        EXPECT_EQ(::chmod(file().c_str(), 0640), 0);
        if (::geteuid() == 0) {
            EXPECT_EQ(::chown(file().c_str(), 65534, 65534), 0);
        }
    }
    [[nodiscard]] static CommandResult rebolt(std::vector<std::string> words) {
        words.insert(words.begin(), REBOLT_EXE);
        return run_command(words);
    }
    /// As the source: mode and owner.
    static void expect_like(const std::string& made, const std::string& source) {
        struct stat first{};
        struct stat second{};
        ASSERT_EQ(::lstat(made.c_str(), &first), 0) << made;
        ASSERT_EQ(::lstat(source.c_str(), &second), 0);
        EXPECT_EQ(first.st_mode, second.st_mode) << made;
        EXPECT_EQ(first.st_uid, second.st_uid) << made;
        EXPECT_EQ(first.st_gid, second.st_gid) << made;
    }

private:
    TemporaryFolder folder_;
};

TEST_F(HostileFolder, CopiesAreAsOpenToOthersAsTheirSource) {
    put("damaged/docker-cycle-next.db");
    const std::string provenance = path("theirs/provenance");
    EXPECT_EQ(
        rebolt({"recover", file(), "-o", path("theirs/recovered.db"), "--provenance", provenance})
            .exit_code,
        0);
    expect_like(path("theirs/recovered.db"), file());
    struct stat status{};
    ASSERT_EQ(::stat(provenance.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U) << "it holds all keys";
    put("real/docker-20.10-running.db");
    EXPECT_EQ(rebolt({"compact", file(), "-o", path("theirs/compact.db")}).exit_code, 0);
    expect_like(path("theirs/compact.db"), file());
    EXPECT_EQ(rebolt({"backup", file(), "-o", path("theirs/backup.db")}).exit_code, 0);
    expect_like(path("theirs/backup.db"), file());
    put("damaged/docker-meta0.db");
    EXPECT_EQ(rebolt({"repair", "-y", file()}).exit_code, 1);
    expect_like(file() + ".undo", file());
}

TEST_F(HostileFolder, AListOfProvenanceTakesNoOthersPlace) {
    put("real/docker-20.10-running.db");
    fs::create_symlink(path("victim"), path("theirs/provenance"));
    const auto recover = [&](const std::string& force) {
        return rebolt({"recover", file(), "-o", path("new.db"), "--provenance",
                       path("theirs/provenance"), force});
    };
    EXPECT_EQ(recover("-q").exit_code, 8);
    EXPECT_EQ(recover("--force").exit_code, 8);
    EXPECT_FALSE(fs::exists(path("new.db")));
}

TEST_F(HostileFolder, ALinkOfTheirsIsNotRepairedAndNotGuarded) {
    fs::create_symlink(path("victim"), file());
    const auto guard = [&](const std::string& policy) {
        return rebolt({"guard", "--state-folder", path("state"), "--policy", policy, file()});
    };
    for (const char* policy : {"recover", "quarantine", "refuse"}) {
        const auto result = guard(policy);
        EXPECT_EQ(result.exit_code, 0) << result.out;
        EXPECT_THAT(result.out, HasSubstr("is a link that another user may have put there"));
    }
    EXPECT_EQ(rebolt({"repair", "-y", file()}).exit_code, 8);
    EXPECT_EQ(rebolt({"undo", file()}).exit_code, 8);
}

TEST_F(HostileFolder, NamesThatWereForeseenLeadNowhere) {
    put("damaged/docker-meta0.db");
    for (const char* name : {"state.db.undo", "new.db"})
        for (int process = 1; process < 200; ++process) // what temporary names once were
            fs::create_symlink(path("victim"), path("theirs/") + name + "." +
                                                   std::to_string(::getpid() + process) + ".new");
    EXPECT_EQ(rebolt({"repair", "-y", file()}).exit_code, 1);
    EXPECT_EQ(rebolt({"compact", file(), "-o", path("theirs/new.db")}).exit_code, 0);
}

TEST_F(HostileFolder, NothingIsWrittenInTheFolderForTemporaryFiles) {
    ASSERT_EQ(::setenv("TMPDIR", path("theirs").c_str(), 1), 0);
    const std::string source = std::string(REBOLT_TEST_DATA) + "/damaged/docker-cycle-next.db";
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"docker", "networks", source},
          {"docker", "startup", source},
          {"docker", "fsck", source},
          {"recover", "--dry-run", source},
          {"diagnose", "--file", source, "-"}})
        static_cast<void>(rebolt(words));
    ASSERT_EQ(::unsetenv("TMPDIR"), 0);
    EXPECT_TRUE(fs::is_empty(path("theirs")));
}

// Bytes of a name that mean something to a terminal, or to the journal.
TEST_F(HostileFolder, NamesReachTheTerminalEscaped) {
    const std::string name = path("theirs/\x1b]0;title\a\n<3>docker.db");
    fs::copy_file(std::string(REBOLT_TEST_DATA) + "/damaged/docker-cycle-next.db", name);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"check", name},
          {"keys", name, "libnetwork"},
          {"guard", "--policy", "refuse", "--state-folder", path("state"), name},
          {"recover", "--dry-run", name}}) {
        const auto result = rebolt(words);
        for (const std::string& text : {result.out, result.err}) {
            EXPECT_EQ(text.find('\x1b'), std::string::npos) << words[0];
            EXPECT_EQ(text.find('\a'), std::string::npos) << words[0];
            EXPECT_EQ(text.find("\n<3>"), std::string::npos) << words[0];
        }
    }
}

} // namespace
} // namespace rebolt::test
