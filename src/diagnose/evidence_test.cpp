#include <algorithm>
#include <array>
#include <csignal>

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/evidence.hpp>

namespace rebolt::diagnose {
namespace {

using ::testing::HasSubstr;

std::string damaged(const std::string& name) {
    return REBOLT_TEST_DATA "/damaged/" + name;
}

std::string real(const std::string& name) {
    return REBOLT_TEST_DATA "/real/" + name;
}

ProcessOptions watching(std::chrono::milliseconds time) {
    ProcessOptions options;
    options.watch = time;
    return options;
}

// A process that holds a file as bbolt does and, if it is to, takes memory
// without end, as dockerd does that walks in a circle.
class HangingProcess {
public:
    HangingProcess(const std::string& path, bool locks, bool grows) {
        std::array<int, 2> ready{-1, -1};
        EXPECT_EQ(::pipe(ready.data()), 0);
        process_ = ::fork();
        if (process_ == 0)
            hang(path, locks, grows, ready[1]);
        char byte = 0;
        EXPECT_EQ(::read(ready[0], &byte, 1), 1);
        ::close(ready[0]);
        ::close(ready[1]);
    }
    HangingProcess(const HangingProcess&) = delete;
    HangingProcess& operator=(const HangingProcess&) = delete;
    ~HangingProcess() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    [[nodiscard]] std::uint64_t id() const { return static_cast<std::uint64_t>(process_); }

private:
    [[noreturn]] static void hang(const std::string& path, bool locks, bool grows, int ready) {
        const int file = ::open(path.c_str(), O_RDONLY);
        if (file < 0 || (locks && ::flock(file, LOCK_EX) != 0))
            ::_exit(1);
        // What the loop below calls is in memory before "ready": pages of code
        // that a first call brings in would look like growth.
        ::usleep(1);
        static_cast<void>(!::write(ready, "r", 1));
        constexpr std::size_t step = std::size_t{1} << 20;
        // It ends by itself, should the test be killed.
        for (int i = 0; i < 300; ++i) {
            ::usleep(50'000);
            if (!grows)
                continue;
            void* memory = ::mmap(nullptr, step, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
            static_cast<void>(memory);
        }
        ::_exit(0);
    }

    pid_t process_ = -1;
};

TEST(FileEvidence, ADamagedFileSaysWhatRecoveryWouldBringBack) {
    const auto file = examine_file(damaged("docker-cycle-next.db"));
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->is_damaged());
    EXPECT_EQ(file->check.findings.front().code, FindingCode::page_cycle);
    ASSERT_TRUE(file->recovery);
    EXPECT_GT(file->recovery->counts.total(), 40U);
}

TEST(FileEvidence, ACleanFileIsClean) {
    const auto file = examine_file(real("docker-20.10-running.db"));
    ASSERT_TRUE(file);
    EXPECT_FALSE(file->is_damaged());
    EXPECT_FALSE(file->recovery);
}

TEST(ProcessEvidence, AProcessThatHoldsADamagedFileAndGrowsIsTheSeedsCase) {
    const std::string path = damaged("docker-cycle-next.db");
    const HangingProcess hanging(path, true, true);
    Evidence evidence;
    auto process = inspect_process(hanging.id(), watching(std::chrono::milliseconds{1500}));
    ASSERT_TRUE(process) << process.error().to_text();
    ASSERT_EQ(process->databases.size(), 1U);
    EXPECT_EQ(process->databases[0].path, path);
    EXPECT_EQ(process->databases[0].lock, HeldLock::exclusive);
    EXPECT_TRUE(process->is_growing()) << process->growth_bytes_per_second();
    auto file = examine_file(path, {}, process->databases[0].open_as);
    ASSERT_TRUE(file) << file.error().to_text();
    EXPECT_THAT(file->lock_holders, HasSubstr(std::to_string(hanging.id())));
    evidence.process = std::move(*process);
    evidence.files.push_back(std::move(*file));
    const Conclusion conclusion = conclude(evidence);
    EXPECT_TRUE(conclusion.is_cause_found);
    EXPECT_EQ(conclusion.certainty, Certainty::proven);
    EXPECT_THAT(conclusion.happened, HasSubstr("is looping over its pages"));
    EXPECT_THAT(conclusion.proof, ::testing::Contains(HasSubstr("its memory grew by")));
    EXPECT_THAT(conclusion.proof, ::testing::Contains(HasSubstr("holds its exclusive lock")));
}

TEST(ProcessEvidence, AProcessThatWaitsForALockNamesItsHolder) {
    const std::string path = real("docker-20.10-stopped.db");
    const HangingProcess holder(path, true, false);
    const HangingProcess waiter(path, false, false);
    Evidence evidence;
    auto process = inspect_process(waiter.id(), watching(std::chrono::milliseconds{300}));
    ASSERT_TRUE(process);
    ASSERT_EQ(process->databases.size(), 1U);
    EXPECT_EQ(process->databases[0].lock, HeldLock::waiting);
    EXPECT_FALSE(process->is_growing());
    evidence.process = std::move(*process);
    const Conclusion conclusion = conclude(evidence);
    EXPECT_TRUE(conclusion.is_cause_found);
    EXPECT_THAT(conclusion.happened, HasSubstr("process " + std::to_string(holder.id())));
}

TEST(ProcessEvidence, AHealthyProcessIsNoCause) {
    const HangingProcess healthy(real("etcd-3.4.db"), true, false);
    Evidence evidence;
    auto process = inspect_process(healthy.id(), watching(std::chrono::milliseconds{300}));
    ASSERT_TRUE(process);
    auto file = examine_file(process->databases.at(0).path);
    ASSERT_TRUE(file);
    evidence.process = std::move(*process);
    evidence.files.push_back(std::move(*file));
    EXPECT_FALSE(conclude(evidence).is_cause_found);
}

TEST(ProcessEvidence, AProcessThatIsNotThereIsAnError) {
    const auto process = inspect_process(0x7FFF'FFFF);
    ASSERT_FALSE(process);
    EXPECT_EQ(process.error().code(), ErrorCode::file_not_found);
}

TEST(UnitEvidence, SaysWhatItCouldNotLearn) {
    const UnitEvidence unit = inspect_unit("rebolt-no-such-unit");
    EXPECT_EQ(unit.unit, "rebolt-no-such-unit.service");
    EXPECT_NE(unit.unavailable, "");
}

TEST(Conclusion, StepsKeepTheDamagedFileBeforeAnythingIsReplaced) {
    Evidence evidence;
    auto report = scan_file(REBOLT_TEST_DATA "/logs/dockerd-cursor-growslice.log");
    ASSERT_TRUE(report);
    evidence.diagnoses = judge(*report);
    auto file = examine_file(damaged("docker-cycle-next.db"));
    ASSERT_TRUE(file);
    evidence.files.push_back(std::move(*file));
    const Conclusion conclusion = conclude(evidence);
    ASSERT_EQ(conclusion.next.size(), 5U);
    EXPECT_TRUE(conclusion.is_block);
    using Words = std::vector<std::string>;
    EXPECT_EQ(conclusion.next[0].words,
              (Words{"systemctl", "stop", "docker.socket", "docker.service"}));
    EXPECT_EQ(conclusion.next[1].words,
              (Words{"systemctl", "kill", "-s", "KILL", "docker.service"}));
    EXPECT_TRUE(conclusion.next[1].is_optional);
    EXPECT_EQ(conclusion.next[2].words,
              (Words{"rebolt", "recover", "--in-place", damaged("docker-cycle-next.db")}));
    EXPECT_EQ(conclusion.next[3].words,
              (Words{"rebolt", "check", "-q", damaged("docker-cycle-next.db")}));
    EXPECT_EQ(conclusion.next[4].words, (Words{"systemctl", "start", "docker.service"}));
    EXPECT_EQ(conclusion.undo, (Words{"rebolt", "undo", damaged("docker-cycle-next.db")}));
    EXPECT_THAT(conclusion.safe, HasSubstr("11 of 11 endpoints, 9 of 9 networks"));
    EXPECT_THAT(conclusion.safe, HasSubstr("Not safe"));
}

TEST(Conclusion, NeverPutsAnIncompleteEtcdMemberInPlaceWhateverItsName) {
    for (const char* name : {"etcd-zero-leaf.db", "etcd-cycle-next.db"}) {
        Evidence evidence;
        auto file = examine_file(damaged(name));
        ASSERT_TRUE(file);
        evidence.files.push_back(std::move(*file));
        const Conclusion conclusion = conclude(evidence);
        for (const Step& step : conclusion.next)
            EXPECT_EQ(std::ranges::find(step.words, "--in-place"), step.words.end()) << name;
        EXPECT_FALSE(conclusion.is_block);
        EXPECT_THAT(conclusion.safe, HasSubstr("Not safe: putting an incomplete file in place"));
    }
}

bool has_command(const Conclusion& conclusion, const std::vector<std::string>& words) {
    return std::ranges::any_of(conclusion.next, [&](const Step& step) {
        return step.words.size() >= words.size() &&
               std::equal(words.begin(), words.end(), step.words.begin());
    });
}

// A member with some of its keys would differ from its peers without a word.
TEST(Conclusion, AnIncompleteFileOfEtcdIsNeverPutInPlace) {
    Evidence evidence;
    FileEvidence file;
    file.path = "/var/lib/etcd/member/snap/db";
    file.check.verdict = Verdict::damaged;
    file.recovery.emplace();
    file.recovery->counts.keys[0] = 5101;
    file.recovery->lost_estimate = 22;
    evidence.files.push_back(file);
    Conclusion conclusion = conclude(evidence);
    EXPECT_FALSE(has_command(conclusion, {"rebolt", "recover", "--in-place"}));
    EXPECT_FALSE(has_command(conclusion, {"systemctl", "start"}));
    EXPECT_TRUE(has_command(conclusion, {"rebolt", "etcd", "repair", "/var/lib/etcd"}));
    EXPECT_TRUE(has_command(conclusion, {"etcdctl", "member", "list"}));
    EXPECT_THAT(conclusion.safe, HasSubstr("putting an incomplete file in place"));
    evidence.files[0].recovery->lost_estimate = 0;
    conclusion = conclude(evidence);
    EXPECT_TRUE(has_command(conclusion, {"rebolt", "recover", "--in-place"}));
    evidence.files[0].recovery->counts.keys[1] = 1; // older than the rest
    conclusion = conclude(evidence);
    EXPECT_FALSE(has_command(conclusion, {"rebolt", "recover", "--in-place"}));
}

TEST(Conclusion, ADatabaseInPlaceOfALogIsChecked) {
    for (const std::string& path :
         {damaged("docker-cycle-next.db"), real("docker-20.10-running.db")}) {
        Evidence evidence;
        const auto report = scan_file(path);
        ASSERT_TRUE(report);
        evidence.diagnoses = judge(*report);
        ASSERT_EQ(evidence.diagnoses.size(), 1U);
        ASSERT_FALSE(evidence.diagnoses[0].files.empty());
        EXPECT_EQ(evidence.diagnoses[0].files[0], path);
        EXPECT_TRUE(has_command(conclude(evidence), {"rebolt", "check", path}));
        auto file = examine_file(path);
        ASSERT_TRUE(file);
        const bool is_damaged = file->is_damaged();
        evidence.files.push_back(std::move(*file));
        const Conclusion conclusion = conclude(evidence);
        EXPECT_EQ(conclusion.is_cause_found, is_damaged);
        EXPECT_THAT(conclusion.happened, HasSubstr(is_damaged ? "is damaged" : "It is clean"));
    }
}

TEST(Conclusion, AServiceThatMayHangIsLookedAtByItsProcess) {
    Evidence evidence;
    const auto report = scan_file(REBOLT_TEST_DATA "/logs/systemctl-status-growing.log");
    ASSERT_TRUE(report);
    evidence.diagnoses = judge(*report);
    const Conclusion conclusion = conclude(evidence);
    EXPECT_FALSE(conclusion.is_cause_found);
    EXPECT_THAT(conclusion.happened, HasSubstr("may be hanging now: rebolt diagnose --pid"));
    EXPECT_TRUE(has_command(conclusion, {"rebolt", "diagnose", "--pid", "274797"}));
}

TEST(Conclusion, ACleanFileIsNeverToBeRecovered) {
    Evidence evidence;
    auto report = scan_file(REBOLT_TEST_DATA "/logs/influxd-page-type.log");
    ASSERT_TRUE(report);
    evidence.diagnoses = judge(*report);
    auto file = examine_file(real("docker-20.10-running.db"));
    ASSERT_TRUE(file);
    evidence.files.push_back(std::move(*file));
    const Conclusion conclusion = conclude(evidence);
    EXPECT_TRUE(conclusion.is_cause_found);
    EXPECT_THAT(conclusion.happened, HasSubstr("clean now"));
    for (const Step& step : conclusion.next)
        EXPECT_THAT(step.words, ::testing::Not(::testing::Contains("recover")));
}

} // namespace
} // namespace rebolt::diagnose
