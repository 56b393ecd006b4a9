#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

TEST(BucketsCommand, ListsTheTopLevelInKeyOrder) {
    const auto result = rebolt_on(real_file("etcd-3.4.db"), "buckets");
    EXPECT_EQ(result.out, "alarm\nauth\nauthRoles\nauthUsers\ncluster\nkey\nlease\nmembers\n"
                          "members_removed\nmeta\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST(BucketsCommand, JsonHasALineForEachBucket) {
    const auto result = rebolt_on(real_file("docker-20.10-running.db"), "buckets", {"--json"});
    EXPECT_EQ(result.out, "{\"shape\":\"rebolt.buckets/1\",\"file\":\"" +
                              real_file("docker-20.10-running.db") +
                              "\",\"buckets\":[\n"
                              "{\"bucket\":\"libnetwork\",\"root\":18,\"sequence\":0,"
                              "\"inline\":false}\n]}\n");
}

TEST(BucketsCommand, ANameThatCannotBePrintedIsShownInHex) {
    test::PatchedFile patched(real_file("docker-20.10-volumes-metadata.db"));
    const std::string_view file_bytes = as_text(patched.bytes());
    const std::size_t at = file_bytes.find("volumes", std::size_t{3} * 4096);
    patched.put(at, std::uint32_t{0x4A5B'1B76});
    const TemporaryFile file(patched);
    EXPECT_EQ(rebolt_on(file.path(), "buckets").out, "761b5b4a6d6573\n");
    const auto keys =
        rebolt_on(file.path(), "keys", {"--parse-bucket-format", "hex", "761b5b4a6d6573"});
    EXPECT_EQ(keys.out,
              rebolt_on(real_file("docker-20.10-volumes-metadata.db"), "keys", {"volumes"}).out);
}

TEST(BucketsCommand, OfATruncatedFileSaysWhichPageIsMissing) {
    const auto result = rebolt_on(damaged_file("docker-truncate.db"), "buckets");
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("page 21"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("rebolt check "), std::string::npos);
    EXPECT_EQ(result.exit_code, 4);
}

} // namespace
} // namespace rebolt::cli
