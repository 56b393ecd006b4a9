#include <algorithm>

#include <rebolt/finding.hpp>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

std::string first_lines(const std::string& text, int count) {
    std::size_t end = 0;
    while (count-- > 0)
        end = text.find('\n', end) + 1;
    return text.substr(0, end);
}

TEST(KeysCommand, ListsKeysOfNestedBucketsAndBucketsAmongThem) {
    const std::string file = real_file("containerd-1.6-meta.db");
    const auto result = rebolt_on(file, "keys", {"v1", "moby"});
    EXPECT_EQ(result.out, "containers\nleases\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(rebolt_on(file, "keys", {"v1"}).out, "moby\nversion\n");
    EXPECT_EQ(rebolt_on(file, "keys", {"v1", "moby", "--format", "hex"}).out,
              "636f6e7461696e657273\n6c6561736573\n");
    EXPECT_EQ(rebolt_on(file, "keys", {"-f", "ascii-encoded", "v1", "moby"}).out,
              "\"containers\"\n\"leases\"\n");
}

TEST(KeysCommand, OfACyclePrintsTheKeysBeforeItThenThePagesOnTheWay) {
    const auto sound = rebolt_on(real_file("docker-20.10-running.db"), "keys", {"libnetwork"});
    const auto result = rebolt_on(damaged_file("docker-cycle-next.db"), "keys", {"libnetwork"});
    EXPECT_EQ(std::ranges::count(sound.out, '\n'), 56);
    EXPECT_EQ(std::ranges::count(result.out, '\n'), 16);
    EXPECT_EQ(result.out, first_lines(sound.out, 16));
    EXPECT_NE(result.err.find("page-cycle: page 2, offset 8192, path 18 > 2 > 2, bucket "
                              "libnetwork"),
              std::string::npos)
        << result.err;
    EXPECT_NE(result.err.find("rebolt check "), std::string::npos);
    EXPECT_EQ(result.exit_code, 4);
}

TEST(KeysCommand, EveryDamagedDockerFileEndsWithWhatIsSound) {
    const auto sound = rebolt_on(real_file("docker-20.10-running.db"), "keys", {"libnetwork"});
    for (const std::string name :
         {"docker-zero-leaf.db", "docker-flags16.db", "docker-stale-leaf.db"}) {
        const auto result = rebolt_on(damaged_file(name), "keys", {"libnetwork"});
        EXPECT_EQ(result.out, first_lines(sound.out, 8)) << name;
        EXPECT_EQ(result.exit_code, 4) << name;
    }
}

TEST(KeysCommand, JsonEndsWithTheError) {
    const auto result =
        rebolt_on(damaged_file("docker-cycle-self.db"), "keys", {"--json", "libnetwork"});
    EXPECT_NE(result.out.find("\"keys\":[\n{\"key\":\"docker/network/v1.0/bridge-endpoint/07c307"),
              std::string::npos);
    const std::size_t last = result.out.rfind('\n', result.out.size() - 2) + 1;
    EXPECT_TRUE(result.out.substr(last).starts_with("],\"")) << result.out.substr(last);
    EXPECT_NE(
        result.out.find("\"finding\":{\"code\":\"page-cycle\",\"severity\":\"fatal\",\"page\":18,"),
        std::string::npos)
        << result.out.substr(last);
}

TEST(KeysCommand, AWordIsTakenAsItIs) {
    const std::string file = real_file("docker-20.10-running.db");
    for (const std::string name : {"[a,b]", "[]", "{}", "%%", "keys", "no\tbucket"}) {
        const auto result = rebolt_on(file, "keys", {name});
        EXPECT_NE(result.err.find("`" + printable(name) + "`"), std::string::npos) << result.err;
        EXPECT_NE(result.err.find("rebolt buckets "), std::string::npos);
        EXPECT_EQ(result.exit_code, 8);
    }
}

TEST(KeysCommand, NeedsABucketAndSaysHowToFindOne) {
    const std::string file = real_file("docker-20.10-running.db");
    const auto result = rebolt_on(file, "keys");
    EXPECT_NE(result.err.find("rebolt buckets " + file), std::string::npos) << result.err;
    EXPECT_EQ(result.exit_code, 16);
    EXPECT_EQ(rebolt_on(file, "keys", {"libnetwork", "--format", "x"}).exit_code, 16);
    EXPECT_EQ(rebolt_on(file, "keys", {"--parse-bucket-format", "hex", "zz"}).exit_code, 16);
}

} // namespace
} // namespace rebolt::cli
