// Each allocation of each main call fails in turn, once or with all that follow: the
// call returns an error or does its work, no file is lost, and nothing half done
// stays behind.
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

#include <rebolt/guard.hpp>
#include <rebolt/rebolt.hpp>

#include "failing_memory.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

// So many places are tried of a call that allocates more often.
constexpr std::uint64_t places_max = 30;

std::string sample(const std::string& name) {
    return bytes_of(std::string(REBOLT_TEST_DATA) + "/" + name);
}

class OutOfMemory : public testing::TestWithParam<Shortage> {
protected:
    void put(const std::string& content) const {
        std::ofstream(file(), std::ios::binary) << content;
    }
    [[nodiscard]] std::string file() const { return folder_.path("data/state.db"); }
    [[nodiscard]] std::string output() const { return folder_.path("data/new.db"); }
    [[nodiscard]] std::string state() const { return folder_.path("state"); }

    // The call's Result, or true; in a folder with `content` alone.
    void fail_everywhere(const std::string& content, const std::function<Result<void>()>& call) {
        begin(content);
        std::uint64_t count = 0;
        {
            const FailingMemory counted(~std::uint64_t{0}, Shortage::once);
            const auto done = call();
            count = FailingMemory::count();
            ASSERT_TRUE(done) << done.error().to_text();
        }
        ASSERT_GT(count, 5U);
        const std::uint64_t step = std::max<std::uint64_t>(1, count / places_max);
        for (std::uint64_t at = 0; at < count; at += at < places_max / 3 ? 1 : step) {
            SCOPED_TRACE(fmt::format("allocation {} of {}", at, count));
            begin(content);
            bool has_failed = false;
            Result<void> done;
            {
                const FailingMemory failing(at, GetParam());
                done = call();
                has_failed = FailingMemory::has_failed();
            }
            EXPECT_TRUE(has_failed || done.has_value());
            if (!done) {
                EXPECT_EQ(done.error().code(), ErrorCode::out_of_memory) << done.error().to_text();
            }
            EXPECT_TRUE(fs::exists(file()));
            expect_nothing_half_done();
            if (after_each_)
                after_each_();
        }
    }
    void begin(const std::string& content) const {
        fs::remove_all(folder_.path("data"));
        fs::remove_all(state());
        fs::create_directories(folder_.path("data"));
        put(content);
        if (before_each_)
            before_each_();
    }
    static bool is_clean(const std::string& path) {
        const auto source = PageSource::open(path);
        return source && check(*source)->verdict == Verdict::clean;
    }
    void expect_nothing_half_done() const {
        for (const auto& entry : fs::recursive_directory_iterator(folder_.path(".")))
            EXPECT_FALSE(entry.path().filename().string().ends_with(".new") && !may_be_ended_)
                << entry.path();
    }

    bool may_be_ended_ = false; ///< in the middle: the next guard removes what is left
    std::function<void()> before_each_;
    std::function<void()> after_each_;

private:
    TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Memory, OutOfMemory, testing::Values(Shortage::once, Shortage::for_good),
                         [](const auto& shortage) {
                             return shortage.param == Shortage::once ? "FailsOnce" : "FailsForGood";
                         });

const std::string damaged = sample("damaged/docker-cycle-next.db");
const std::string sound = sample("real/docker-20.10-running.db");

template <class T>
Result<void> without_value(Result<T> result) {
    return result ? Result<void>() : Result<void>(std::move(result).error());
}

TEST_P(OutOfMemory, InACheck) {
    const std::string path = file();
    const CheckOptions options;
    for (const std::string& content : {damaged, sound})
        fail_everywhere(content, [&]() -> Result<void> {
            auto source = PageSource::open(path);
            return source ? without_value(check(*source, options))
                          : Result<void>(std::move(source).error());
        });
}

TEST_P(OutOfMemory, InARecovery) {
    const std::string path = file();
    const std::string new_path = output();
    RecoverOptions options;
    before_each_ = [&] { options = RecoverOptions(); };
    fail_everywhere(damaged, [&]() -> Result<void> {
        auto source = PageSource::open(path);
        if (!source)
            return std::move(source).error();
        auto recovery = Recovery::begin(*source, new_path, std::move(options));
        return recovery ? recovery->run() : Result<void>(std::move(recovery).error());
    });
}

// As the program does, which lives on: nlohmann-json's destructors ask for memory, and
// end the process if there is none.
void in_a_process_of_its_own(const std::function<void()>& work) {
    if (FailingMemory::only_counts())
        return work();
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        static_cast<void>(std::freopen("/dev/null", "w", stderr));
        try {
            work();
        } catch (const std::bad_alloc&) {
            ::_exit(1);
        }
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
}

TEST_P(OutOfMemory, InTheGuard) {
    GuardOptions options;
    options.state_folder = state();
    const GuardedFile guarded{.path = file()};
    may_be_ended_ = true;
    for (const std::string& content : {damaged, sound}) {
        after_each_ = [&] {
            const std::string now = bytes_of(file());
            EXPECT_TRUE(now == content || (content == damaged && is_clean(file())));
        };
        fail_everywhere(content, [&]() -> Result<void> {
            in_a_process_of_its_own([&] { static_cast<void>(guard_file(guarded, options)); });
            return {};
        });
    }
}

TEST_P(OutOfMemory, InTheGuardsUndo) {
    GuardOptions options;
    options.state_folder = state();
    const GuardedFile guarded{.path = file()};
    may_be_ended_ = true;
    const std::string path = file();
    before_each_ = [&] { static_cast<void>(guard_file(guarded, options)); };
    after_each_ = [&] { EXPECT_TRUE(bytes_of(file()) == damaged || is_clean(file())); };
    fail_everywhere(damaged, [&]() -> Result<void> {
        in_a_process_of_its_own([&] { static_cast<void>(undo_guard(path, options)); });
        return {};
    });
}

TEST_P(OutOfMemory, InCopies) {
    const std::string path = file();
    const std::string new_path = output();
    const CompactOptions options;
    fail_everywhere(sound, [&]() -> Result<void> {
        auto db = DB::open(path, {.read_only = true});
        if (!db)
            return std::move(db).error();
        if (auto done = compact_file(*db, new_path, options); !done)
            return done;
        return db->view([&](Tx& tx) { return tx.copy_file(new_path); });
    });
}

TEST_P(OutOfMemory, InACommit) {
    const std::string path = file();
    after_each_ = [&] { EXPECT_TRUE(is_clean(file())); };
    fail_everywhere(sound, [&]() -> Result<void> {
        auto db = DB::open(path, {.timeout = std::chrono::milliseconds{0}});
        if (!db)
            return std::move(db).error();
        return db->update([](Tx& tx) -> Result<void> {
            auto bucket = tx.create_bucket_if_missing("a bucket of a long name, to need memory");
            return bucket ? bucket->put("key", "value") : std::move(bucket).error();
        });
    });
}

} // namespace
} // namespace rebolt::test
