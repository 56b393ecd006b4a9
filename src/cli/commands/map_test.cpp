// map and metadump.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/base64.hpp"
#include "cli/test_run.hpp"
#include "support/file_builder.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

std::string text_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string data_of(const std::string& page) {
    const std::string begin = R"(<script type="application/json" id="data">)";
    const std::size_t at = page.find(begin) + begin.size();
    return page.substr(at, page.find("</script>", at) - at);
}

TEST(Base64, IsAsInTheRfc) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64("\xFF\xFE\xFD"), "//79");
}

TEST(MapCommand, WritesOnePageThatLoadsNothing) {
    const test::TemporaryFolder folder;
    const std::string map = folder.path("map.html");
    const auto result = rebolt_on(damaged_file("docker-dag.db"), "map", {"-o", map});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const std::string page = text_of_file(map);
    EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
    EXPECT_EQ(page.find("http://"), std::string::npos);
    EXPECT_EQ(page.find("https://"), std::string::npos);
    EXPECT_EQ(page.find("innerHTML"), std::string::npos);
    const auto data = nlohmann::json::parse(data_of(page));
    EXPECT_EQ(data["shape"], "rebolt.map/1");
    EXPECT_EQ(data["page_count"], std::filesystem::file_size(damaged_file("docker-dag.db")) / 4096);
    EXPECT_EQ(data["states"].size(), 2U);
    EXPECT_EQ(data["findings"][0]["code"], "page-shared");
    EXPECT_EQ(rebolt_on(damaged_file("docker-dag.db"), "map", {"-o", map}).exit_code, 8);
    EXPECT_EQ(rebolt_on(damaged_file("docker-dag.db"), "map", {"-o", map, "--force"}).exit_code, 0);
}

// Names and keys are data: none of them can end the element that they are in.
TEST(MapCommand, NamesCannotBecomeMarkup) {
    const test::TemporaryFolder folder;
    const std::string evil = "</script><script>alert(1)</script><!--";
    const std::string file = folder.path("a.db");
    test::FileBuilder(4096)
        .leaf(3, {{evil, test::FileBuilder::bucket(4), 1}})
        .leaf(4, {{evil, "1"}})
        .write_to(file);
    const std::string map = folder.path("map.html");
    EXPECT_EQ(rebolt_on(file, "map", {"-o", map}).exit_code, 0);
    const std::string page = text_of_file(map);
    EXPECT_EQ(page.find("alert(1)</"), std::string::npos);
    const std::string data = data_of(page);
    EXPECT_EQ(data.find('<'), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(data)["states"][0]["buckets"][1]["name"], evil);
}

TEST(MapCommand, NoKeysLeavesThemOut) {
    const test::TemporaryFolder folder;
    const std::string map = folder.path("map.html");
    rebolt_on(real_file("docker-20.10-running.db"), "map", {"-o", map, "--no-keys"});
    EXPECT_EQ(nlohmann::json::parse(data_of(text_of_file(map)))["keys"], nullptr);
}

TEST(MapCommand, EveryDamagedFileHasAMap) {
    const test::TemporaryFolder folder;
    for (const char* kind : {"damaged", "field"})
        for (const auto& entry :
             std::filesystem::directory_iterator(std::string(REBOLT_TEST_DATA "/") + kind))
            if (entry.path().extension() == ".db") {
                const std::string map = folder.path(entry.path().filename().string() + ".html");
                EXPECT_EQ(rebolt_on(entry.path(), "map", {"-o", map}).exit_code, 0) << entry.path();
                EXPECT_TRUE(nlohmann::json::accept(data_of(text_of_file(map)))) << entry.path();
            }
}

TEST(MetadumpCommand, SaysThatTheFindingsAreTheSame) {
    const test::TemporaryFolder folder;
    const std::string file = damaged_file("docker-stale-leaf.db");
    const std::string safe = folder.path("safe.db");
    const auto result = rebolt_on(file, "metadump", {"-o", safe, "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const auto json = nlohmann::json::parse(result.out);
    EXPECT_EQ(json["same_findings"], true);
    EXPECT_GT(json["findings"], 0);
    EXPECT_EQ(std::filesystem::file_size(safe), std::filesystem::file_size(file));
    EXPECT_EQ(rebolt({"check", "--no-values", safe}).exit_code, 4);
    EXPECT_EQ(rebolt_on(file, "metadump", {"-o", safe}).exit_code, 8);
    EXPECT_EQ(rebolt_on(file, "metadump").exit_code, 16);
}

} // namespace
} // namespace rebolt::cli
