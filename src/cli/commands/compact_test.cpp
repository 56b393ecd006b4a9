// compact and backup: a new file, or none; bench.
#include "cli/test_run.hpp"

#include <csignal>
#include <regex>

#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

class NewFileCommands : public testing::Test {
protected:
    std::string new_file() const { return folder_.path("new.db"); }
    std::string path(const std::string& name) const { return folder_.path(name); }
    // What is in the folder: no temporary file may stay behind.
    std::size_t files() const {
        const auto folder = std::filesystem::path(new_file()).parent_path();
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder), {}));
    }
    static std::string keys_of(const std::string& file) {
        return rebolt({"keys", file, "libnetwork"}).out;
    }

private:
    test::TemporaryFolder folder_;
};

TEST_F(NewFileCommands, CompactKeepsAllAndSaysWhatItGained) {
    const std::string file = real_file("docker-20.10-many.db");
    const auto result = rebolt_on(file, "compact", {"-o", new_file()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const std::uint64_t before = std::filesystem::file_size(file);
    const std::uint64_t after = std::filesystem::file_size(new_file());
    EXPECT_LT(after, before);
    EXPECT_TRUE(std::regex_match(result.out, std::regex(std::to_string(before) + " -> " +
                                                        std::to_string(after) +
                                                        " bytes \\(gain=[0-9]+\\.[0-9]{2}x\\)\n")))
        << result.out;
    EXPECT_EQ(keys_of(new_file()), keys_of(file));
    EXPECT_EQ(rebolt({"check", "-q", new_file()}).exit_code, 0);
    EXPECT_EQ(files(), 1U);
}

TEST_F(NewFileCommands, CompactKeepsNestedBucketsInTransactionsOfAnySize) {
    const std::string file = real_file("containerd-1.6-meta.db");
    for (const char* size : {"0", "1", "500"}) {
        ASSERT_EQ(rebolt_on(file, "compact", {"-o", new_file(), "--force", "--tx-max-size", size})
                      .exit_code,
                  0);
        EXPECT_EQ(rebolt({"inspect", new_file()}).out.size(), rebolt({"inspect", file}).out.size());
        EXPECT_EQ(rebolt({"check", "-q", new_file()}).exit_code, 0);
    }
}

TEST_F(NewFileCommands, NoFileIsReplacedUnasked) {
    const std::string file = real_file("docker-20.10-running.db");
    std::ofstream(new_file()) << "mine";
    for (const char* command : {"compact", "backup"}) {
        const auto result = rebolt_on(file, command, {"-o", new_file()});
        EXPECT_EQ(result.exit_code, 8);
        EXPECT_NE(result.err.find("--force"), std::string::npos);
        EXPECT_EQ(test::bytes_of(new_file()), "mine");
    }
    EXPECT_EQ(rebolt_on(file, "backup", {"-o", new_file(), "--force"}).exit_code, 0);
    EXPECT_EQ(keys_of(new_file()), keys_of(file));
}

TEST_F(NewFileCommands, CompactOfADamagedFileMakesNone) {
    const auto result =
        rebolt_on(damaged_file("docker-cycle-next.db"), "compact", {"-o", new_file()});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_NE(result.err.find("nothing was written"), std::string::npos);
    EXPECT_EQ(files(), 0U);
}

TEST_F(NewFileCommands, BackupIsTheNewestState) {
    const std::string file = real_file("docker-20.10-running.db");
    const auto result = rebolt_on(file, "backup", {"-o", new_file()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out,
              new_file() + ": transaction 99 of " + file + ", 94208 bytes, " + "checked: clean\n");
    EXPECT_EQ(keys_of(new_file()), keys_of(file));
    EXPECT_EQ(files(), 1U);
}

TEST_F(NewFileCommands, NoneIsMadeOfDamage) {
    // docker-count.db hides three keys behind a wrong count: a compacted file would
    // be clean without them.
    for (const char* damaged : {"docker-cycle-next.db", "docker-count.db", "docker-meta0.db"})
        for (const char* command : {"backup", "compact"}) {
            const auto result = rebolt_on(damaged_file(damaged), command, {"-o", new_file()});
            EXPECT_EQ(result.exit_code, 4) << damaged << result.err;
            EXPECT_NE(result.err.find("rebolt check"), std::string::npos) << result.err;
            EXPECT_FALSE(std::filesystem::exists(new_file())) << damaged;
        }
}

// The newest meta is torn; pages of the newest tree are wrong.
TEST_F(NewFileCommands, AreMadeOfTheTransactionBeforeWhereThatIsMeant) {
    for (const char* damaged : {"docker-meta0.db", "docker-shared.db"})
        for (const char* command : {"backup", "compact"}) {
            SCOPED_TRACE(std::string(command) + " " + damaged);
            const auto result = rebolt_on(damaged_file(damaged), command,
                                          {"-o", new_file(), "--force", "--from-older"});
            EXPECT_EQ(result.exit_code, 0) << result.err;
            EXPECT_NE(result.err.find("this is transaction 98"), std::string::npos) << result.err;
            EXPECT_EQ(rebolt({"check", new_file()}).exit_code, 0);
        }
    const auto none_whole = rebolt_on(damaged_file("docker-cycle-next.db"), "compact",
                                      {"-o", path("no"), "--from-older"});
    EXPECT_EQ(none_whole.exit_code, 4);
    EXPECT_FALSE(std::filesystem::exists(path("no")));
}

TEST_F(NewFileCommands, AreNeverPutWhereNoRegularFileIs) {
    const std::string file = real_file("docker-20.10-running.db");
    for (const std::string& target : {std::string("/dev/null"), file})
        for (const char* command : {"backup", "compact", "recover"}) {
            const auto result = rebolt_on(file, command, {"-o", target, "--force"});
            EXPECT_EQ(result.exit_code, 8) << target << result.out;
        }
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(NewFileCommands, KeepTheModeOfWhatTheyWereMadeFrom) {
    const std::string source = new_file() + ".source";
    std::filesystem::copy_file(real_file("docker-20.10-running.db"), source);
    std::filesystem::permissions(source, std::filesystem::perms(0640));
    for (const char* command : {"backup", "compact", "recover"}) {
        ASSERT_EQ(rebolt_on(source, command, {"-o", new_file(), "--force"}).exit_code, 0);
        EXPECT_EQ(std::filesystem::status(new_file()).permissions(), std::filesystem::perms(0640))
            << command;
    }
}

TEST_F(NewFileCommands, BenchPrintsWhatBboltPrints) {
    const auto result = rebolt({"bench", "--count", "500", "--batch-size", "100", "--no-sync",
                                "--write-mode", "rnd-nest", "--path", path("bench.db"), "--work"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_TRUE(std::regex_search(
        result.out, std::regex("^# Write\t500\\(ops\\)\t[0-9.]+ms\t\\([0-9]+ns/op\\)\t")))
        << result.out;
    EXPECT_TRUE(std::regex_search(result.out, std::regex("# Read\t[0-9]+\\(ops\\)\t")));
    EXPECT_EQ(rebolt({"check", "-q", path("bench.db")}).exit_code, 0);
    EXPECT_EQ(rebolt({"bench", "--path", path("bench.db")}).exit_code, 8); // one is there
    EXPECT_EQ(rebolt({"bench", "--count", "10", "--path", path("gone.db")}).exit_code, 0);
    EXPECT_FALSE(std::filesystem::exists(path("gone.db")));
}

} // namespace
} // namespace rebolt::cli
