#include "cli/test_run.hpp"

#include <rebolt/db.hpp>

#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

std::string owner_file(const std::string& name) {
    return REBOLT_TEST_DATA "/owners/" + name;
}

TEST(FsckCommand, SaysThatASoundFileIsConsistent) {
    const auto result = rebolt_on(owner_file("podman.db"), "fsck");
    EXPECT_NE(result.out.find("records of podman are consistent"), std::string::npos) << result.out;
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(rebolt_on(real_file("docker-20.10-running.db"), "fsck").exit_code,
              rebolt({"docker", "fsck", real_file("docker-20.10-running.db")}).exit_code);
}

TEST(FsckCommand, RepairsAndUndoTakesItBack) {
    const test::TemporaryFolder folder;
    const std::string file = folder.path("bolt_state.db");
    std::filesystem::copy_file(owner_file("podman.db"), file);
    {
        const auto db = DB::open(file);
        ASSERT_TRUE(db->update([](Tx& tx) -> Result<void> {
            auto bucket = tx.bucket("name-registry");
            return bucket->put("ghost", std::string(64, '7'));
        }));
    }
    const std::string before = test::bytes_of(file);
    const auto found = rebolt_on(file, "fsck");
    EXPECT_EQ(found.exit_code, 4);
    EXPECT_NE(found.out.find("podman says: name \"ghost\" is in use"), std::string::npos);
    EXPECT_EQ(rebolt({"fsck", "--repair", "--yes", file}).exit_code, 1);
    EXPECT_EQ(rebolt({"fsck", file}).exit_code, 0);
    EXPECT_EQ(rebolt({"undo", file}).exit_code, 0);
    EXPECT_TRUE(test::bytes_of(file) == before);
}

TEST(FsckCommand, SaysWhichFilesItCanCompare) {
    const auto result = rebolt_on(owner_file("trivy.db"), "fsck");
    EXPECT_NE(result.err.find("a file of trivy"), std::string::npos) << result.err;
    EXPECT_EQ(result.exit_code, 8);
}

TEST(Words, ShowNumbersAndRecords) {
    const auto keys = rebolt_on(owner_file("raft.db"), "keys", {"logs"});
    ASSERT_GT(keys.out.size(), 2U);
    const std::string first = keys.out.substr(0, keys.out.find('\n'));
    EXPECT_EQ(first.find_first_not_of("0123456789"), std::string::npos) << first;
    const auto entry = rebolt_on(owner_file("raft.db"), "get", {"logs", first});
    EXPECT_TRUE(entry.out.starts_with("{\"Index\":" + first + ",\"Term\":")) << entry.out;
    const auto raw = rebolt_on(owner_file("raft.db"), "keys", {"--raw", "logs"});
    EXPECT_EQ(raw.out.find('\n'), 16U);
}

TEST(Words, LeaveSecretsOutUnlessTheyAreAskedFor) {
    const std::string file = owner_file("influxdb.db");
    const auto keys = rebolt_on(file, "keys", {"authorizationindexv1"});
    EXPECT_TRUE(keys.out.starts_with("<token: 88 bytes>\n")) << keys.out;
    EXPECT_NE(keys.err.find("--raw shows them"), std::string::npos);
    const auto raw = rebolt_on(file, "keys", {"--raw", "authorizationindexv1"});
    const std::string token = raw.out.substr(0, raw.out.find('\n'));
    for (const char* command : {"keys", "page"}) {
        const auto shown = rebolt_on(file, command,
                                     command == std::string("page")
                                         ? std::vector<std::string>{"--all"}
                                         : std::vector<std::string>{"authorizationsv1"});
        EXPECT_EQ(shown.out.find(token), std::string::npos) << command;
        EXPECT_EQ(shown.exit_code, 0) << shown.err;
    }
    EXPECT_NE(rebolt_on(file, "page", {"--all", "--raw"}).out.find(token), std::string::npos);
}

} // namespace
} // namespace rebolt::cli
