#include "cli/progress.hpp"

#include <gtest/gtest.h>

namespace rebolt::cli {
namespace {

TEST(ProgressText, HasTheUnitOfWhatIsCounted) {
    EXPECT_EQ(progress_text(50'000, 200'000, 2, ProgressUnit::pages),
              "25% of 200000 pages, 25000 pages/s, 6 s left");
    EXPECT_EQ(progress_text(300'000'000, 1'124'073'472, 2, ProgressUnit::bytes),
              "26% of 1.1 GB, 150.0 MB/s, 5 s left");
    EXPECT_EQ(progress_text(999, 999, 1, ProgressUnit::bytes), "100% of 999 B, 999 B/s, 0 s left");
}

TEST(ProgressText, SaysNothingOfSpeedBeforeAnythingIsDone) {
    EXPECT_EQ(progress_text(0, 274'432, 3, ProgressUnit::pages), "0% of 274432 pages");
    EXPECT_EQ(progress_text(0, 0, 0, ProgressUnit::keys), "100% of 0 keys");
}

TEST(ProgressText, FitsSixtyColumns) {
    constexpr std::uint64_t many = 25'000'000'000; // pages of 100 TB
    for (const ProgressUnit unit :
         {ProgressUnit::pages, ProgressUnit::bytes, ProgressUnit::keys, ProgressUnit::entries})
        EXPECT_LE(progress_text(many / 2, many, 10, unit).size(), 60U);
}

} // namespace
} // namespace rebolt::cli
