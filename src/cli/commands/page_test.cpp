#include <algorithm>

#include <nlohmann/json.hpp>

#include <rebolt/format.hpp>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

constexpr const char* separator = "===============================================\n";

TEST(PageCommand, PrintsMetaLeafAndFreelistAsBboltDoes) {
    const auto result =
        rebolt_on(real_file("docker-20.10-volumes-metadata.db"), "page", {"0", "3", "5"});
    EXPECT_EQ(result.out, std::string("Page ID:    0\n"
                                      "Page Type:  meta\n"
                                      "Total Size: 4096 bytes\n"
                                      "Overflow pages: 0\n"
                                      "Version:    2\n"
                                      "Page Size:  4096 bytes\n"
                                      "Flags:      00000000\n"
                                      "Root:       <pgid=3>\n"
                                      "Freelist:   <pgid=5>\n"
                                      "HWM:        <pgid=6>\n"
                                      "Txn ID:     4\n"
                                      "Checksum:   1d3f03383806540f\n"
                                      "\n") +
                              separator +
                              "Page ID:    3\n"
                              "Page Type:  leaf\n"
                              "Total Size: 4096 bytes\n"
                              "Overflow pages: 0\n"
                              "Item Count: 1\n"
                              "\n"
                              "\"volumes\": <pgid=0,seq=0>\n"
                              "\n" +
                              separator +
                              "Page ID:    5\n"
                              "Page Type:  freelist\n"
                              "Total Size: 4096 bytes\n"
                              "Overflow pages: 0\n"
                              "Item Count: 2\n"
                              "Overflow: 0\n"
                              "\n"
                              "2\n4\n"
                              "\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST(PageCommand, ValuesArePrintedInTheFormatAskedFor) {
    const std::string file = real_file("etcd-3.4.db");
    const auto hex = rebolt_on(file, "page", {"--format-value", "hex", "214"});
    const auto redacted = rebolt_on(file, "page", {"--format-value", "redacted", "160"});
    EXPECT_NE(hex.out.find("\"alarm\": <pgid=0,seq=0>\n"), std::string::npos) << hex.out;
    EXPECT_NE(redacted.out.find(": <redacted len:"), std::string::npos) << redacted.out;
    EXPECT_EQ(rebolt_on(file, "page", {"--format-value", "base64", "3"}).exit_code, 16);
}

TEST(PageCommand, AllPrintsEveryPageOnce) {
    const auto result = rebolt_on(real_file("docker-20.10-many.db"), "page", {"--all"});
    std::size_t count = 0;
    for (std::size_t at = 0; (at = result.out.find("Page ID: ", at)) != std::string::npos; ++at)
        ++count;
    const auto table = rebolt_on(real_file("docker-20.10-many.db"), "pages", {"--json"});
    EXPECT_EQ(count, nlohmann::json::parse(table.out)["pages"].size());
    EXPECT_EQ(result.exit_code, 0);
}

TEST(PageCommand, APageUnderAWrongNumberIsShownAndSaidToBe) {
    const auto result = rebolt_on(damaged_file("docker-stale-leaf.db"), "page", {"15"});
    EXPECT_TRUE(result.out.starts_with("Page ID:    15 (its header says 2)\nPage Type:  leaf\n"))
        << result.out;
    EXPECT_NE(result.out.find("Item Count: 5"), std::string::npos);
    EXPECT_NE(result.err.find("page-id-mismatch: page 15, offset 61440"), std::string::npos);
    EXPECT_EQ(result.exit_code, 4);
}

TEST(PageCommand, SoundItemsAreShownAndBrokenOnesNamed) {
    test::PatchedFile patched(real_file("docker-20.10-running.db"));
    const std::uint64_t page = std::uint64_t{4} * 4096; // a leaf of 11 items
    for (const std::uint64_t item : {1, 2, 3, 9})
        patched.put(page + 16 + item * 16 + 4, std::uint32_t{0x7FFF'0000});
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "page", {"4"});
    EXPECT_NE(result.out.find("Item Count: 11\n\n\"docker/network/v1.0/endpoint"),
              std::string::npos)
        << result.out;
    EXPECT_NE(result.out.find("\n<item 9: element-out-of-page: "), std::string::npos);
    EXPECT_NE(result.err.find("of 11 items these cannot be shown: 1-3, 9;"), std::string::npos)
        << result.err;
    EXPECT_EQ(result.exit_code, 4);
}

// 65,535 items that all show the same bytes would print 65,535 times the page.
TEST(PageCommand, ItemsThatLieOverEachOtherAreNotPrintedForEver) {
    test::PatchedFile patched(real_file("docker-20.10-running.db"));
    const std::uint64_t page = std::uint64_t{4} * 4096;
    patched.put(page + 10, std::uint16_t{100});
    for (std::uint32_t item = 0; item < 100; ++item)
        patched.put(page + 16 + item * 16, format::LeafElementHeader{0, 1700 - item * 16, 8, 2000});
    const TemporaryFile file(patched);
    const auto result = rebolt_on(file.path(), "page", {"4"});
    EXPECT_NE(result.out.find("<item 2: element-overlap: "), std::string::npos);
    EXPECT_LT(result.out.size(), 20'000U);
    EXPECT_EQ(result.exit_code, 4);
}

TEST(PageCommand, APageThatIsFreeIsNoDamage) {
    const auto result = rebolt_on(real_file("docker-20.10-running.db"), "page", {"2"});
    EXPECT_NE(result.err.find("page 2 is not in use"), std::string::npos);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(rebolt_on(real_file("docker-20.10-running.db"), "page", {"-q", "2"}).err, "");
}

TEST(PageCommand, GoesOnAfterAPageThatIsNotThere) {
    const auto result =
        rebolt_on(real_file("docker-20.10-volumes-metadata.db"), "page", {"99", "3"});
    EXPECT_TRUE(result.out.starts_with("Page ID:    3\n"));
    EXPECT_NE(result.err.find("there is no page 99: the file has pages 0 to 7"), std::string::npos);
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_EQ(rebolt_on(damaged_file("docker-truncate.db"), "page", {"12"}).exit_code, 4);
}

TEST(PageCommand, NeedsIdsOrAllButNotBoth) {
    const std::string file = real_file("buildkit-cache.db");
    const auto neither = rebolt_on(file, "page");
    EXPECT_EQ(neither.exit_code, 16);
    EXPECT_NE(neither.err.find("rebolt pages " + file), std::string::npos);
    EXPECT_EQ(rebolt_on(file, "page", {"--all", "3"}).exit_code, 16);
    EXPECT_EQ(rebolt_on(file, "page", {"three"}).exit_code, 16);
}

TEST(PageCommand, JsonHasTheItemsOfAPage) {
    const auto result =
        rebolt_on(real_file("docker-20.10-volumes-metadata.db"), "page", {"--json", "3"});
    const auto json = nlohmann::json::parse(result.out)["pages"][0];
    EXPECT_EQ(json["type"], "leaf");
    EXPECT_EQ(json["in_use"], true);
    EXPECT_EQ(json["items"][0].dump(), R"({"bucket":{"root":0,"sequence":0},"key":"volumes"})");
}

TEST(PageCommand, EveryDamagedFileCanBeLookedAt) {
    for (const auto& entry : std::filesystem::directory_iterator(REBOLT_TEST_DATA "/damaged")) {
        const auto result = rebolt_on(entry.path(), "page", {"--all", "--json"});
        EXPECT_TRUE(result.exit_code == 0 || result.exit_code == 4) << entry.path();
        EXPECT_EQ(nlohmann::json::parse(result.out)["pages"][0]["page"], 0) << entry.path();
    }
}

} // namespace
} // namespace rebolt::cli
