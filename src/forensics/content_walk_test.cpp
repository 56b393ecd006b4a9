#include <rebolt/content_walk.hpp>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>
#include <rebolt/compact.hpp>

#include "support/file_builder.hpp"
#include "support/sample_files.hpp"
#include "support/temporary_folder.hpp"
#include "support/tree_builder.hpp"

namespace rebolt {
namespace {

std::string text_of(const ContentItem& item) {
    std::string text;
    for (const std::string& name : item.bucket)
        text += name + "/";
    text += item.key;
    return item.is_bucket ? text + "/ #" + std::to_string(item.sequence)
                          : text + "=" + std::string(item.value);
}

DB open(const std::string& path) {
    auto db = DB::open(path, {.read_only = true});
    EXPECT_TRUE(db) << db.error().to_text();
    return *std::move(db);
}

std::string write(const test::TemporaryFolder& folder, const std::string& name,
                  const test::BucketContent& content, const test::FileShape& shape = {}) {
    test::write_file(folder.path(name), test::build_file(content, shape));
    return folder.path(name);
}

test::BucketContent small_content() {
    test::BucketContent content;
    content.buckets["a"].values = {{"x", "1"}, {"z", "3"}};
    content.buckets["a"].sequence = 9;
    content.buckets["a"].buckets["y"].values = {{"deep", "2"}};
    content.buckets["b"];
    return content;
}

TEST(ContentWalk, KeysAscendAndABucketComesBeforeWhatIsInIt) {
    const test::TemporaryFolder folder;
    const DB db = open(write(folder, "a.db", small_content()));
    const auto tx = db.begin();
    ContentWalk walk(*tx);
    std::vector<std::string> items;
    for (auto item = walk.next(); item && item->has_value(); item = walk.next())
        items.push_back(text_of(**item));
    EXPECT_EQ(items, (std::vector<std::string>{"a/ #9", "a/x=1", "a/y/ #0", "a/y/deep=2", "a/z=3",
                                               "b/ #0"}));
    EXPECT_FALSE(*walk.next());
}

std::vector<std::string> differences(const std::string& left, const std::string& right) {
    const DB left_db = open(left);
    const DB right_db = open(right);
    const auto left_tx = left_db.begin();
    const auto right_tx = right_db.begin();
    std::vector<std::string> lines;
    const auto sum = diff_content(*left_tx, *right_tx, [&](const ContentDifference& difference) {
        lines.push_back(std::string(name_of(difference.kind)) + " " +
                        (difference.left != nullptr ? text_of(*difference.left) : "-") + " " +
                        (difference.right != nullptr ? text_of(*difference.right) : "-"));
        return Result<void>();
    });
    EXPECT_TRUE(sum);
    EXPECT_EQ(sum->is_same(), lines.empty());
    return lines;
}

TEST(ContentDiff, TellsEveryKindOfDifferenceInOrder) {
    const test::TemporaryFolder folder;
    test::BucketContent other = small_content();
    other.buckets["a"].values["x"] = "changed";
    other.buckets["a"].values.erase("z");
    other.buckets["a"].sequence = 10;
    other.buckets["a"].buckets.erase("y");
    other.buckets["a"].values["y"] = "a value";
    other.buckets.erase("b");
    other.buckets["c"].values = {{"new", "1"}};
    const std::string left = write(folder, "a.db", small_content());
    const std::string right = write(folder, "b.db", other);
    EXPECT_EQ(differences(left, right),
              (std::vector<std::string>{"sequence a/ #9 a/ #10", "value a/x=1 a/x=changed",
                                        "kind a/y/ #0 a/y=a value", "left-only a/y/deep=2 -",
                                        "left-only a/z=3 -", "left-only b/ #0 -",
                                        "right-only - c/ #0", "right-only - c/new=1"}));
    EXPECT_EQ(differences(left, left), std::vector<std::string>());
}

// `a` in bucket `b` is not `b` in bucket `a`, nor the key `ab`.
TEST(ContentDiff, NamesAreComparedOneByOne) {
    const test::TemporaryFolder folder;
    test::BucketContent left;
    left.buckets["ab"].values = {{"c", "1"}};
    test::BucketContent right;
    right.buckets["a"].values = {{"bc", "1"}};
    EXPECT_EQ(differences(write(folder, "a.db", left), write(folder, "b.db", right)),
              (std::vector<std::string>{"right-only - a/ #0", "right-only - a/bc=1",
                                        "left-only ab/ #0 -", "left-only ab/c=1 -"}));
}

std::string hash_of(const std::string& path) {
    const DB db = open(path);
    const auto tx = db.begin();
    const auto hash = hash_content(*tx);
    EXPECT_TRUE(hash);
    return hash->sha256;
}

TEST(ContentHash, DoesNotDependOnPagesAndChangesWithEachPart) {
    const test::TemporaryFolder folder;
    const std::string path = write(folder, "a.db", small_content());
    const std::string hash = hash_of(path);
    EXPECT_EQ(hash, hash_of(write(folder, "b.db", small_content(),
                                  {.page_size = 512, .fill_percent = 10, .txid = 99})));
    std::vector<test::BucketContent> others(4, small_content());
    others[0].buckets["a"].values["x"] = "2";
    others[1].buckets["a"].sequence = 8;
    others[2].buckets["b"].values["x"];
    others[3].buckets["a"].buckets.erase("y");
    for (const test::BucketContent& other : others)
        EXPECT_NE(hash, hash_of(write(folder, "b.db", other)));
}

// Computed apart from this program, by the words of the header.
TEST(ContentHash, IsWhatItsDescriptionSays) {
    const test::TemporaryFolder folder;
    test::BucketContent content;
    content.buckets["b"].values = {{"k", "v"}};
    content.buckets["b"].sequence = 2;
    EXPECT_EQ(hash_of(write(folder, "a.db", content)),
              "873bcf866cbdc2af9e3590b255b194e192db4100fa5d82d897c68af86664b0a6");
}

TEST(WriteContent, MakesTheSameContentOfEveryFile) {
    const test::TemporaryFolder folder;
    for (const test::SampleFile& sample : test::sample_files()) {
        const std::string path = folder.path("from.db");
        test::write_file(path, sample.bytes);
        const DB db = open(path);
        const auto tx = db.begin();
        ContentWalk walk(*tx);
        WriteContentOptions options;
        options.page_size_bytes = sample.page_size;
        options.transaction_bytes_max = 3000;
        const auto items =
            write_content(folder.path("to.db"), [&] { return walk.next(); }, options);
        ASSERT_TRUE(items) << sample.name << items.error().to_text();
        EXPECT_EQ(hash_of(folder.path("to.db")), hash_of(path)) << sample.name;
        const auto source = PageSource::open(folder.path("to.db"));
        EXPECT_EQ(source->page_size_bytes(), sample.page_size);
        EXPECT_EQ(check(*source)->verdict, Verdict::clean) << sample.name;
    }
}

TEST(WriteContent, AnErrorOfTheStreamLeavesNoFile) {
    const test::TemporaryFolder folder;
    const auto written =
        write_content(folder.path("a.db"), []() -> Result<std::optional<ContentItem>> {
            return Error(ErrorCode::invalid_argument, "line 7");
        });
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().message(), "line 7");
    EXPECT_FALSE(std::filesystem::exists(folder.path("a.db")));
}

TEST(DamagedFiles, AreRefusedBeforeAnythingIsTold) {
    const DB db = open(REBOLT_TEST_DATA "/damaged/docker-dag.db");
    const auto tx = db.begin();
    EXPECT_EQ(hash_content(*tx).error().code(), ErrorCode::damaged);
    bool told = false;
    const auto sum = diff_content(*tx, *tx, [&](const ContentDifference&) {
        told = true;
        return Result<void>();
    });
    EXPECT_EQ(sum.error().code(), ErrorCode::damaged);
    EXPECT_FALSE(told);
}

} // namespace
} // namespace rebolt
