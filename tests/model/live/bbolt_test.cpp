// The same beside the real bbolt, through Go, at full speed without sync.
#include <rebolt/live_copy.hpp>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>
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

void check_beside(std::string_view freelist) {
    const TemporaryFolder folder;
    const std::string peer = std::string(REBOLT_BUILD_DIR) + "/interop/bboltpeer";
    const auto built =
        run_command({std::string(REBOLT_SOURCE_DIR) + "/tests/peers/build-peer", peer});
    ASSERT_EQ(built.exit_code, 0) << built.err;
    const std::string path = folder.path("busy.db");
    write_script(folder.path("script"), freelist);
    std::atomic<bool> is_over = false;
    std::jthread writer([&] {
        const auto applied = run_command({peer, "apply", path, folder.path("script")});
        EXPECT_EQ(applied.exit_code, 0) << applied.err;
        is_over = true;
    });
    std::uint64_t followed = 0;
    int checked = 0;
    std::uint64_t last = 0;
    for (; !is_over; ++checked) {
        const auto report = LiveCopy::take(path);
        if (!report) // not made yet, or too fast
            continue;
        if (!report->transaction() || number(*report->transaction()) < 4)
            continue; // being made, which is no commit
        followed += report->commits_followed();
        EXPECT_GE(number(*report->transaction()), last);
        last = number(*report->transaction());
        const auto pages = report->pages();
        ASSERT_TRUE(pages);
        const auto found = check(*pages);
        ASSERT_TRUE(found);
        if (found->verdict != Verdict::clean) {
            is_over = true;
            FAIL() << "transaction " << last << ": " << found->findings.front().message;
        }
    }
    std::printf("%d copies, %lu commits followed, last transaction %lu\n", checked, followed, last);
    EXPECT_GT(last, 100U);
}

TEST(LiveCopyOfBbolt, IsOneState) {
    check_beside("array");
}

TEST(LiveCopyOfBbolt, IsOneStateWithAFreelistInAMap) {
    check_beside("hashmap");
}

} // namespace
} // namespace rebolt::test
