#include <rebolt/scrub.hpp>

#include <gmock/gmock.h>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

using testing::HasSubstr;

class Scrub : public GuardFolder {
protected:
    [[nodiscard]] ScrubbedFile scrub() const {
        ScrubOptions options;
        options.state_folder = options_.state_folder;
        return scrub_file(file(), options);
    }
};

TEST_F(Scrub, TellsCleanFromDamagedFromNotChecked) {
    put(real_file("docker-20.10-running.db"));
    const ScrubbedFile clean = scrub();
    EXPECT_EQ(clean.state, ScrubState::clean) << clean.line;
    EXPECT_EQ(clean.owner, "docker-network");
    EXPECT_EQ(clean.transaction, 99U);
    EXPECT_EQ(clean.findings, 0U);
    EXPECT_GT(clean.pages, clean.free_pages);
    EXPECT_EQ(clean.last_recovery.time_since_epoch().count(), 0);
    put(damaged_file("docker-cycle-next.db"));
    const ScrubbedFile damaged = scrub();
    EXPECT_EQ(damaged.state, ScrubState::damaged);
    EXPECT_GT(damaged.findings, 0U);
    write_text(file(), "no bolt file, whatever its name says");
    EXPECT_EQ(scrub().state, ScrubState::not_checked);
    std::filesystem::remove(file());
    EXPECT_EQ(scrub().state, ScrubState::not_checked);
    EXPECT_THAT(scrub().line, HasSubstr("No such file"));
}

TEST_F(Scrub, KnowsWhenTheGuardRecovered) {
    put(damaged_file("docker-cycle-next.db"));
    ASSERT_EQ(run().outcome, GuardOutcome::recovered);
    EXPECT_EQ(scrub().state, ScrubState::clean);
    EXPECT_GT(scrub().last_recovery.time_since_epoch().count(), 1'700'000'000);
}

TEST_F(Scrub, FindsTheFilesOfAllPresetsThatAreThere) {
    write_text(path("root/var/lib/nothing"), "");
    put(real_file("docker-20.10-running.db"));
    GuardConfig config;
    config.files.push_back({.path = file()});
    config.files.push_back({.path = path("data/not-there.db")});
    const auto files =
        known_bolt_files(config, {.data_root = path("no"), .system_root = path("root")});
    EXPECT_EQ(files, std::vector<std::string>{file()});
}

const std::vector<ScrubbedFile>& some_files() {
    using std::chrono::seconds;
    using std::chrono::sys_seconds;
    static const std::vector<ScrubbedFile> files{
        {.path = "/srv/a \"b\"\\c\n.db",
         .owner = "etcd",
         .state = ScrubState::damaged,
         .line = {},
         .findings = 2,
         .pages = 23,
         .free_pages = 4,
         .transaction = 99,
         .checked_at = sys_seconds(seconds(1'800'000'000)),
         .last_recovery = sys_seconds(seconds(1'700'000'000))},
        {.path = "/srv/unread.db",
         .owner = "unknown",
         .state = ScrubState::not_checked,
         .line = {},
         .checked_at = sys_seconds(seconds(1'800'000'001)),
         .last_recovery = {}}};
    return files;
}

TEST_F(Scrub, MetricsAreWhatPrometheusReads) {
    const std::string text = metrics_of(some_files());
    const std::string damaged = R"({path="/srv/a \"b\"\\c\n.db",owner="etcd"} )";
    EXPECT_THAT(text, HasSubstr("# HELP rebolt_file_state Whether the file is sound: 0 clean, 1 "
                                "damaged, 2 not checked.\n# TYPE rebolt_file_state gauge\n"
                                "rebolt_file_state" +
                                damaged + "1\n"));
    for (const std::string& line :
         std::vector<std::string>{"findings" + damaged + "2\n", "pages" + damaged + "23\n",
                                  "free_pages" + damaged + "4\n", "txid" + damaged + "99\n",
                                  "last_check_seconds" + damaged + "1800000000\n",
                                  "last_recovery" + damaged + "1700000000\n"})
        EXPECT_THAT(text, HasSubstr("\nrebolt_file_" + line));
    const std::string unread = R"({path="/srv/unread.db",owner="unknown"} )";
    EXPECT_THAT(text, HasSubstr("rebolt_file_state" + unread + "2\n"));
    EXPECT_THAT(text, testing::Not(HasSubstr("rebolt_file_txid" + unread)));
    ASSERT_TRUE(write_metrics(path("rebolt.prom"), some_files()));
    EXPECT_EQ(test::bytes_of(path("rebolt.prom")), text);
}

TEST_F(Scrub, PromtoolTakesTheMetricsAndTheRules) {
    if (!std::filesystem::exists("/usr/bin/promtool"))
        GTEST_SKIP() << "there is no promtool";
    ASSERT_TRUE(write_metrics(path("rebolt.prom"), some_files()));
    const auto metrics = test::run_command(
        {"/bin/sh", "-c", "/usr/bin/promtool check metrics <" + path("rebolt.prom")});
    EXPECT_EQ(metrics.exit_code, 0) << metrics.err;
    const auto rules =
        test::run_command({"/usr/bin/promtool", "check", "rules",
                           REBOLT_SOURCE_DIR "/contrib/prometheus/rebolt.rules.yml"});
    EXPECT_EQ(rules.exit_code, 0) << rules.err;
}

} // namespace
} // namespace rebolt::guard
