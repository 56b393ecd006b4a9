// What check says of files in which one write of the last commit was lost, and
// of sound ones: the first are never clean with keys missing, the others always.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include <fmt/format.h>

#include <rebolt/check.hpp>

#include "support/lost_writes.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt {
namespace {

constexpr std::uint64_t seeds = 12;

class LostWrites : public testing::Test {
protected:
    [[nodiscard]] std::string written(const test::FileBytes& bytes) const {
        const std::string path = folder_.path("file.db");
        std::ofstream(path, std::ios::binary) << as_text(bytes);
        return path;
    }
    [[nodiscard]] CheckReport checked(const test::FileBytes& bytes) const {
        const auto source = PageSource::open(written(bytes));
        EXPECT_TRUE(source);
        CheckOptions options;
        options.threads = 1;
        auto report = check(*source, options);
        EXPECT_TRUE(report);
        return std::move(*report);
    }

private:
    test::TemporaryFolder folder_;
};

TEST_F(LostWrites, AreNeverCalledCleanWhereAnythingIsMissing) {
    std::size_t tried = 0;
    for (const test::HistoryShape shape : test::all_history_shapes)
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            const test::History history = test::make_history(shape, seed);
            for (const test::LostWrite& lost : test::lost_writes(history)) {
                SCOPED_TRACE(fmt::format("{}, seed {}, {}", name_of(shape), seed, lost.what));
                if (!lost.is_provable)
                    continue;
                ++tried;
                const CheckReport report = checked(lost.bytes);
                EXPECT_EQ(report.verdict, Verdict::damaged) << sentence(report);
                EXPECT_FALSE(report.trees.front().whole);
            }
        }
    EXPECT_GT(tried, 150U);
}

TEST_F(LostWrites, NoneLostIsCleanBeforeAndAfterEachLastCommit) {
    for (const test::HistoryShape shape : test::all_history_shapes)
        for (std::uint64_t seed = 1; seed <= seeds; ++seed)
            for (const bool stores_freelist : {true, false}) {
                SCOPED_TRACE(fmt::format("{}, seed {}, freelist stored: {}", name_of(shape), seed,
                                         stores_freelist));
                const test::History history = test::make_history(shape, seed, stores_freelist);
                for (const auto* bytes : {&history.before, &history.after}) {
                    const CheckReport report = checked(*bytes);
                    EXPECT_EQ(report.verdict, Verdict::clean) << sentence(report);
                    EXPECT_TRUE(report.findings.empty()) << report.findings[0].message;
                    for (const TreeReport& tree : report.trees)
                        EXPECT_TRUE(tree.whole && tree.is_sound);
                }
            }
}

// The state that the last commit began with is the whole one.
TEST_F(LostWrites, AMetaThatCameBeforeItsDataIsNotWholeAndTheStateBeforeIs) {
    std::size_t unseen = 0;
    for (const test::HistoryShape shape : test::all_history_shapes)
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            SCOPED_TRACE(fmt::format("{}, seed {}", name_of(shape), seed));
            const test::History history = test::make_history(shape, seed);
            const CheckReport report = checked(test::meta_without_data(history));
            // Old pages may happen to make a state that accounts for all its pages:
            // its root and freelist were on those that the last commit took.
            if (report.verdict == Verdict::clean) {
                ++unseen;
                continue;
            }
            EXPECT_EQ(report.verdict, Verdict::damaged) << sentence(report);
            ASSERT_EQ(report.trees.size(), 2U);
            EXPECT_FALSE(report.trees[0].whole);
            ASSERT_NE(report.whole_tree(), nullptr) << sentence(report);
            EXPECT_EQ(report.whole_tree(), &report.trees[1]);
        }
    EXPECT_LE(unseen, 3U) << "of " << seeds * test::all_history_shapes.size();
}

} // namespace
} // namespace rebolt
