// rebolt check, as a user runs it: exit codes, what is printed, and locks.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <rebolt/db.hpp>

#include "cli/test_run.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Holds bbolt's lock on a file, as a program that writes to it would.
class Lock {
public:
    explicit Lock(const std::string& path) : descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        EXPECT_EQ(::flock(descriptor_, LOCK_EX | LOCK_NB), 0);
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() { ::close(descriptor_); }

private:
    int descriptor_;
};

std::string this_process() {
    return fmt::format("(process {})", ::getpid());
}

TEST(CheckCommand, ReadsADatabaseFromAPipe) {
    const auto piped = [](const std::string& file, const std::string& options) {
        return test::run_command(
            {"/bin/sh", "-c", "cat '" + file + "' | '" REBOLT_EXE "' check " + options + " -"});
    };
    const auto clean = piped(real_file("docker-20.10-running.db"), "-q");
    EXPECT_EQ(clean.exit_code, 0) << clean.err;
    EXPECT_THAT(clean.out, ::testing::StartsWith("-: clean"));
    const auto damaged = piped(damaged_file("docker-cycle-next.db"), "");
    EXPECT_EQ(damaged.exit_code, 4) << damaged.err;
    EXPECT_THAT(damaged.out, ::testing::HasSubstr("page 2 points to itself"));
    EXPECT_THAT(damaged.out, ::testing::EndsWith("  rebolt recover FILE -o NEW\n"));
    EXPECT_EQ(piped("/dev/null", "--json").exit_code, 4);
}

TEST(CheckCommand, SaysThatARealFileIsClean) {
    const std::string file = real_file("docker-20.10-running.db");
    const auto result = rebolt_on(file, "check");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.out,
              file + ": clean: every page is accounted for, transaction 99 is whole\n"
                     "23 pages of 4096 bytes: 2 meta, 1 freelist, 1 branch, 15 leaf, 4 free\n"
                     "56 keys in 1 bucket are reachable (transaction 99)\n");
}

TEST(CheckCommand, EveryRealFileIsCleanAndEveryDamagedOneIsNot) {
    for (const auto& entry : std::filesystem::directory_iterator(real_file("")))
        EXPECT_EQ(rebolt_on(entry.path(), "check").exit_code, 0) << entry.path();
    for (const auto& entry : std::filesystem::directory_iterator(damaged_file("")))
        EXPECT_EQ(rebolt_on(entry.path(), "check").exit_code, 4) << entry.path();
}

TEST(CheckCommand, ShowsDamageItsPlaceAndTheNextCommand) {
    const std::string file = damaged_file("docker-cycle-next.db");
    const auto result = rebolt_on(file, "check");
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_EQ(result.err, "");
    EXPECT_THAT(result.out, StartsWith(file + ": damaged: the newest transaction 99 is damaged"));
    EXPECT_THAT(result.out, HasSubstr("fatal page-cycle: page 2 points to itself"));
    EXPECT_THAT(result.out, HasSubstr("bucket libnetwork, transaction 99"));
    EXPECT_THAT(result.out, HasSubstr("Impact: "));
    EXPECT_THAT(result.out, HasSubstr("rebolt recover " + file + " -o " + file + ".recovered\n"));
}

TEST(CheckCommand, QuietIsTheVerdictAlone) {
    const std::string sound = real_file("etcd-3.4.db");
    EXPECT_EQ(rebolt_on(sound, "check", {"-q"}).out,
              sound + ": clean: every page is accounted for, transaction 51 is whole\n");
    const std::string damaged = damaged_file("docker-dag.db");
    const auto result = rebolt_on(damaged, "check", {"--quiet"});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.out, damaged + ": damaged: the newest transaction 99 is damaged, and so is "
                                    "transaction 98\n");
}

TEST(CheckCommand, JsonOfASoundFileHasItsFields) {
    const auto result = rebolt_on(real_file("etcd-3.4.db"), "check", {"--json"});
    EXPECT_EQ(result.exit_code, 0);
    const json report = json::parse(result.out);
    EXPECT_EQ(report["shape"], "rebolt.check/1");
    EXPECT_EQ(report["file"], real_file("etcd-3.4.db"));
    EXPECT_EQ(report["verdict"], "clean");
    EXPECT_EQ(report["file_bytes"], 987136);
    EXPECT_EQ(report["page_size"], 4096);
    EXPECT_EQ(report["metas"].size(), 2U);
    EXPECT_EQ(report["metas"][1]["txid"], 51);
    EXPECT_TRUE(report["metas"][1]["current"]);
    EXPECT_TRUE(report["metas"][1]["freelist"].is_null());
    EXPECT_EQ(report["transactions"][0]["txid"], 51);
    EXPECT_TRUE(report["transactions"][0]["whole"]);
    EXPECT_TRUE(report["transactions"][0]["sound"]);
    EXPECT_EQ(report["owner"], "etcd");
    EXPECT_TRUE(report["foreign"].is_null());
    EXPECT_EQ(report["pages"]["leaf"], 232);
    EXPECT_EQ(report["pages"]["free"], 4);
    EXPECT_EQ(report["pages"]["total"], 241);
    EXPECT_EQ(report["findings"], json::array());
    EXPECT_EQ(report["findings_left_out"], 0);
    EXPECT_EQ(report["counts"], json::object());
    EXPECT_TRUE(report["bytes"].is_number_unsigned());
    EXPECT_TRUE(report["seconds"].is_number());
}

TEST(CheckCommand, JsonOfADamagedFileTellsWhere) {
    const auto result = rebolt_on(damaged_file("docker-cycle-next.db"), "check", {"--json"});
    EXPECT_EQ(result.exit_code, 4);
    const json report = json::parse(result.out);
    EXPECT_EQ(report["verdict"], "damaged");
    EXPECT_EQ(report["counts"]["page-cycle"], 1);
    const json& finding = report["findings"].at(0);
    EXPECT_EQ(finding["code"], "page-cycle");
    EXPECT_EQ(finding["severity"], "fatal");
    EXPECT_EQ(finding["page"], 2);
    EXPECT_EQ(finding["offset"], 8192);
    EXPECT_EQ(finding["path"], (json{21, 18, 2, 2}));
    EXPECT_EQ(finding["bucket"], json{"libnetwork"});
    EXPECT_EQ(finding["transaction"], 99);
    EXPECT_EQ(report["data"][1]["kind"], "networks");
    EXPECT_EQ(report["data"][1]["recovered"], 9);
    EXPECT_EQ(report["data"][1]["lost_estimate"], 0);
    EXPECT_FALSE(report["consequence"].get<std::string>().empty());
    EXPECT_THAT(report["next"].get<std::string>(), StartsWith("rebolt recover "));
}

TEST(CheckCommand, SaysWhatOfTheDataIsSafe) {
    const auto result = rebolt_on(damaged_file("docker-cycle-next.db"), "check");
    EXPECT_THAT(result.out, HasSubstr("\nYour data: 11 of 11 endpoints, 9 of 9 networks, "));
}

TEST(CheckCommand, JsonOfAFolderIsOneDocument) {
    const auto result = rebolt({"check", "--json", REBOLT_TEST_DATA "/owners"});
    const json report = json::parse(result.out);
    EXPECT_EQ(report["shape"], "rebolt.check-files/1");
    EXPECT_EQ(report["files"].size(), report["clean"]);
    EXPECT_EQ(report["files"][0]["shape"], "rebolt.check/1");
    EXPECT_EQ(report["damaged"], 0);
    EXPECT_EQ(result.exit_code, 0);
}

TEST(CheckCommand, FindingsBeyondTheLimitAreCounted) {
    const auto result =
        rebolt_on(damaged_file("docker-dag.db"), "check", {"--json", "--max-findings", "1"});
    EXPECT_EQ(result.exit_code, 4);
    const json report = json::parse(result.out);
    std::uint64_t counted = 0;
    for (const json& count : report["counts"])
        counted += count.get<std::uint64_t>();
    EXPECT_GT(counted, 1U);
    EXPECT_EQ(report["findings"].size(), 1U);
    EXPECT_EQ(report["findings_left_out"], counted - 1);
}

TEST(CheckCommand, TheNumberOfThreadsChangesNothing) {
    const std::string file = damaged_file("etcd-cycle-next.db");
    EXPECT_EQ(rebolt_on(file, "check", {"--threads", "1"}).out,
              rebolt_on(file, "check", {"--threads", "4"}).out);
}

TEST(CheckCommand, AFileThatIsNotThereFails) {
    const auto result = rebolt({"check", "no-such-file.db"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "rebolt: no-such-file.db: cannot open: No such file or directory\n");
}

TEST(CheckCommand, AFileThatIsNoDatabaseFails) {
    const std::string text = REBOLT_SOURCE_DIR "/LICENSE";
    const auto result = rebolt_on(text, "check", {"--json"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_EQ(json::parse(result.out)["verdict"], "not-a-bolt-file");
    EXPECT_EQ(rebolt({"check", "/dev/null"}).exit_code, 8);
}

TEST(CheckCommand, WrongUsageIsToldWithTheHelpThatHelps) {
    const auto missing = rebolt({"check"});
    EXPECT_EQ(missing.exit_code, 16);
    EXPECT_EQ(missing.out, "");
    EXPECT_EQ(missing.err, "rebolt: FILE is required\nTry: rebolt check --help\n");
    const std::string file = real_file("etcd-3.4.db");
    EXPECT_EQ(rebolt({"check", file, "--no-such-option"}).exit_code, 16);
    EXPECT_EQ(rebolt({"check", file, "--threads", "many"}).exit_code, 16);
    EXPECT_EQ(rebolt({"check", file, "-q", "-v"}).exit_code, 16);
    const auto misspelt = rebolt({"chekc", file});
    EXPECT_EQ(misspelt.exit_code, 16);
    EXPECT_THAT(misspelt.err, HasSubstr("did you mean `check`?"));
}

TEST(CheckCommand, TakesFilesAndFolders) {
    const std::string file = real_file("docker-20.10-running.db");
    const auto two = rebolt({"check", file, damaged_file("docker-count.db")});
    EXPECT_EQ(two.exit_code, 4);
    EXPECT_THAT(two.out, HasSubstr(file + ": clean"));
    EXPECT_THAT(two.out, HasSubstr("\n2 files: 1 clean, 1 damaged, 0 not checked\n"));
    const auto folder = rebolt({"check", "-q", REBOLT_TEST_DATA "/real"});
    EXPECT_EQ(folder.exit_code, 0);
    EXPECT_THAT(folder.out, HasSubstr(file + ": clean"));
    EXPECT_THAT(folder.out, HasSubstr(" clean, 0 damaged, 0 not checked\n"));
}

TEST(CheckCommand, FindsAFileWithoutMetasInAFolder) {
    test::PatchedFile patched(real_file("docker-20.10-running.db"));
    std::ranges::fill(std::span(patched.bytes()).first(8192), std::byte{0});
    const test::TemporaryFolder folder;
    const std::string file = folder.path("local-kv.db");
    std::filesystem::copy_file(patched.path(), file);
    const auto result = rebolt({"check", folder.path("")});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_THAT(result.out, HasSubstr("\n1 file: 0 clean, 1 damaged, 0 not checked\n"));
}

TEST(CheckCommand, SaysThatAFileWithoutMetasCanBeRecovered) {
    test::PatchedFile patched(real_file("docker-20.10-running.db"));
    std::ranges::fill(std::span(patched.bytes()).first(8192), std::byte{0});
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "check");
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_THAT(result.out, HasSubstr("\nYour data: 11 of 11 endpoints, 9 of 9 networks, "));
    EXPECT_THAT(result.out, HasSubstr("\n  rebolt recover " + file.path() + " -o "));
    EXPECT_THAT(rebolt_on(file.path(), "repair").out, HasSubstr("\n  rebolt recover "));
}

TEST(CheckCommand, SaysWhereNothingIsLeft) {
    test::PatchedFile patched(std::vector<std::byte>(32768));
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "check");
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_THAT(result.out,
                HasSubstr("\nWhat to do: nothing is left in it to recover; restore a copy:\n"));
    EXPECT_EQ(json::parse(rebolt_on(file.path(), "check", {"--json"}).out).at("next"),
              "ls -l " + file.path());
}

TEST(CheckCommand, AnEmptyDatabaseWithoutUsableMetasIsRepaired) {
    const test::TemporaryFolder folder;
    const std::string made = folder.path("new.db");
    ASSERT_TRUE(DB::open(made));
    test::PatchedFile patched(made);
    patched.put<std::uint64_t>(72, 1).put<std::uint64_t>(4096 + 72, 1);
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "check");
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_THAT(result.out, HasSubstr("\nWhat to do: the database is empty; repair makes it usable "
                                      "again:\n  rebolt repair " +
                                      file.path() + "\n"));
    EXPECT_EQ(rebolt({"repair", "--yes", file.path()}).exit_code, 1);
    EXPECT_EQ(rebolt_on(file.path(), "check").exit_code, 0);
}

TEST(KeysCommand, DoesNotReadStandardInput) {
    const auto result = rebolt({"keys", "-", "bucket"});
    EXPECT_EQ(result.exit_code, 16);
    EXPECT_THAT(result.err, HasSubstr("not from standard input: save it to a file first"));
}

TEST(CheckCommand, HelpHasAnExample) {
    const auto result = rebolt({"check", "--help"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, HasSubstr("\nExample: rebolt check "));
}

TEST(CheckCommand, ALockedFileFailsAndItsHolderIsNamed) {
    test::PatchedFile patched(real_file("etcd-3.4.db"));
    const TemporaryFile file(patched);
    const Lock lock(file.path());
    const auto result = rebolt_on(file.path(), "check", {"--timeout", "0.1"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(file.path() + ": the file is locked by "));
    EXPECT_THAT(result.err, HasSubstr(this_process()));
    EXPECT_THAT(result.err, HasSubstr("--live"));
}

TEST(CheckCommand, LiveReadsBesideTheHolderAndSaysWhat) {
    test::PatchedFile patched(real_file("etcd-3.4.db"));
    const TemporaryFile file(patched);
    const Lock lock(file.path());
    const auto result = rebolt_on(file.path(), "check", {"--live"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, StartsWith(file.path() + ": clean"));
    EXPECT_THAT(result.err, StartsWith("note: the file is locked by "));
    EXPECT_THAT(result.err, HasSubstr(this_process()));
    EXPECT_THAT(result.err, HasSubstr("; read beside it: transaction "));
}

TEST(CheckCommand, LiveOnAFreeFileNamesNobody) {
    const auto result = rebolt_on(real_file("etcd-3.4.db"), "check", {"--live"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.err, StartsWith("note: read without the lock: transaction "));
    EXPECT_THAT(result.err, Not(HasSubstr("locked by")));
    EXPECT_EQ(rebolt_on(real_file("etcd-3.4.db"), "check", {"--no-lock", "-q"}).err, "");
}

} // namespace
} // namespace rebolt::cli
