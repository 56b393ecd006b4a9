#include <string>

#include <nlohmann/json.hpp>

#include "cli/test_run.hpp"
#include "support/file_builder.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

std::string fruit_file(const test::TemporaryFolder& folder) {
    const auto bucket = [](std::uint64_t root) { return test::FileBuilder::bucket(root); };
    test::FileBuilder(4096)
        .leaf(3, {{"fruit", bucket(4), 1}})
        .leaf(4, {{"apple", "dark red"}, {"pear", "green"}})
        .leaf(5, {{"apple", "red"}, {"pear", "green"}})
        .leaf(6, {{"fruit", bucket(5), 1}})
        .leaf(7, {{"apple", "unripe"}, {"pear", "green"}})
        .freelist(8, {7})
        .freelist(2, {5, 6, 7, 8})
        .transaction(12)
        .previous(6, 8)
        .write_to(folder.path("fruit.db"));
    return folder.path("fruit.db");
}

TEST(HistoryCommand, ShowsEachVersionWithItsPlaceAndWhatChanged) {
    const test::TemporaryFolder folder;
    const auto result = rebolt_on(fruit_file(folder), "history", {"fruit", "apple"});
    EXPECT_EQ(result.out,
              "newest    transaction 12, page 4, offset 16437, 8 bytes\n"
              "          dark red\n"
              "previous  transaction 11 or before, page 5, offset 20533, 3 bytes\n"
              "          red\n"
              "          later, at byte 0:  -> dark \n"
              "old       transaction unknown, page 7, offset 28725, 6 bytes, 1 of the page's 1 "
              "other keys are in the bucket\n"
              "          unripe\n"
              "          later, at byte 0: unripe -> red\n");
    EXPECT_EQ(result.exit_code, 0);
}

TEST(HistoryCommand, JsonListsTheVersions) {
    const test::TemporaryFolder folder;
    const auto result = rebolt_on(fruit_file(folder), "history", {"--json", "fruit", "apple"});
    const auto versions = nlohmann::json::parse(result.out)["versions"];
    EXPECT_EQ(versions.front()["standing"], "newest");
    EXPECT_EQ(versions.front()["page"], 4);
    EXPECT_EQ(versions.front()["not_before"], 12);
    EXPECT_EQ(versions.front()["value"], "dark red");
    EXPECT_EQ(versions.back()["later"]["removed"], "unripe");
    EXPECT_EQ(versions.back()["not_after"], nullptr);
}

TEST(HistoryCommand, OfADamagedFileShowsWhatIsThere) {
    const auto keys = rebolt({"keys", real_file("docker-20.10-running.db"), "libnetwork"});
    const std::string key = keys.out.substr(0, keys.out.find('\n'));
    for (const char* name : {"docker-zero-branch.db", "docker-cycle-self.db", "docker-truncate.db",
                             "docker-count.db", "docker-meta0.db"})
        EXPECT_EQ(rebolt_on(damaged_file(name), "history", {"libnetwork", key}).exit_code, 0)
            << name;
}

TEST(HistoryCommand, SaysWhenThereIsNothing) {
    const std::string file = real_file("docker-20.10-running.db");
    const auto result = rebolt_on(file, "history", {"libnetwork", "no such key"});
    EXPECT_NE(result.err.find("no page of the file holds the key `no such key`"),
              std::string::npos);
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_EQ(rebolt_on(file, "history", {"libnetwork"}).exit_code, 16);
}

} // namespace
} // namespace rebolt::cli
