#include <nlohmann/json.hpp>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

TEST(InfoCommand, PrintsThePageSizeAsBboltDoes) {
    const auto result = rebolt_on(real_file("docker-20.10-running.db"), "info");
    EXPECT_EQ(result.out, "Page Size: 4096\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST(InfoCommand, VerboseTellsTheStateOfTheDatabase) {
    const auto result = rebolt_on(real_file("docker-20.10-running.db"), "info", {"-v"});
    EXPECT_EQ(result.out, "Page Size: 4096\n"
                          "High Water Mark: 23 pages\n"
                          "Transaction: 99\n"
                          "Root Page: 21\n"
                          "Freelist Page: 22\n"
                          "File Size: 131072\n"
                          "Free Pages: 4\n");
}

TEST(InfoCommand, JsonOfADamagedFreelistShowsTheRest) {
    const auto result = rebolt_on(damaged_file("docker-freelist-leaf.db"), "info", {"--json"});
    const auto json = nlohmann::json::parse(result.out);
    EXPECT_EQ(json["txid"], 99);
    EXPECT_EQ(json["shape"], "rebolt.info/1");
    EXPECT_TRUE(json["free_pages"].is_null());
    EXPECT_EQ(json["errors"][0]["finding"]["code"], "freelist-type");
    EXPECT_EQ(json["errors"][0]["finding"]["page"], 22);
    EXPECT_EQ(result.exit_code, 4);
}

TEST(InfoCommand, WithoutAValidMetaThePageSizeIsToldFromThePages) {
    test::PatchedFile patched(real_file("docker-20.10-running.db"));
    patched.put(16 + 56, std::uint64_t{0}).put(4096 + 16 + 56, std::uint64_t{0});
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "info");
    EXPECT_EQ(result.out, "Page Size: 4096\n");
    EXPECT_NE(result.err.find("both-metas-invalid"), std::string::npos) << result.err;
    EXPECT_EQ(result.exit_code, 4);
}

TEST(InfoCommand, AFileThatIsNotThereOrIsNoDatabaseIsAnOperationalError) {
    const auto missing = rebolt({"info", REBOLT_TEST_DATA "/no-such-file.db"});
    EXPECT_NE(missing.err.find("no-such-file.db"), std::string::npos);
    EXPECT_EQ(missing.exit_code, 8);
    const auto other = rebolt_on(REBOLT_EXE, "info");
    EXPECT_NE(other.err.find("not-a-bolt-file"), std::string::npos) << other.err;
    EXPECT_EQ(other.exit_code, 8);
}

} // namespace
} // namespace rebolt::cli
