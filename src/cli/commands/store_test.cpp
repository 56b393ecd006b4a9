#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <rebolt/store.hpp>

#include "cli/test_run.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

const std::string docker_url =
    "bolt://" + real_file("docker-20.10-running.db") + "?bucket=libnetwork";
const std::string damaged_url =
    "bolt://" + damaged_file("docker-cycle-next.db") + "?bucket=libnetwork";

class StoreCommand : public testing::Test {
protected:
    [[nodiscard]] std::string url(const std::string& name = "kv.db") const {
        return "bolt://" + folder_.path(name) + "?bucket=app";
    }
    // `rebolt store <words…>`.
    static test::CommandResult store(std::vector<std::string> words) {
        words.insert(words.begin(), "store");
        return rebolt(std::move(words));
    }
    void put(const std::string& key, const std::string& value) const {
        const auto opened = store::open(url());
        ASSERT_TRUE(opened && (*opened)->put(key, value));
    }

    test::TemporaryFolder folder_;
};

TEST_F(StoreCommand, PutsAndGets) {
    EXPECT_EQ(store({"put", url(), "users/7", "Jo"}).exit_code, 0);
    const auto result = store({"get", url(), "users/7"});
    EXPECT_EQ(result.out, "Jo\n");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(store({"get", "--json", url(), "users/7"}).out,
              "{\"shape\":\"rebolt.store-get/1\",\"url\":\"" + url() +
                  "\",\"key\":\"users/7\",\"value\":\"Jo\",\"index\":1}\n");
    EXPECT_EQ(store({"get", url(), "users/8"}).exit_code, 8);
    EXPECT_EQ(store({"get", url(), "", "--parse-format", "hex"}).exit_code, 8);
}

TEST_F(StoreCommand, AKeyThatIsNotThereMakesNoFile) {
    const auto result = store({"get", url(), "a"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_FALSE(std::filesystem::exists(folder_.path("kv.db")));
}

TEST_F(StoreCommand, ComparesAndSwaps) {
    EXPECT_EQ(store({"put", url(), "a", "1", "--if-missing"}).out, "index 1\n");
    EXPECT_EQ(store({"put", url(), "a", "2", "--if-missing"}).exit_code, 8);
    EXPECT_EQ(store({"put", url(), "a", "2", "--if-index", "1", "--json"}).out,
              "{\"shape\":\"rebolt.store-put/1\",\"url\":\"" + url() +
                  "\",\"key\":\"a\",\"index\":2}\n");
    const auto stale = store({"put", url(), "a", "3", "--if-index", "1"});
    EXPECT_EQ(stale.exit_code, 8);
    EXPECT_NE(stale.err.find("a was written since"), std::string::npos) << stale.err;
    EXPECT_EQ(store({"rm", url(), "a", "--if-index", "1"}).exit_code, 8);
    EXPECT_EQ(store({"rm", url(), "a", "--if-index", "2"}).exit_code, 0);
    EXPECT_EQ(store({"rm", url(), "a"}).exit_code, 8);
}

TEST_F(StoreCommand, TakesAValueFromAFile) {
    const std::string path = folder_.path("value");
    std::ofstream(path) << "from\nthe file";
    EXPECT_EQ(store({"put", url(), "a", "--value-file", path}).exit_code, 0);
    EXPECT_EQ(store({"get", url(), "a", "--format", "bytes"}).out, "from\nthe file\n");
    EXPECT_EQ(store({"put", url(), "a", "--value-file", path + "x"}).exit_code, 8);
    EXPECT_EQ(store({"put", url(), "a", "b", "--value-file", path}).exit_code, 16);
}

TEST_F(StoreCommand, ListsDockersFileAndLeavesItAsItIs) {
    const std::string before = test::bytes_of(real_file("docker-20.10-running.db"));
    const auto all = store({"ls", docker_url});
    EXPECT_EQ(std::ranges::count(all.out, '\n'), 56);
    const auto networks = store({"ls", "-l", docker_url, "docker/network/v1.0/network/"});
    EXPECT_EQ(networks.exit_code, 0);
    EXPECT_EQ(std::ranges::count(networks.out, '\n'), 9);
    const auto json = store({"ls", "--json", docker_url, "docker/network/v1.0/network/"});
    const auto first = nlohmann::json::parse(json.out)["keys"][0];
    EXPECT_TRUE(first["key"].get<std::string>().starts_with("docker/network/v1.0/network/0d36"));
    EXPECT_GT(first["index"], 0);
    EXPECT_EQ(nlohmann::json::parse(first["value"].get<std::string>())["name"], "custom");
    EXPECT_TRUE(test::bytes_of(real_file("docker-20.10-running.db")) == before);
}

TEST_F(StoreCommand, OfNoKeysListsNone) {
    put("a", "1");
    const auto result = store({"ls", url(), "b"});
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "no key begins with `b`\n");
    EXPECT_EQ(result.exit_code, 0);
}

TEST_F(StoreCommand, OfADamagedFileSaysWhere) {
    const auto result = store({"ls", damaged_url});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_NE(result.err.find("page-cycle"), std::string::npos) << result.err;
}

TEST_F(StoreCommand, RemovesATree) {
    for (const std::string key : {"a/1", "a/2", "b"})
        put(key, "");
    EXPECT_EQ(store({"rm", "--tree", url(), "a/"}).exit_code, 16);
    EXPECT_EQ(store({"rm", "--tree", "--yes", url(), "a/"}).out, "2 keys removed\n");
    EXPECT_EQ(store({"ls", url()}).out, "b\n");
}

TEST_F(StoreCommand, WatchesUntilItHasSeenEnough) {
    put("a", "1");
    put("b", "2");
    EXPECT_EQ(store({"watch", url(), "--count", "2"}).out,
              "put \"a\" index 1: 1\nput \"b\" index 2: 2\n");
    EXPECT_EQ(store({"watch", url(), "b", "--json", "--count", "1"}).out,
              "{\"shape\":\"rebolt.store-event/"
              "1\",\"event\":\"put\",\"key\":\"b\",\"value\":\"2\",\"index\":2}\n");
    EXPECT_EQ(store({"watch", url(), "--after", "1"}).exit_code, 8);
}

TEST_F(StoreCommand, RunsAProgramUnderALock) {
    const auto result =
        store({"lock", url(), "job", "--value", "me", "--", "sh", "-c",
               std::string(REBOLT_EXE) + " store get '" + url() + "' job; " + REBOLT_EXE +
                   " store lock --wait 0 '" + url() + "' job -- true; echo inner $?; exit 5"});
    EXPECT_EQ(result.out, "me\ninner 8\n");
    EXPECT_NE(result.err.find("job is locked by me"), std::string::npos) << result.err;
    EXPECT_EQ(result.exit_code, 5);
    EXPECT_EQ(store({"lock", url(), "job", "--", "true"}).exit_code, 0);
    EXPECT_EQ(store({"lock", url(), "job", "--", "/nowhere"}).exit_code, 8);
    EXPECT_EQ(store({"lock", url(), "job", "--", "sh", "-c", "kill -9 $$"}).exit_code, 137);
    EXPECT_EQ(store({"get", url(), "job"}).exit_code, 8);
}

TEST_F(StoreCommand, CopiesAndProvesItByDiff) {
    const auto copied = store({"copy", docker_url, url()});
    EXPECT_EQ(copied.exit_code, 0) << copied.err;
    EXPECT_NE(copied.out.find("56 of 56 keys copied in 1 batch"), std::string::npos);
    EXPECT_NE(copied.out.find("verified: all 56 keys"), std::string::npos);
    const auto same = store({"diff", docker_url, url()});
    EXPECT_EQ(same.out, "the same 56 keys with the same values\n");
    EXPECT_EQ(same.exit_code, 0);
    const auto again =
        nlohmann::json::parse(store({"copy", "--json", docker_url, url(), "--batch", "10"}).out);
    EXPECT_EQ(again["shape"], "rebolt.store-copy/1");
    EXPECT_EQ(again["copied"], 0);
    EXPECT_EQ(again["same_already"], 56);
    EXPECT_TRUE(again["verified"]);
}

TEST_F(StoreCommand, DiffShowsDifferencesAndExitsWithFour) {
    for (const std::string name : {"one.db", "two.db"})
        EXPECT_EQ(store({"put", url(name), "same", "1"}).exit_code, 0);
    EXPECT_EQ(store({"put", url("one.db"), "a", "1"}).exit_code, 0);
    EXPECT_EQ(store({"put", url("one.db"), "b", "1"}).exit_code, 0);
    EXPECT_EQ(store({"put", url("two.db"), "b", "2"}).exit_code, 0);
    EXPECT_EQ(store({"put", url("two.db"), "c", "1"}).exit_code, 0);
    const auto result = store({"diff", url("one.db"), url("two.db")});
    EXPECT_EQ(result.out, "< a\n! b\n> c\n3 keys and 3 keys: 1 only in the first, 1 only in the "
                          "second, 1 with another value\n");
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_EQ(store({"diff", url("one.db"), url("two.db"), "--prefix", "same"}).exit_code, 0);
    EXPECT_EQ(store({"diff", url("one.db"), url("none.db")}).exit_code, 8);
}

TEST_F(StoreCommand, CopiesFromADamagedFileThroughRecover) {
    const std::string file = damaged_file("docker-cycle-next.db");
    const std::string before = test::bytes_of(file);
    const auto refused = store({"copy", damaged_url, url()});
    EXPECT_EQ(refused.exit_code, 4);
    EXPECT_NE(refused.err.find("add --recover"), std::string::npos) << refused.err;
    const auto result = store({"copy", "--recover", damaged_url, url()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.err.find("the file is DAMAGED and stays as it is; copying from what recover "
                              "brought back of it: 57 keys came back: 57 current"),
              std::string::npos)
        << result.err;
    EXPECT_NE(result.out.find("verified: all 56 keys"), std::string::npos);
    EXPECT_TRUE(test::bytes_of(file) == before);
    EXPECT_EQ(store({"diff", docker_url, url()}).exit_code, 0); // the same state as the sound file
}

TEST_F(StoreCommand, WrongUsageIsToldSo) {
    EXPECT_EQ(store({}).exit_code, 16);
    EXPECT_EQ(store({"ls"}).exit_code, 16);
    EXPECT_EQ(store({"ls", "kv.db"}).exit_code, 16);
    EXPECT_EQ(store({"ls", "redis://host"}).exit_code, 16);
    EXPECT_EQ(store({"copy", "--recover", "etcd://host:1", url()}).exit_code, 16);
    EXPECT_EQ(store({"copy", "--help"}).exit_code, 0);
    EXPECT_NE(store({"put", "--help"}).out.find("Example: rebolt store put"), std::string::npos);
}

} // namespace
} // namespace rebolt::cli
