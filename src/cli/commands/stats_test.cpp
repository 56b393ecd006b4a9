#include <nlohmann/json.hpp>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

TEST(StatsCommand, PrintsBboltsNumbers) {
    const auto result = rebolt_on(real_file("etcd-3.4.db"), "stats");
    EXPECT_EQ(result.out, "Aggregate statistics for 10 buckets\n"
                          "\n"
                          "Page count statistics\n"
                          "\tNumber of logical branch pages: 3\n"
                          "\tNumber of physical branch overflow pages: 0\n"
                          "\tNumber of logical leaf pages: 231\n"
                          "\tNumber of physical leaf overflow pages: 0\n"
                          "Tree statistics\n"
                          "\tNumber of keys/value pairs: 5110\n"
                          "\tNumber of levels in B+tree: 3\n"
                          "Page size utilization\n"
                          "\tBytes allocated for physical branch pages: 12288\n"
                          "\tBytes actually used for branch data: 7757 (63%)\n"
                          "\tBytes allocated for physical leaf pages: 946176\n"
                          "\tBytes actually used for leaf data: 824238 (87%)\n"
                          "Bucket statistics\n"
                          "\tTotal number of buckets: 10\n"
                          "\tTotal number on inlined buckets: 9 (90%)\n"
                          "\tBytes used for inlined buckets: 668 (0%)\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST(StatsCommand, APrefixChoosesTopLevelBuckets) {
    const auto result = rebolt_on(real_file("etcd-3.4.db"), "stats", {"auth", "--json"});
    const auto json = nlohmann::json::parse(result.out);
    EXPECT_EQ(json["buckets"], 3);
    EXPECT_EQ(json["inline_buckets"], 3);
    EXPECT_EQ(json["leaf_pages"], 0);
}

TEST(StatsCommand, LeavesOutADamagedBucketAndSaysSo) {
    const auto result = rebolt_on(damaged_file("etcd-zero-leaf.db"), "stats");
    EXPECT_TRUE(result.out.starts_with("Aggregate statistics for 9 buckets\n")) << result.out;
    EXPECT_NE(result.err.find("page 160"), std::string::npos);
    EXPECT_NE(result.err.find("these numbers leave out what could not be read"), std::string::npos);
    EXPECT_EQ(result.exit_code, 4);
    const auto json = nlohmann::json::parse(
        rebolt_on(damaged_file("etcd-zero-leaf.db"), "stats", {"--json"}).out);
    EXPECT_EQ(json["left_out"][0]["bucket"], "key");
    EXPECT_EQ(json["left_out"][0]["error"]["finding"]["code"], "page-zeroed");
}

} // namespace
} // namespace rebolt::cli
