#include <rebolt/key_history.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>

#include "support/file_builder.hpp"
#include "support/patched_file.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt {
namespace {

Result<void> put(const DB& db, const std::string& key, const std::string& value) {
    return db.update([&](Tx& tx) -> Result<void> {
        auto bucket = tx.create_bucket_if_missing("fruit");
        if (!bucket)
            return std::move(bucket).error();
        return bucket->put(key, value);
    });
}

// Enough beside it that the bucket has pages of its own.
std::string make_file(const test::TemporaryFolder& folder, const std::vector<std::string>& values) {
    const std::string path = folder.path("fruit.db");
    OpenOptions options;
    options.page_size_bytes = 4096;
    const auto db = DB::open(path, options);
    EXPECT_TRUE(put(*db, "pear", std::string(1500, 'p')));
    for (const std::string& value : values)
        EXPECT_TRUE(put(*db, "apple", value));
    return path;
}

KeyHistory history_of(const PageSource& source, const std::vector<std::string>& bucket,
                      std::string_view key) {
    auto history = key_history(source, bucket, key);
    EXPECT_TRUE(history);
    return *std::move(history);
}

TEST(KeyHistory, HasTheNewestThePreviousAndWhatIsLeftOver) {
    const test::TemporaryFolder folder;
    const auto source = PageSource::open(make_file(folder, {"green", "yellow", "red"}));
    const KeyHistory history = history_of(*source, {"fruit"}, "apple");
    ASSERT_GE(history.versions.size(), 2U);
    const KeyVersion& newest = history.versions[0];
    EXPECT_EQ(newest.standing, VersionStanding::newest);
    EXPECT_EQ(newest.value, "red");
    EXPECT_EQ(newest.not_after, history.newest);
    EXPECT_EQ(newest.not_before, history.newest);
    EXPECT_TRUE(newest.is_sound);
    EXPECT_EQ(as_text(source->file().subspan(newest.offset_bytes, 3)), "red");
    const KeyVersion& previous = history.versions[1];
    EXPECT_EQ(previous.standing, VersionStanding::previous);
    EXPECT_EQ(previous.value, "yellow");
    EXPECT_EQ(number(*previous.not_after) + 1, number(*history.newest));
    EXPECT_EQ(previous.not_before, std::nullopt);
}

TEST(KeyHistory, OldPagesTellHowManyOfTheirKeysAreTheBuckets) {
    const test::TemporaryFolder folder;
    test::FileBuilder builder(4096);
    const auto bucket = [](std::uint64_t root) { return test::FileBuilder::bucket(root); };
    builder.leaf(3, {{"fruit", bucket(4), 1}})
        .leaf(4, {{"apple", "red"}, {"pear", "green"}})
        .leaf(5, {{"apple", "old"}, {"pear", "old"}, {"plum", "old"}})
        .leaf(6, {{"apple", "alone"}})
        .freelist(2, {5, 6})
        .write_to(folder.path("a.db"));
    const auto source = PageSource::open(folder.path("a.db"));
    const KeyHistory history = history_of(*source, {"fruit"}, "apple");
    ASSERT_EQ(history.versions.size(), 3U);
    EXPECT_EQ(history.versions[0].value, "red");
    EXPECT_EQ(history.versions[1].value, "old");
    EXPECT_EQ(history.versions[1].standing, VersionStanding::old);
    EXPECT_EQ(history.versions[1].page, PageId{5});
    EXPECT_EQ(history.versions[1].neighbours, 2U);
    EXPECT_EQ(history.versions[1].neighbours_in_bucket, 1U);
    EXPECT_EQ(history.versions[1].not_after, std::nullopt);
    EXPECT_EQ(history.versions[2].neighbours, 0U);
}

TEST(KeyHistory, PagesOfOtherBucketsDoNotCount) {
    const test::TemporaryFolder folder;
    const auto bucket = [](std::uint64_t root) { return test::FileBuilder::bucket(root); };
    test::FileBuilder(4096)
        .leaf(3, {{"cake", bucket(5), 1}, {"fruit", bucket(4), 1}})
        .leaf(4, {{"apple", "red"}})
        .leaf(5, {{"apple", "baked"}})
        .write_to(folder.path("a.db"));
    const auto source = PageSource::open(folder.path("a.db"));
    const KeyHistory history = history_of(*source, {"fruit"}, "apple");
    ASSERT_EQ(history.versions.size(), 1U);
    EXPECT_EQ(history.versions[0].value, "red");
    EXPECT_EQ(history_of(*source, {"cake"}, "apple").versions.at(0).value, "baked");
    EXPECT_TRUE(history_of(*source, {"bread"}, "apple").versions.empty());
}

TEST(KeyHistory, FindsKeysOfInlineBucketsAndOfDamagedPages) {
    const test::TemporaryFolder folder;
    const std::string small = test::FileBuilder::inline_bucket({{"apple", "red"}});
    const std::string old = test::FileBuilder::inline_bucket({{"apple", "green"}});
    test::FileBuilder(4096)
        .leaf(3, {{"fruit", small, 1}})
        .leaf(4, {{"fruit", old, 1}, {"apple", "of some bucket"}})
        .freelist(2, {4})
        .write_to(folder.path("a.db"));
    const auto source = PageSource::open(folder.path("a.db"));
    const KeyHistory history = history_of(*source, {"fruit"}, "apple");
    ASSERT_EQ(history.versions.size(), 3U);
    EXPECT_EQ(history.versions[0].value, "red");
    EXPECT_TRUE(history.versions[0].is_sound);
    EXPECT_FALSE(history.versions[1].is_sound); // its keys are not in order
    EXPECT_EQ(history.versions[1].value, "green");
    EXPECT_EQ(history.versions[2].value, "of some bucket");
}

// 100 elements that all are the same bytes of the page.
TEST(KeyHistory, ElementsThatLieOverEachOtherDoNotAddUp) {
    test::FileBuilder builder(4096);
    builder.leaf(3, {{"fruit", test::FileBuilder::bucket(4), 1}})
        .leaf(4, {{"apple", std::string(2000, 'a')}});
    test::PatchedFile file(builder.bytes());
    const std::uint64_t page = std::uint64_t{4} * 4096;
    file.put(page + 10, std::uint16_t{100});
    for (std::uint32_t i = 0; i < 100; ++i)
        file.put(page + 16 + i * 16, format::LeafElementHeader{0, 1700 - i * 16, 5, 2000});
    for (std::size_t i = 0; i < 5; ++i)
        file.put(page + 16 + 1700 + i, "apple"[i]);
    const auto source = PageSource::open(file.path());
    const KeyHistory history = history_of(*source, {"fruit"}, "apple");
    EXPECT_GE(history.versions.size(), 1U);
    EXPECT_LE(history.versions.size(), 4U);
    EXPECT_FALSE(history.versions.at(0).is_sound);
}

TEST(KeyHistory, NeedsABucketAndAKeyAndCanBeCancelled) {
    const auto source = PageSource::open(REBOLT_TEST_DATA "/real/docker-20.10-running.db");
    EXPECT_EQ(key_history(*source, {}, "a").error().code(), ErrorCode::invalid_argument);
    const std::vector<std::string> bucket{"b"};
    EXPECT_EQ(key_history(*source, bucket, "").error().code(), ErrorCode::invalid_argument);
    test::PatchedFile long_file(std::vector<std::byte>(std::size_t{5000} * 4096));
    const auto many_pages = PageSource::open(long_file.path());
    EXPECT_EQ(
        key_history(*many_pages, bucket, "a", [](std::uint64_t, std::uint64_t) { return false; })
            .error()
            .code(),
        ErrorCode::cancelled);
}

TEST(ChangeBetween, IsTheSmallestPiece) {
    const ValueChange change = change_between("one two three", "one four three");
    EXPECT_EQ(change.offset, 4U);
    EXPECT_EQ(change.removed, "two");
    EXPECT_EQ(change.added, "four");
    EXPECT_EQ(change_between("aa", "aaa").added, "a");
    EXPECT_EQ(change_between("aa", "aa").removed, "");
}

} // namespace
} // namespace rebolt
