// scrub; guard status, history, report; backup --dir; --live beside a writer.
#include "cli/test_run.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/file.h>

#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

class Watch : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::string put(const std::string& source, const std::string& name) const {
        fs::copy_file(source, path(name), fs::copy_options::overwrite_existing);
        return path(name);
    }
    [[nodiscard]] test::CommandResult on_host(std::vector<std::string> words) const {
        words.insert(words.end(), {"--state-folder", path("state")});
        return rebolt(std::move(words));
    }

private:
    test::TemporaryFolder folder_;
};

TEST_F(Watch, ScrubSaysWhereAFolderHasNoBoltFile) {
    fs::create_directory(path("empty"));
    const auto result = on_host({"scrub", path("empty")});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("there is no bolt file below " + path("empty")));
}

TEST_F(Watch, ScrubTellsEachFileAndTheSum) {
    const std::string clean = put(real_file("docker-20.10-running.db"), "clean.db");
    const std::string damaged = put(damaged_file("docker-cycle-next.db"), "damaged.db");
    const auto result = on_host({"scrub", path("*.db"), "--metrics", path("rebolt.prom")});
    EXPECT_EQ(result.exit_code, 4) << result.err;
    EXPECT_THAT(result.out, HasSubstr(clean + ": clean: every page is accounted for, transaction "
                                              "99 is whole\n"));
    EXPECT_THAT(result.out, HasSubstr(damaged + ": damaged: "));
    EXPECT_THAT(result.out, testing::EndsWith("2 files: 1 clean, 1 damaged, 0 not checked\n"));
    EXPECT_THAT(
        test::bytes_of(path("rebolt.prom")),
        HasSubstr("rebolt_file_state{path=\"" + damaged + "\",owner=\"docker-network\"} 1"));
    EXPECT_EQ(on_host({"scrub", clean}).exit_code, 0);
    EXPECT_EQ(on_host({"scrub", path("none.db")}).exit_code, 8);
    const auto shown = json::parse(on_host({"scrub", clean, "--json"}).out);
    EXPECT_EQ(shown["shape"], "rebolt.scrub/1");
    EXPECT_EQ(shown["files"][0]["state"], "clean");
    EXPECT_EQ(shown["files"][0]["transaction"], 99);
}

TEST_F(Watch, ScrubReadsBesideAHolderOfTheLock) {
    const std::string file = put(real_file("docker-20.10-running.db"), "held.db");
    const int holder = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(holder, LOCK_EX), 0);
    EXPECT_EQ(on_host({"scrub", file}).exit_code, 0);
    for (const char* command : {"check", "stats", "keys"}) {
        std::vector<std::string> words{command, "--live", file};
        if (std::string(command) == "keys")
            words.emplace_back("libnetwork");
        const auto result = rebolt(words);
        EXPECT_EQ(result.exit_code, 0) << command << result.err;
        EXPECT_THAT(result.err, HasSubstr("read beside it: transaction 99"));
    }
    EXPECT_EQ(rebolt({"docker", "networks", "--live", file}).exit_code, 0);
    EXPECT_EQ(rebolt({"docker", "fsck", "--live", file}).exit_code, 0);
    EXPECT_EQ(rebolt({"docker", "fsck", "--live", "--repair", file}).exit_code, 16);
    const auto backup = rebolt({"backup", "--live", file, "-o", path("copy.db")});
    EXPECT_EQ(backup.exit_code, 0) << backup.err;
    EXPECT_EQ(fs::status(path("copy.db")).permissions(), fs::status(file).permissions());
    ::close(holder);
}

TEST_F(Watch, StatusHistoryAndReportTellWhatHappened) {
    const std::string file = put(damaged_file("docker-cycle-next.db"), "state.db");
    ASSERT_EQ(on_host({"guard", file}).exit_code, 0);
    ASSERT_EQ(on_host({"guard", file}).exit_code, 0);
    const auto status = on_host({"guard", "status"});
    EXPECT_EQ(status.exit_code, 0) << status.err;
    EXPECT_THAT(status.out, HasSubstr(file));
    EXPECT_THAT(status.out, HasSubstr("set aside: " + file + ".damaged-"));
    const auto history = on_host({"guard", "history", file});
    EXPECT_THAT(history.out, HasSubstr(file + ": recovered\n  damage: damaged: "));
    EXPECT_THAT(history.out, HasSubstr("keys: 56 recovered, 0 lost\n"));
    EXPECT_EQ(on_host({"guard", "history", "/no/such/file"}).exit_code, 8);
    const auto told = on_host({"guard", "status", "--json"});
    const auto document = json::parse(told.out);
    EXPECT_EQ(document["shape"], "rebolt.guard-status/1");
    EXPECT_EQ(document["files"][0]["events"][0]["outcome"], "recovered");
    std::ofstream(path("one.json")) << told.out;
    std::ofstream(path("bad.json")) << "{";
    const auto report = rebolt({"guard", "report", path("one.json")});
    EXPECT_EQ(report.exit_code, 0) << report.err;
    EXPECT_THAT(report.out, HasSubstr("Hosts: 1; files: 1; damage met: 1; recoveries: 1; not "
                                      "startable: 0\n"));
    const auto summed = rebolt({"guard", "report", path("one.json"), path("bad.json"), "--json"});
    EXPECT_EQ(summed.exit_code, 8);
    EXPECT_EQ(json::parse(summed.out)["hosts"][0]["recoveries"], 1);
}

TEST_F(Watch, GuardAfterStopNeverFails) {
    const std::string file = put(damaged_file("docker-cycle-next.db"), "state.db");
    const std::string before = test::bytes_of(file);
    const auto result = on_host({"guard", "--after-stop", file});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_TRUE(test::bytes_of(file) == before);
    EXPECT_EQ(on_host({"guard", "--after-stop", "no-such-preset"}).exit_code, 0);
}

TEST_F(Watch, BackupsAreKeptAndTheOldestGo) {
    const std::string file = put(real_file("docker-20.10-running.db"), "state.db");
    fs::create_directory(path("backups"));
    std::ofstream(path("backups/state.db.backup-mine")) << "not one of ours";
    for (int i = 0; i < 5; ++i) {
        const auto result = rebolt_on(file, "backup", {"--dir", path("backups"), "--keep", "3"});
        EXPECT_EQ(result.exit_code, 0) << result.err;
        EXPECT_THAT(result.out, HasSubstr("transaction 99 of "));
        EXPECT_THAT(result.out, testing::EndsWith(i < 3 ? "0 removed\n" : "1 removed\n"));
    }
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(path("backups"))) {
        ++count;
        if (entry.path().filename() != "state.db.backup-mine") {
            EXPECT_EQ(rebolt({"check", "-q", entry.path().string()}).exit_code, 0);
        }
    }
    EXPECT_EQ(count, 4U);
    const auto damaged = rebolt_on(damaged_file("docker-cycle-next.db"), "backup",
                                   {"--dir", path("backups"), "--keep", "1"});
    EXPECT_EQ(damaged.exit_code, 4);
    EXPECT_EQ(rebolt({"backup", file}).exit_code, 16);
    EXPECT_EQ(rebolt({"backup", file, "-o", path("x"), "--dir", path("backups")}).exit_code, 16);
    EXPECT_EQ(rebolt({"backup", file, "--dir", path("nowhere")}).exit_code, 8);
}

TEST_F(Watch, StatsSayAboutWhatCompactWouldGain) {
    for (const char* name : {"docker-20.10-many.db", "etcd-3.4.db", "containerd-1.6-meta.db"}) {
        const std::string file = put(real_file(name), "state.db");
        const auto stats = json::parse(rebolt_on(file, "stats", {"--json"}).out);
        ASSERT_EQ(rebolt_on(file, "compact", {"-o", path("new.db"), "--force"}).exit_code, 0);
        const auto real = static_cast<double>(fs::file_size(path("new.db")));
        EXPECT_EQ(stats["file_bytes"], fs::file_size(file));
        EXPECT_NEAR(stats["compacted_bytes"].get<double>(), real, real * 0.25) << name;
    }
}

} // namespace
} // namespace rebolt::cli
