#include <rebolt/record_count.hpp>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>

namespace rebolt {
namespace {

std::string text_of_file(const std::string& name) {
    const auto source = PageSource::open(REBOLT_TEST_DATA "/" + name);
    EXPECT_TRUE(source);
    const auto sums = count_records(*source);
    EXPECT_TRUE(sums);
    return sums ? to_text(*sums) : "";
}

TEST(RecordCount, CountsDockersRecordsByKind) {
    EXPECT_EQ(text_of_file("real/docker-20.10-running.db"), "11 of 11 endpoints, 9 of 9 networks, "
                                                            "6 of 6 sandboxes");
    EXPECT_EQ(text_of_file("damaged/docker-cycle-next.db"), "11 of 11 endpoints, 9 of 9 networks, "
                                                            "6 of 6 sandboxes");
}

TEST(RecordCount, CountsContainerdsBuckets) {
    EXPECT_EQ(text_of_file("roots/containerd-2.1/io.containerd.metadata.v1.bolt/meta.db"), "?");
}

TEST(RecordCount, TellsWhatIsLostOfEtcd) {
    EXPECT_EQ(text_of_file("damaged/etcd-zero-leaf.db"), "?");
}

TEST(RecordCount, CountsKeysWhereTheOwnerIsNotKnown) {
    EXPECT_EQ(text_of_file("field/tiny-512-pages.db"), "?");
}

TEST(RecordCount, SaysWhatIsOlderAndWhatIsNotKnown) {
    const std::vector<RecordSum> sums{
        {.kind = "networks", .recovered = 8, .older = 1, .lost = 1},
        {.kind = "endpoints", .recovered = 3, .older = 0, .lost = 0, .is_loss_known = false}};
    EXPECT_EQ(to_text(sums), "8 of about 9 networks (1 of them older), 3 endpoints and an unknown "
                             "number lost");
}

TEST(RecordCount, HasAsManyKeysAsTheCheckerFinds) {
    for (const char* name : {"real/docker-20.10-running.db", "real/containerd-1.6-meta.db",
                             "real/etcd-3.4.db", "real/buildkit-cache.db"}) {
        const auto source = PageSource::open(std::string(REBOLT_TEST_DATA "/") + name);
        ASSERT_TRUE(source);
        const auto checked = check(*source);
        ASSERT_TRUE(checked);
        auto recovery = Recovery::begin(*source, {}, {.dry_run = true});
        ASSERT_TRUE(recovery);
        ASSERT_TRUE(recovery->run());
        const TreeReport& tree = checked->trees.front();
        EXPECT_EQ(recovery->report().counts.total(), tree.key_count - tree.bucket_count) << name;
        EXPECT_EQ(recovery->report().counts.total_buckets(), tree.bucket_count) << name;
    }
}

} // namespace
} // namespace rebolt
