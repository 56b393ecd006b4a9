#include <rebolt/store_copy.hpp>

#include <gtest/gtest.h>

namespace rebolt::store {
namespace {

class StoreCopy : public testing::Test {
protected:
    StoreCopy() : from_(*open("memory://")), to_(*open("memory://")) {}

    void fill(int keys) {
        for (int i = 0; i < keys; ++i)
            EXPECT_TRUE(from_->put("key" + std::to_string(i), "value " + std::to_string(i)));
    }
    static CopyReport copied(Result<CopyReport> report) {
        EXPECT_TRUE(report) << report.error().to_text();
        return report ? *report : CopyReport{};
    }
    [[nodiscard]] std::vector<std::string> differences(const DiffOptions& given = {}) {
        std::vector<std::string> lines;
        DiffOptions options = given;
        options.on_difference = [&](const Difference& one) -> Result<void> {
            lines.push_back(std::string(name_of(one.kind)) + " " + one.key);
            EXPECT_EQ(one.left == nullptr, one.kind == DifferenceKind::right_only);
            EXPECT_EQ(one.right == nullptr, one.kind == DifferenceKind::left_only);
            return {};
        };
        EXPECT_TRUE(diff(*from_, *to_, options));
        return lines;
    }

    std::unique_ptr<Store> from_;
    std::unique_ptr<Store> to_;
};

TEST_F(StoreCopy, MovesAllInBatchesAndVerifies) {
    fill(2500);
    const CopyReport report = copied(copy(*from_, *to_));
    EXPECT_EQ(report.keys, 2500U);
    EXPECT_EQ(report.copied, 2500U);
    EXPECT_EQ(report.batches, 3U);
    EXPECT_EQ(report.same_already, 0U);
    EXPECT_TRUE(report.is_verified());
    EXPECT_TRUE(differences().empty());
}

TEST_F(StoreCopy, LargeValuesAreBatchesOfTheirOwn) {
    for (const std::string key : {"a", "b", "c"})
        ASSERT_TRUE(from_->put(key, std::string(600'000, 'x')));
    EXPECT_EQ(copied(copy(*from_, *to_)).batches, 3U);
}

TEST_F(StoreCopy, GoesOnWhereItWasBrokenOff) {
    fill(3000);
    CopyOptions options;
    options.progress = [](const CopyProgress& at) {
        EXPECT_TRUE(at.stage == CopyStage::looking || at.total == 3000U);
        return at.stage != CopyStage::copying || at.keys < 2000;
    };
    EXPECT_EQ(copy(*from_, *to_, options).error().code(), ErrorCode::cancelled);
    EXPECT_EQ(to_->list("")->size(), 2000U);
    const CopyReport report = copied(copy(*from_, *to_));
    EXPECT_EQ(report.same_already, 2000U);
    EXPECT_EQ(report.copied, 1000U);
    EXPECT_TRUE(report.is_verified());
}

TEST_F(StoreCopy, WritesOverOtherValuesAndLeavesOtherKeys) {
    fill(3);
    ASSERT_TRUE(to_->put("key1", "old"));
    ASSERT_TRUE(to_->put("other", "stays"));
    const CopyReport report = copied(copy(*from_, *to_));
    EXPECT_EQ(report.copied, 3U);
    EXPECT_TRUE(report.is_verified());
    EXPECT_EQ(report.verified.right_only, 1U);
    EXPECT_EQ(to_->get("key1")->value, "value 1");
    EXPECT_EQ(to_->get("other")->value, "stays");
}

TEST_F(StoreCopy, OfAPrefixAlone) {
    fill(20);
    EXPECT_EQ(copied(copy(*from_, *to_, {.prefix = "key1"})).copied, 11U);
    EXPECT_EQ(to_->list("")->size(), 11U);
    EXPECT_FALSE(copied(copy(*from_, *to_, {.verify = false})).was_verified);
    EXPECT_EQ(to_->list("")->size(), 20U);
}

TEST_F(StoreCopy, OfNothingIsVerifiedToo) {
    const CopyReport report = copied(copy(*from_, *to_));
    EXPECT_EQ(report.keys, 0U);
    EXPECT_TRUE(report.is_verified());
}

TEST_F(StoreCopy, AFailingSourceIsAnError) {
    fill(3);
    from_->close();
    EXPECT_EQ(copy(*from_, *to_).error().code(), ErrorCode::cancelled);
    EXPECT_EQ(diff(*from_, *to_).error().code(), ErrorCode::cancelled);
}

TEST_F(StoreCopy, DiffTellsEachDifferenceInOrder) {
    for (const std::string key : {"a", "b", "d", "e"})
        ASSERT_TRUE(from_->put(key, key));
    for (const std::string key : {"b", "c", "d", "f"})
        ASSERT_TRUE(to_->put(key, key == "d" ? "other" : key));
    EXPECT_EQ(differences(), (std::vector<std::string>{"left-only a", "right-only c", "value d",
                                                       "left-only e", "right-only f"}));
    EXPECT_EQ(differences({.prefix = "d"}), std::vector<std::string>{"value d"});
    const auto report = diff(*from_, *to_);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->is_same());
    EXPECT_EQ(report->left_keys, 4U);
    EXPECT_EQ(report->right_keys, 4U);
    EXPECT_EQ(report->left_only, 2U);
    EXPECT_EQ(report->right_only, 2U);
    EXPECT_EQ(report->values, 1U);
}

TEST_F(StoreCopy, DiffBreaksOffWhenToldTo) {
    fill(10'000);
    int told = 0;
    DiffOptions options;
    options.on_difference = [&](const Difference&) -> Result<void> {
        if (++told == 3)
            return Error(ErrorCode::cancelled, "enough");
        return {};
    };
    EXPECT_EQ(diff(*from_, *to_, options).error().code(), ErrorCode::cancelled);
    EXPECT_EQ(told, 3);
    EXPECT_EQ(diff(*from_, *to_, {.progress = [](std::uint64_t) { return false; }}).error().code(),
              ErrorCode::cancelled);
}

} // namespace
} // namespace rebolt::store
