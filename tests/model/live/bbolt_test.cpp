// The same beside the real bbolt, through Go, at full speed without sync.
#include <rebolt/live_copy.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>

#include "support/random.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

// Transactions that change keys of all sizes in three buckets; see
// tests/model/histories/script.hpp for the words.
void write_script(const std::string& path, std::string_view freelist) {
    Random random(1);
    std::ofstream script(path);
    script << "open page-size=4096 no-freelist-sync=false freelist=" << freelist << "\n";
    for (const char* bucket : {"61", "62", "63"})
        script << "begin\ncreate " << bucket << "\ncommit\n";
    for (int transaction = 0; transaction < 30'000; ++transaction) {
        script << "begin\n";
        for (std::uint64_t change = 1 + random.below(6); change > 0; --change) {
            const std::uint64_t bucket = 61 + random.below(3);
            const std::uint64_t key = 1000 + random.below(300);
            if (random.below(4) == 0)
                script << "delete " << bucket << " " << key << "\n";
            else
                script << "put " << bucket << " " << key << " " << random.below(1000) << ":"
                       << 1 + random.below(random.below(30) == 0 ? 9000 : 400) << "\n";
        }
        script << "commit\n";
    }
}

// $REBOLT_LIVE_CHECKS: how many copies are checked at least.
int wanted_checks() {
    const char* given = std::getenv("REBOLT_LIVE_CHECKS");
    return given == nullptr ? 1 : std::atoi(given);
}

// What was seen beside one writer after the other.
struct Seen {
    int checked = 0;
    std::uint64_t followed = 0; ///< commits that came while a copy was made
    std::uint64_t last = 0;     ///< transaction of this writer's file
};

// A copy that cannot be made is none: the file is not there yet, or commits come too fast.
void check_copy(const std::string& path, Seen& seen) {
    const auto copy = LiveCopy::take(path);
    if (!copy || !copy->transaction() || number(*copy->transaction()) < 4) // 4: being made
        return;
    EXPECT_GE(number(*copy->transaction()), seen.last);
    seen.last = number(*copy->transaction());
    const auto pages = copy->pages();
    ASSERT_TRUE(pages);
    const auto found = check(*pages);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->verdict, Verdict::clean)
        << "transaction " << seen.last << ": " << found->findings.front().message;
    ++seen.checked;
    seen.followed += copy->commits_followed();
}

// Checks copies of a new file until its writer has applied all of a script.
void check_beside_a_writer(const std::string& peer, std::string_view freelist, Seen& seen) {
    const TemporaryFolder folder;
    const std::string path = folder.path("busy.db");
    write_script(folder.path("script"), freelist);
    std::atomic<bool> is_over = false;
    const std::jthread writer([&] {
        const auto applied =
            run_command({peer, "apply", path, folder.path("script")}, std::chrono::seconds{600});
        EXPECT_EQ(applied.exit_code, 0) << applied.err;
        is_over = true;
    });
    seen.last = 0;
    while (!is_over && !::testing::Test::HasFailure())
        check_copy(path, seen);
    EXPECT_GT(seen.last, 100U);
}

void check_beside(std::string_view freelist) {
    const std::string peer = std::string(REBOLT_BUILD_DIR) + "/interop/bboltpeer";
    const auto built =
        run_command({std::string(REBOLT_SOURCE_DIR) + "/tests/peers/build-peer", peer});
    ASSERT_EQ(built.exit_code, 0) << built.err;
    Seen seen;
    do {
        check_beside_a_writer(peer, freelist, seen);
    } while (seen.checked < wanted_checks() && !::testing::Test::HasFailure());
    std::printf("%d copies checked, %lu commits followed\n", seen.checked, seen.followed);
}

TEST(LiveCopyOfBbolt, IsOneState) {
    check_beside("array");
}

TEST(LiveCopyOfBbolt, IsOneStateWithAFreelistInAMap) {
    check_beside("hashmap");
}

} // namespace
} // namespace rebolt::test
