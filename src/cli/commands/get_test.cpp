#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

TEST(GetCommand, PrintsTheValue) {
    const std::string file = real_file("docker-20.10-volumes-metadata.db");
    const auto result = rebolt_on(file, "get", {"volumes", "v1"});
    EXPECT_EQ(result.out,
              "{\"Name\":\"v1\",\"Driver\":\"local\",\"Labels\":null,\"Options\":null}\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(rebolt_on(file, "get", {"--parse-format", "hex", "volumes", "7631"}).out, result.out);
    EXPECT_EQ(rebolt_on(file, "get", {"volumes", "v1", "--format", "redacted"}).out,
              "<redacted len:59 "
              "sha256:bcced460c0bf55652f8880e22547100f5f4774b3c5b563f9d073636ab1c86695>\n");
}

TEST(GetCommand, TakesNestedBuckets) {
    const auto result =
        rebolt_on(real_file("containerd-1.6-meta.db"), "get", {"v1", "version", "--json"});
    EXPECT_EQ(result.out, "{\"shape\":\"rebolt.get/1\",\"file\":\"" +
                              real_file("containerd-1.6-meta.db") +
                              "\",\"bucket\":[\"v1\"],\"key\":\"version\",\"value\":\"\\u0006\","
                              "\"readable\":\"6\"}\n");
}

TEST(GetCommand, AKeyThatIsNotThereIsSaidAndWhereToLook) {
    const std::string file = real_file("docker-20.10-volumes-metadata.db");
    const auto result = rebolt_on(file, "get", {"volumes", "v9"});
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("there is no key `v9`"), std::string::npos);
    EXPECT_NE(result.err.find("rebolt keys " + file + " volumes\n"), std::string::npos);
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_EQ(rebolt_on(file, "get", {"other", "v1"}).exit_code, 8);
}

TEST(GetCommand, ABucketIsNoValue) {
    const std::string file = real_file("containerd-1.6-meta.db");
    const auto result = rebolt_on(file, "get", {"v1", "moby"});
    EXPECT_NE(result.err.find("a bucket, not a value, stands under the key `moby`"),
              std::string::npos);
    EXPECT_NE(result.err.find("rebolt keys " + file + " v1 moby\n"), std::string::npos);
    EXPECT_EQ(result.exit_code, 8);
}

TEST(GetCommand, NeedsABucketAndAKey) {
    const std::string file = real_file("containerd-1.6-meta.db");
    EXPECT_EQ(rebolt_on(file, "get").exit_code, 16);
    EXPECT_EQ(rebolt_on(file, "get", {"v1"}).exit_code, 16);
    EXPECT_EQ(rebolt_on(file, "get", {"v1", ""}).exit_code, 16);
    EXPECT_EQ(rebolt_on(file, "get", {"v1", "xy", "--parse-format", "hex"}).exit_code, 16);
}

TEST(GetCommand, BehindADamagedPageIsAnErrorWithItsPlace) {
    const std::string key = "docker/network/v1.0/bridge-endpoint/"
                            "c41fd992156a9e3845a099aefa44d60733ec6ad2f5b425f854f835fe6d61ee97/";
    EXPECT_EQ(rebolt_on(real_file("docker-20.10-running.db"), "get", {"libnetwork", key}).exit_code,
              0);
    const auto result = rebolt_on(damaged_file("docker-zero-leaf.db"), "get", {"libnetwork", key});
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("page 15, offset 61440, path 18 > 15, bucket libnetwork"),
              std::string::npos)
        << result.err;
    EXPECT_EQ(result.exit_code, 4);
}

} // namespace
} // namespace rebolt::cli
