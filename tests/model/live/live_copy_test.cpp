// Copies of a file that is being written to: each is one state, and no damage is seen.
#include <rebolt/live_copy.hpp>

#include <cstdio>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "busy_writer.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

// $REBOLT_LIVE_CHECKS: how many copies are made.
int copies() {
    const char* given = std::getenv("REBOLT_LIVE_CHECKS");
    return given == nullptr ? 600 : std::atoi(given);
}

void check_beside(bool stores_freelist) {
    const std::uint64_t seed = std::random_device()();
    const TemporaryFolder folder;
    const std::string path = folder.path("busy.db");
    const BusyWriter writer(path, seed, stores_freelist);
    std::uint64_t followed = 0;
    std::uint64_t begun_again = 0;
    int too_fast = 0;
    for (int i = 0; i < copies(); ++i) {
        const auto copy = LiveCopy::take(path);
        if (!copy && copy.error().code() == ErrorCode::lock_timeout) {
            ++too_fast;
            continue;
        }
        ASSERT_TRUE(copy) << copy.error().to_text();
        followed += copy->commits_followed();
        begun_again += copy->restarts();
        const auto pages = copy->pages();
        ASSERT_TRUE(pages);
        const auto checked = check(*pages);
        ASSERT_TRUE(checked);
        ASSERT_EQ(checked->verdict, Verdict::clean)
            << "seed " << seed << ": " << checked->findings.front().message;
        ASSERT_EQ(checked->trees.front().transaction, *copy->transaction());
        const auto db = DB::open(copy->open_path(), {.read_only = true});
        ASSERT_TRUE(db) << db.error().to_text();
        ASSERT_TRUE(adds_up(*db)) << "seed " << seed << ", transaction "
                                  << number(*copy->transaction());
    }
    EXPECT_LT(too_fast, copies() / 2);
    EXPECT_GT(writer.commits(), 0U);
    std::printf("%lu commits, %lu followed, %lu begun again, %d too fast\n", writer.commits(),
                followed, begun_again, too_fast);
}

TEST(LiveCopy, IsOneStateBesideAWriterAtFullSpeed) {
    check_beside(true);
}

TEST(LiveCopy, IsOneStateWhereNoFreelistIsStored) {
    check_beside(false);
}

} // namespace
} // namespace rebolt::test
