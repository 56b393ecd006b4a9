#include <nlohmann/json.hpp>

#include "cli/test_run.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

std::string log_file(const std::string& name) {
    return REBOLT_TEST_DATA "/logs/" + name;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(DiagnoseCommand, TheSeedsTraceWithItsFileGivesCauseProofAndCommands) {
    const std::string file = damaged_file("docker-cycle-next.db");
    const auto result =
        rebolt_on(log_file("dockerd-cursor-growslice.log"), "diagnose", {"--database", file});
    EXPECT_TRUE(has(result.out, "the cursor's stack was 51,412,650 pages deep")) << result.out;
    EXPECT_TRUE(has(result.out, "a page leads back to itself"));
    EXPECT_TRUE(has(result.out, "the file has only 23 pages, so a cursor 51,412,650 levels deep"));
    EXPECT_TRUE(has(result.out, "page-cycle: page 2 points to itself"));
    EXPECT_TRUE(has(result.out, "NewDaemon → Daemon.restore"));
    EXPECT_TRUE(has(result.out, "Cursor.first\n"));
    EXPECT_TRUE(has(result.out, "  systemctl stop docker.socket docker.service &&"));
    EXPECT_TRUE(has(result.out, "  rebolt recover --in-place " + file + " &&"));
    EXPECT_TRUE(has(result.out, "  rebolt check -q " + file + " &&"));
    EXPECT_TRUE(has(result.out, "  systemctl start docker.service "));
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 4);
}

TEST(DiagnoseCommand, AHealthyLogIsExitCode0) {
    for (const char* name : {"healthy-dockerd.log", "healthy-etcd-3.5.log"}) {
        const auto result = rebolt_on(log_file(name), "diagnose", {"--no-database"});
        EXPECT_TRUE(has(result.out, "Nothing was found")) << result.out;
        EXPECT_EQ(result.exit_code, 0);
    }
}

TEST(DiagnoseCommand, AHintAloneIsNoCause) {
    const auto result = rebolt_on(log_file("app-bolt-panic.log"), "diagnose", {"--no-database"});
    EXPECT_TRUE(has(result.out, "bolt-panic (hint)")) << result.out;
    EXPECT_EQ(result.exit_code, 0);
}

TEST(DiagnoseCommand, JsonHasAShape) {
    const auto result = rebolt_on(log_file("dockerd-cursor-growslice.log"), "diagnose",
                                  {"--json", "--database", damaged_file("docker-cycle-next.db")});
    const auto json = nlohmann::json::parse(result.out);
    EXPECT_EQ(json["shape"], "rebolt.diagnose/1");
    EXPECT_EQ(json["cause_found"], true);
    EXPECT_EQ(json["certainty"], "proven");
    EXPECT_EQ(json["diagnoses"][0]["signature"], "cursor-out-of-memory");
    EXPECT_EQ(json["diagnoses"][0]["frames"][0]["function"], "runtime.systemstack_switch");
    EXPECT_EQ(json["files"][0]["findings"][0]["code"], "page-cycle");
    EXPECT_GT(json["files"][0]["recoverable"]["keys"], 40);
    EXPECT_EQ(json["next"][0]["command"][0], "systemctl");
    EXPECT_TRUE(json["process"].is_null());
}

TEST(DiagnoseCommand, SaysWhatComesBackAndHowToGoBack) {
    const auto result = rebolt({"diagnose", log_file("dockerd-cursor-growslice.log"), "--database",
                                damaged_file("docker-cycle-next.db")});
    EXPECT_TRUE(has(result.out, "Your data: 11 of 11 endpoints, 9 of 9 networks, 9 of 9 sandboxes"))
        << result.out;
    EXPECT_TRUE(has(result.out, "stopping Docker stops its containers too"));
    EXPECT_TRUE(has(result.out, "To take it all back afterwards:\n  rebolt undo "));
    EXPECT_TRUE(has(result.out, "systemctl kill -s KILL docker.service"));
}

TEST(DiagnoseCommand, DoesNotTakeALockForDamage) {
    const auto result = rebolt({"diagnose", log_file("dockerd-lock-timeout.log"), "--database",
                                damaged_file("docker-cycle-next.db")});
    EXPECT_TRUE(has(result.out, "The log tells of something else: another process holds the lock"))
        << result.out;
    EXPECT_FALSE(has(result.out, "this is no damage"));
}

TEST(DiagnoseCommand, ShowsNothingOfALogWhereADatabaseWasGiven) {
    const auto result = rebolt({"diagnose", damaged_file("docker-cycle-next.db")});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_FALSE(has(result.out, "0 lines"));
    EXPECT_FALSE(has(result.out, "database-given"));
}

TEST(DiagnoseCommand, ReadsStdin) {
    const std::string line = std::string(REBOLT_EXE) + " diagnose -q --no-database - < " +
                             log_file("etcd-page-loop.log");
    const auto result = test::run_command({"/bin/sh", "-c", line});
    EXPECT_TRUE(has(result.out, "etcd: bbolt walked all trees")) << result.out << result.err;
    EXPECT_EQ(result.exit_code, 4);
}

TEST(DiagnoseCommand, ATerminalGetsNoControlCharactersOfALog) {
    const std::string line = "printf 'panic: page 7 already freed \\033[2J\\007\\n' | " +
                             std::string(REBOLT_EXE) + " diagnose --no-database -";
    const auto result = test::run_command({"/bin/sh", "-c", line});
    EXPECT_FALSE(has(result.out, "\033")) << result.out;
    EXPECT_EQ(result.exit_code, 4);
}

TEST(DiagnoseCommand, AnyBytesAreALog) {
    const test::TemporaryFolder folder;
    const std::string part = folder.path("program");
    const std::string line = "head -c 4000000 " REBOLT_EXE " > " + part;
    ASSERT_EQ(test::run_command({"/bin/sh", "-c", line}).exit_code, 0);
    for (const std::string& file : {real_file("etcd-3.4.db"), part}) {
        const auto result = rebolt_on(file, "diagnose", {"--no-database", "--json"});
        EXPECT_EQ(nlohmann::json::parse(result.out)["shape"], "rebolt.diagnose/1");
    }
}

TEST(DiagnoseCommand, WhatCannotBeReadIsExitCode8) {
    EXPECT_EQ(rebolt({"diagnose", log_file("no-such.log")}).exit_code, 8);
    EXPECT_EQ(rebolt({"diagnose", "--pid", "2147483647"}).exit_code, 8);
    EXPECT_EQ(rebolt({"diagnose", log_file("etcd-page-loop.log"), "--database",
                      damaged_file("no-such.db")})
                  .exit_code,
              8);
    const auto unit =
        rebolt({"diagnose", "--unit", "rebolt-no-such-unit", "--journal", log_file("")});
    EXPECT_TRUE(has(unit.err, "rebolt-no-such-unit.service")) << unit.err;
    EXPECT_EQ(unit.exit_code, 8);
}

TEST(DiagnoseCommand, WrongUsageIsExitCode16) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"diagnose"},
          {"diagnose", "--pid", "zero"},
          {"diagnose", "a.log", "--unit", "docker"},
          {"diagnose", "a.log", "--database", "a.db", "--no-database"}}) {
        const auto result = rebolt(words);
        EXPECT_EQ(result.exit_code, 16) << words.back();
        EXPECT_TRUE(has(result.err, "--help"));
    }
}

TEST(DiagnoseCommand, LooksAtAProcessThatHoldsAFile) {
    const std::string file = damaged_file("docker-cycle-self.db");
    const std::string line = "exec 9< " + file + "; flock -x 9; " + std::string(REBOLT_EXE) +
                             " diagnose --watch 0.2 --pid $$";
    const auto result = test::run_command({"/bin/sh", "-c", line});
    EXPECT_TRUE(has(result.out, "holds its exclusive lock")) << result.out << result.err;
    EXPECT_TRUE(has(result.out, "page-cycle"));
    EXPECT_EQ(result.exit_code, 4);
}

} // namespace
} // namespace rebolt::cli
