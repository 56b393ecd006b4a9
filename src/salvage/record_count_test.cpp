#include <rebolt/record_count.hpp>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>

namespace rebolt {
namespace {

std::string text_of_file(const std::string& name) {
    const auto source = PageSource::open(REBOLT_TEST_DATA "/" + name);
    EXPECT_TRUE(source);
    const auto rehearsal = rehearse_recovery(*source);
    EXPECT_TRUE(rehearsal && *rehearsal);
    return rehearsal && *rehearsal ? to_text((*rehearsal)->records) : "";
}

TEST(RecordCount, CountsDockersRecordsByKind) {
    EXPECT_EQ(text_of_file("real/docker-20.10-running.db"), "11 of 11 endpoints, 9 of 9 networks, "
                                                            "9 of 9 sandboxes");
    EXPECT_EQ(text_of_file("damaged/docker-cycle-next.db"), "11 of 11 endpoints, 9 of 9 networks, "
                                                            "9 of 9 sandboxes");
}

TEST(RecordCount, CountsContainerdsBuckets) {
    EXPECT_EQ(text_of_file("roots/containerd-2.1/io.containerd.metadata.v1.bolt/meta.db"),
              "6 of 6 blobs, 1 of 1 containers, 2 of 2 images, 3 of 3 snapshots");
}

TEST(RecordCount, TellsWhatIsLostOfEtcd) {
    EXPECT_EQ(text_of_file("damaged/etcd-zero-leaf.db"), "5082 of about 5104 revisions of keys");
}

TEST(RecordCount, CountsKeysWhereTheOwnerIsNotKnown) {
    EXPECT_EQ(text_of_file("field/tiny-512-pages.db"), "1 of 1 keys");
}

TEST(RecordCount, SaysWhatMayBeOfAnyKind) {
    EXPECT_EQ(text_of_file("damaged/docker-zero-leaf.db"),
              "11 of 11 endpoints, 9 of 9 networks, about 4 other records lost, 9 of 9 sandboxes");
}

TEST(RecordCount, SaysWhatIsOlderAndThatMoreMayBeLost) {
    EXPECT_EQ(text_of_file("damaged/docker-truncate.db"),
              "2 endpoints (2 older), 9 networks (9 older), 9 sandboxes (9 older); how many are "
              "lost is not known");
}

TEST(RecordCount, ALargerFileThanAskedForIsNotRehearsed) {
    const auto source = PageSource::open(REBOLT_TEST_DATA "/damaged/docker-zero-leaf.db");
    ASSERT_TRUE(source);
    const auto rehearsal =
        rehearse_recovery(*source, {.bytes_max = source->file_bytes() - 1, .progress = {}});
    ASSERT_TRUE(rehearsal);
    EXPECT_FALSE(rehearsal->has_value());
}

TEST(RecordCount, HasAsManyKeysAsTheCheckerFinds) {
    for (const char* name : {"real/docker-20.10-running.db", "real/containerd-1.6-meta.db",
                             "real/etcd-3.4.db", "real/buildkit-cache.db"}) {
        const auto source = PageSource::open(std::string(REBOLT_TEST_DATA "/") + name);
        ASSERT_TRUE(source);
        const auto checked = check(*source);
        ASSERT_TRUE(checked);
        RecoverOptions options;
        options.dry_run = true;
        auto recovery = Recovery::begin(*source, {}, std::move(options));
        ASSERT_TRUE(recovery);
        ASSERT_TRUE(recovery->run());
        const TreeReport& tree = checked->trees.front();
        EXPECT_EQ(recovery->report().counts.total(), tree.key_count - tree.bucket_count) << name;
        EXPECT_EQ(recovery->report().counts.total_buckets(), tree.bucket_count) << name;
    }
}

} // namespace
} // namespace rebolt
