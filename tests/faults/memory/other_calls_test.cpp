// Allocations of the calls that read and change files beside those of memory_test.cpp
// fail, once and for good: the call ends with an error, with std::bad_alloc, or with its
// work done. It never reads what is not there, loses no file and leaves no half one.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/containerd/metadata.hpp>
#include <rebolt/content_walk.hpp>
#include <rebolt/diagnose.hpp>
#include <rebolt/docker/fsck.hpp>
#include <rebolt/docker/startup.hpp>
#include <rebolt/etcd/repair.hpp>
#include <rebolt/evidence.hpp>
#include <rebolt/file_map.hpp>
#include <rebolt/key_history.hpp>
#include <rebolt/live_copy.hpp>
#include <rebolt/masked_copy.hpp>
#include <rebolt/rebolt.hpp>
#include <rebolt/recover_in_place.hpp>
#include <rebolt/scrub.hpp>

#include "failing_memory.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

// So many places are tried of each call, spread over it.
constexpr std::uint64_t places_max = 5;

/// A call on `FILE`, which may make `NEW`.
struct MemoryCall {
    const char* name;
    const char* sample;
    std::function<void(const std::string& file, const std::string& new_file)> run;
};

template <class Work>
auto on_pages(Work work) {
    return [work](const std::string& file, const std::string& new_file) {
        const auto source = PageSource::open(file);
        if (source)
            work(*source, new_file);
    };
}

void read_member_of(const std::string& file) {
    // as a member's folder has it
    const auto member = etcd::read_member(fs::path(file).parent_path().string());
    if (!member)
        return;
    for (const etcd::Release release : etcd::all_releases)
        (void)etcd::predict_start(*member, release);
    (void)etcd::plan_repair(*member);
}

std::vector<MemoryCall> all_calls() {
    using Path = const std::string&;
    using Pages = const PageSource&;
    return {
        {"repair", "damaged/docker-freelist-leaf.db",
         [](Path file, Path) {
             EditPlan plan;
             if (const auto source = PageSource::open(file)) {
                 Repair repair = Repair::begin(*source);
                 if (repair.run())
                     plan = repair.report().plan;
             }
             if (!plan.is_empty() && apply_in_place(file, plan))
                 (void)undo(file);
         }},
        {"recover in place", "damaged/docker-cycle-next.db",
         [](Path file, Path) { (void)recover_in_place(file); }},
        {"records and fsck", "real/docker-20.10-running.db", on_pages([](Pages pages, Path) {
             if (const auto state = docker::load_network_state(pages))
                 (void)docker::plan_fsck(pages, docker::fsck(*state));
         })},
        {"dockerd's start", "damaged/docker-cycle-next.db",
         on_pages([](Pages pages, Path) { (void)docker::walk_startup(pages); })},
        {"containerd's metadata", "real/containerd-1.6-meta.db",
         on_pages([](Pages pages, Path) { (void)containerd::load_metadata(pages); })},
        {"an etcd member", "real/etcd-3.4.db", [](Path file, Path) { read_member_of(file); }},
        {"history", "damaged/docker-torn.db", on_pages([](Pages pages, Path) {
             (void)key_history(pages, std::vector<std::string>{"libnetwork"}, "key");
         })},
        {"map", "damaged/docker-torn.db",
         on_pages([](Pages pages, Path) { (void)map_file(pages); })},
        {"masked copy", "damaged/docker-torn.db",
         on_pages([](Pages pages, Path to) { (void)write_masked_copy(pages, to); })},
        {"hash", "real/docker-20.10-running.db",
         [](Path file, Path) {
             const auto db = DB::open(file, {.read_only = true});
             const auto tx = db ? db->begin() : Result<Tx>(Error(ErrorCode::io, "not opened"));
             if (tx)
                 (void)hash_content(*tx);
         }},
        {"live check", "damaged/docker-torn.db", [](Path file, Path) { (void)check_live(file); }},
        {"diagnosis", "damaged/docker-torn.db",
         [](Path file, Path) {
             diagnose::LogScan scan("log");
             scan.add("panic: page 7 already freed\n\ngoroutine 1 [running]:\n");
             diagnose::Evidence evidence;
             evidence.diagnoses = diagnose::judge(scan.finish());
             if (auto of_file = diagnose::examine_file(file))
                 evidence.files.push_back(*std::move(of_file));
             (void)diagnose::conclude(evidence);
         }},
        {"store", "real/docker-20.10-running.db",
         [](Path, Path to) {
             const auto opened = store::open("bolt://" + to + "?bucket=b");
             if (opened && (*opened)->put("key", "value"))
                 (void)(*opened)->list("");
         }},
    };
}

class OutOfMemoryElsewhere : public testing::TestWithParam<Shortage> {
protected:
    [[nodiscard]] std::string file() const { return folder_.path("data/db"); }
    [[nodiscard]] std::string new_file() const { return folder_.path("data/new.db"); }
    void begin(const std::string& content) const {
        fs::remove_all(folder_.path("data"));
        fs::create_directories(folder_.path("data"));
        std::ofstream(file(), std::ios::binary) << content;
    }
    void run(const MemoryCall& call) const { call.run(file(), new_file()); }
    /// How a process ends in which the allocation of that number fails.
    [[nodiscard]] int status_of(const MemoryCall& call, std::uint64_t at) const {
        const pid_t child = ::fork();
        if (child == 0) {
            std::signal(SIGABRT, SIG_DFL); // nlohmann-json's destructors ask for memory
            static_cast<void>(std::freopen("/dev/null", "w", stderr));
            try {
                const FailingMemory failing(at, GetParam());
                run(call);
            } catch (const std::bad_alloc&) {
                ::_exit(1);
            }
            ::_exit(0);
        }
        int status = -1;
        ::waitpid(child, &status, 0);
        return status;
    }
    void expect_whole(const std::string& before) const {
        const std::string now = bytes_of(file());
        const auto source = PageSource::open(file());
        EXPECT_TRUE(now == before || (source && check(*source)->has_sound_pages()) ||
                    fs::exists(file() + ".undo"));
        if (fs::exists(new_file())) {
            EXPECT_TRUE(PageSource::open(new_file()));
        }
    }

private:
    TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Memory, OutOfMemoryElsewhere,
                         testing::Values(Shortage::once, Shortage::for_good),
                         [](const auto& shortage) {
                             return shortage.param == Shortage::once ? "FailsOnce" : "FailsForGood";
                         });

TEST_P(OutOfMemoryElsewhere, EndsTheCallAndNothingElse) {
    for (const MemoryCall& call : all_calls()) {
        SCOPED_TRACE(call.name);
        const std::string content = bytes_of(std::string(REBOLT_TEST_DATA) + "/" + call.sample);
        begin(content);
        std::uint64_t count = 0;
        {
            const FailingMemory counted(~std::uint64_t{0}, Shortage::once);
            run(call);
            count = FailingMemory::count();
        }
        ASSERT_GT(count, 5U);
        const std::uint64_t step = std::max<std::uint64_t>(1, count / places_max);
        for (std::uint64_t at = 0; at < count; at += step) {
            SCOPED_TRACE(fmt::format("allocation {} of {}", at, count));
            begin(content);
            const int status = status_of(call, at);
            const bool has_given_up = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
            EXPECT_TRUE(has_given_up || (WIFEXITED(status) && WEXITSTATUS(status) <= 1))
                << "status " << status;
            expect_whole(content);
        }
    }
}

} // namespace
} // namespace rebolt::test
