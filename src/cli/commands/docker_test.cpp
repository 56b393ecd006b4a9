#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <rebolt/db.hpp>

#include "cli/test_run.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

const std::string running = real_file("docker-20.10-running.db");
const std::string custom = "0d3699cb634f9af76caa25a94b7185f179610800e32f72498fd7f17bdd766abf";

// A copy whose network `custom` counts five endpoints, and has two.
std::string with_wrong_count(const test::TemporaryFolder& folder) {
    const std::string path = folder.path("local-kv.db");
    std::filesystem::copy_file(running, path);
    const auto db = DB::open(path);
    EXPECT_TRUE(db->update([](Tx& tx) -> Result<void> {
        return tx.bucket("libnetwork")
            ->put("docker/network/v1.0/endpoint_count/" + custom + "/",
                  std::string("\1\0\0\0\0\0\0\0{\"Count\":5}", 19));
    }));
    return path;
}

TEST(DockerNetworks, AreListedAsDockerDoes) {
    const auto result = rebolt({"docker", "networks", running});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_TRUE(result.out.starts_with(
        "NETWORK ID     NAME     DRIVER   SCOPE   SUBNETS                      ENDPOINTS   FLAGS\n"
        "b3f035ddbc73   bridge   bridge   local   172.17.0.0/16                1           -\n"
        "775147fb34fc   cfg      null     local   -                            0           "
        "config-only\n"))
        << result.out;
}

TEST(DockerNetworks, AreJson) {
    const auto result = rebolt({"docker", "networks", "--json", running});
    const auto json = nlohmann::json::parse(result.out);
    EXPECT_EQ(json["shape"], "rebolt.docker-networks/1");
    EXPECT_TRUE(json["complete"]);
    ASSERT_EQ(json["networks"].size(), 9U);
    EXPECT_EQ(json["networks"][2]["bridge"], "br-custom");
    EXPECT_EQ(json["networks"][2]["endpoint_count"], 2);
}

TEST(DockerNetworks, OfADamagedFileAreThoseThatAreSound) {
    const auto result = rebolt({"docker", "endpoints", damaged_file("docker-zero-leaf.db")});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_NE(result.out.find("app3"), std::string::npos);
    EXPECT_NE(result.err.find("1 key range unreadable"), std::string::npos) << result.err;
}

TEST(DockerNetworks, OfAnotherFileAreNone) {
    EXPECT_EQ(rebolt({"docker", "networks", real_file("etcd-3.4.db")}).exit_code, 8);
    EXPECT_EQ(rebolt({"docker", "networks", "/nowhere/local-kv.db"}).exit_code, 8);
    EXPECT_EQ(rebolt({"docker", "sorts"}).exit_code, 16);
}

TEST(DockerPorts, AreThoseOfTheBridgeDriver) {
    const auto result = rebolt({"docker", "ports", running});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_NE(result.out.find("7e43dda1be94   app3   0.0.0.0:9003   172.21.0.2:80/tcp\n"),
              std::string::npos)
        << result.out;
}

TEST(DockerIpam, HasPoolsOfBothFamilies) {
    const auto result = rebolt({"docker", "ipam", running});
    EXPECT_NE(result.out.find("fd00:42::/64    v6net     fd00:42::1    0      -\n"),
              std::string::npos)
        << result.out;
}

TEST(DockerSandboxes, OfAStoppedDaemonAreNone) {
    const auto result = rebolt({"docker", "sandboxes", real_file("docker-20.10-stopped.db")});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "SANDBOX ID   CONTAINER ID   ENDPOINTS\n");
}

TEST(DockerStartupCommand, SaysWhereDockerdLoops) {
    const std::string file = damaged_file("docker-cycle-next.db");
    const auto result = rebolt({"docker", "startup", file});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_NE(result.out.find("It ends in bridge.populateNetworks, List bridge/: Cursor.next, "
                              "Cursor.first: page 2 leads back to page 2 without end\n"),
              std::string::npos)
        << result.out;
    const auto json = nlohmann::json::parse(rebolt({"docker", "startup", "--json", file}).out);
    EXPECT_EQ(json["shape"], "rebolt.docker-startup/1");
    EXPECT_EQ(json["fate"]["kind"], "loop");
    EXPECT_EQ(json["fate"]["page"], 2);
}

TEST(DockerStartupCommand, OfASoundFileIsFine) {
    const auto result = rebolt({"docker", "startup", running});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_TRUE(result.out.starts_with(running + ": dockerd starts, with 9 networks\n"));
}

TEST(DockerFsckCommand, FollowsTheReleaseThatWroteTheFile) {
    const std::string file = real_file("docker-28.5-killed.db");
    const auto result = rebolt({"docker", "fsck", file});
    EXPECT_EQ(result.exit_code, 0) << result.out;
    EXPECT_TRUE(result.out.starts_with(file + ": all 84 records are consistent\nBy the rules of "
                                              "Docker 28.2 to 28.5 (the default bridge's record"))
        << result.out;
    EXPECT_EQ(rebolt({"docker", "fsck", "--docker", "27", file}).exit_code, 4);
    EXPECT_EQ(rebolt({"docker", "fsck", "--docker", "x", file}).exit_code, 16);
    const auto json = nlohmann::json::parse(rebolt({"docker", "fsck", "--json", file}).out);
    EXPECT_EQ(json["docker"]["from"], "28.2");
    EXPECT_EQ(json["docker"]["below"], "29.0");
}

TEST(DockerStartupCommand, IsThatOfTheReleaseThatIsNamed) {
    const std::string file = damaged_file("docker-zero-leaf.db");
    const auto last_words = [&](const char* version) {
        const auto json = nlohmann::json::parse(
            rebolt({"docker", "startup", "--json", "--docker", version, file}).out);
        return json["fate"]["last_words"].get<std::string>();
    };
    EXPECT_EQ(last_words("20.10"), "panic: invalid page type: 0: 0");
    EXPECT_EQ(last_words("28.5"),
              "panic: assertion failed: Page expected to be: 15, but self identifies as 0");
}

TEST(DockerFsckCommand, ShowsAndChangesNothingByItself) {
    const test::TemporaryFolder folder;
    const std::string path = with_wrong_count(folder);
    const std::string before = test::bytes_of(path);
    const std::vector<std::pair<std::vector<std::string>, int>> runs{
        {{"docker", "fsck", path}, 4}, {{"docker", "fsck", "--repair", path}, 16}};
    for (const auto& [words, exit_code] : runs) {
        const auto result = rebolt(words);
        EXPECT_EQ(result.exit_code, exit_code);
        EXPECT_NE(result.out.find("damage endpoint-count-differs: network custom (0d3699cb634f) "
                                  "counts 5 endpoints and has 2\n"),
                  std::string::npos)
            << result.out;
    }
    EXPECT_TRUE(test::bytes_of(path) == before);
}

TEST(DockerFsckCommand, RepairsAndIsUndone) {
    const test::TemporaryFolder folder;
    const std::string path = with_wrong_count(folder);
    const std::string before = test::bytes_of(path);
    EXPECT_EQ(rebolt({"docker", "fsck", "--repair", "--yes", path}).exit_code, 1);
    EXPECT_EQ(rebolt({"docker", "fsck", path}).exit_code, 0);
    EXPECT_EQ(rebolt({"check", path}).exit_code, 0);
    EXPECT_EQ(rebolt({"undo", path}).exit_code, 0);
    EXPECT_TRUE(test::bytes_of(path) == before);
}

TEST(DockerFsckCommand, RepairsACopy) {
    const test::TemporaryFolder folder;
    const std::string path = with_wrong_count(folder);
    const std::string before = test::bytes_of(path);
    const std::string copy = folder.path("mended.db");
    const auto result = rebolt({"docker", "fsck", "--repair", "--json", "-o", copy, path});
    EXPECT_EQ(result.exit_code, 1);
    const auto json = nlohmann::json::parse(result.out);
    EXPECT_EQ(json["shape"], "rebolt.docker-fsck/1");
    EXPECT_EQ(json["findings"][0]["code"], "endpoint-count-differs");
    EXPECT_TRUE(json["applied"]);
    EXPECT_EQ(rebolt({"docker", "fsck", copy}).exit_code, 0);
    EXPECT_TRUE(test::bytes_of(path) == before);
}

TEST(DockerFsckCommand, DoesNotMendADamagedFile) {
    const std::string file = damaged_file("docker-zero-leaf.db");
    const std::string before = test::bytes_of(file);
    const auto result = rebolt({"docker", "fsck", "--repair", "--yes", file});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_NE(result.err.find("First: rebolt recover"), std::string::npos) << result.err;
    EXPECT_TRUE(test::bytes_of(file) == before);
}

} // namespace
} // namespace rebolt::cli
