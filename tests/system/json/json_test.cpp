// What --json promises (docs/json.md): every command prints one document, whatever
// the file is, and it is valid against the schema of its shape.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"
#include "system/json/command_lines.hpp"
#include "system/json/shapes.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

CommandResult run_json(Words words) {
    words.insert(words.begin(), REBOLT_EXE);
    words.emplace_back("--json");
    return run_command(words, std::chrono::seconds{240});
}

std::string shown(const Words& words) {
    std::string text = "rebolt";
    for (const std::string& word : words)
        text += " " + word;
    return text;
}

std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(REBOLT_TEST_DATA "/" + folder))
        if (entry.path().extension() == ".db" && !entry.path().string().contains(".original"))
            files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

class Json : public ::testing::Test {
protected:
    // All commands on the file, each with one valid document.
    void run_all_on(const std::string& file) {
        const TemporaryFolder folder;
        Place place{.file = file,
                    .copy = folder.path("copy.db"),
                    .folder = folder.path("new"),
                    .bucket = "none"};
        fs::create_directory(place.folder);
        std::error_code is_missing;
        fs::copy_file(file, place.copy, is_missing);
        find_key(place);
        for (const Words& words : command_lines(place)) {
            const CommandResult result = run_json(words);
            EXPECT_EQ(shapes_.fault_of(result.out), "") << shown(words) << "\n" << result.err;
            const bool is_error = result.out.starts_with("{\"shape\":\"rebolt.error/1\"");
            EXPECT_TRUE(!is_error || result.exit_code != 0) << shown(words);
            EXPECT_LT(result.exit_code, 64) << shown(words) << result.err;
        }
    }

    Shapes shapes_;

private:
    // The first key of the first bucket that has one.
    static void find_key(Place& place) {
        const auto buckets = nlohmann::json::parse(run_json({"buckets", place.file}).out);
        for (const auto& bucket : buckets.value("buckets", nlohmann::json::array())) {
            if (!bucket.contains("bucket"))
                continue;
            place.bucket = bucket["bucket"];
            const auto keys =
                nlohmann::json::parse(run_json({"keys", place.file, place.bucket}).out);
            for (const auto& key : keys.value("keys", nlohmann::json::array())) {
                const std::string text = key.value("key", "");
                if (text.empty() || text.contains('\0') || key.value("is_bucket", false))
                    continue;
                place.key = text;
                return;
            }
        }
    }
};

class JsonOn : public Json, public ::testing::WithParamInterface<std::string> {};

TEST_P(JsonOn, EveryCommandPrintsOneValidDocument) {
    run_all_on(GetParam());
}

std::string name_of_file(const ::testing::TestParamInfo<std::string>& file) {
    std::string name = fs::path(file.param).stem();
    std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Damaged, JsonOn, ::testing::ValuesIn(files_in("damaged")), name_of_file);
INSTANTIATE_TEST_SUITE_P(Field, JsonOn, ::testing::ValuesIn(files_in("field")), name_of_file);
INSTANTIATE_TEST_SUITE_P(Sound, JsonOn,
                         ::testing::Values(REBOLT_TEST_DATA "/real/docker-20.10-running.db",
                                           REBOLT_TEST_DATA "/real/containerd-1.6-meta.db",
                                           REBOLT_TEST_DATA "/real/etcd-3.4.db",
                                           REBOLT_TEST_DATA "/owners/podman.db",
                                           REBOLT_TEST_DATA "/owners/vault.db"),
                         name_of_file);

TEST_F(Json, IsValidForWhatIsNoDatabase) {
    const TemporaryFolder folder;
    const std::string text = folder.path("text.db");
    std::ofstream(text) << std::string(20'000, '\n');
    const std::string empty = folder.path("empty.db");
    std::ofstream(empty).flush();
    // Its name is no UTF-8, and would end a line.
    const std::string strange = folder.path("\xff\n.db");
    fs::copy_file(REBOLT_TEST_DATA "/damaged/docker-zero-leaf.db", strange);
    for (const std::string& file : {text, empty, strange, folder.path("."), folder.path("none.db")})
        run_all_on(file);
}

TEST_F(Json, CoversEveryCommandOfTheProgram) {
    // These need a service, a member or a terminal; they have tests of their own below.
    std::set<std::string> covered{"bench",        "guard install", "guard uninstall",
                                  "guard report", "load",          "etcd status",
                                  "etcd repair",  "store watch",   "store lock"};
    // What they print is for a terminal, a shell, or already JSON line by line.
    covered.insert({"browse", "completion", "complete", "manual", "dump-text"});
    for (const Words& words :
         command_lines({.file = "f", .copy = "c", .folder = "d", .bucket = "b"}))
        for (std::size_t depth = 1; depth <= std::min<std::size_t>(3, words.size()); ++depth) {
            std::string name = words[0];
            for (std::size_t i = 1; i < depth; ++i)
                name += " " + words[i];
            covered.insert(name);
        }
    const std::vector<std::string> all = all_commands();
    EXPECT_GT(all.size(), 55U);
    for (const std::string& command : all)
        EXPECT_TRUE(covered.contains(command)) << command;
}

TEST_F(Json, IsValidForCommandsWithoutADatabase) {
    const TemporaryFolder folder;
    const std::string member = folder.path("member");
    fs::copy(REBOLT_TEST_DATA "/etcd/member-3.5.16", member, fs::copy_options::recursive);
    const std::string url = "bolt://" + folder.path("kv.db") + "?bucket=app";
    const std::string lines = folder.path("dump.jsonl");
    std::ofstream(lines) << R"({"bucket":["app"],"sequence":0})"
                            "\n";
    const std::string status = folder.path("status.json");
    std::ofstream(status) << R"({"shape":"rebolt.guard-status/1","host":"a","files":[]})";
    for (const Words& words :
         {Words{"bench", "--count", "10"},
          {"guard", "install", "docker", "--root", folder.path(".")},
          {"guard", "install", "docker", "--yes", "--root", folder.path(".")},
          {"guard", "uninstall", "docker", "--yes", "--root", folder.path(".")},
          {"guard", "report", status},
          {"load", folder.path("loaded.db"), "-i", lines},
          {"etcd", "status", member},
          {"etcd", "repair", "--dry-run", member},
          {"etcd", "repair", "--undo", member},
          {"store", "put", url, "a", "b"},
          {"store", "watch", url, "--tree", "--count", "1"}}) {
        const CommandResult result = run_json(words);
        EXPECT_EQ(shapes_.fault_of(result.out), "") << shown(words) << "\n" << result.err;
    }
}

TEST_F(Json, ShowsLogsAsTheyAre) {
    for (const auto& entry : fs::directory_iterator(REBOLT_TEST_DATA "/logs"))
        if (entry.is_regular_file()) {
            const auto result = run_json({"diagnose", "--no-database", entry.path()});
            EXPECT_EQ(shapes_.fault_of(result.out), "") << entry.path();
        }
}

TEST_F(Json, AWrongCommandLineIsAnErrorWithItsKindAndWhatToTypeNext) {
    for (const Words& words : {Words{"kesy", "file.db"},
                               {"keys"},
                               {"keys", "file.db"},
                               {"get", "file.db", "bucket"},
                               {"page", "file.db"},
                               {"check", "--no-such", "file.db"},
                               {"recover", "file.db"},
                               {}}) {
        const CommandResult result = run_json(words);
        EXPECT_EQ(result.exit_code, 16) << shown(words);
        EXPECT_EQ(shapes_.fault_of(result.out), "") << shown(words);
        const auto error = nlohmann::json::parse(result.out);
        EXPECT_EQ(error["shape"], "rebolt.error/1");
        EXPECT_EQ(error["kind"], "invalid-argument");
        EXPECT_THAT(error["next"].get<std::string>(), ::testing::StartsWith("rebolt "));
    }
}

TEST_F(Json, AnErrorAfterTheFirstResultsIsAMemberOfTheDocument) {
    const auto result =
        run_json({"keys", REBOLT_TEST_DATA "/damaged/docker-cycle-self.db", "libnetwork"});
    const auto document = nlohmann::json::parse(result.out);
    EXPECT_EQ(document["shape"], "rebolt.keys/1");
    EXPECT_EQ(document["errors"][0]["kind"], "damaged");
    EXPECT_EQ(document["errors"][0]["finding"]["code"], "page-cycle");
    EXPECT_FALSE(document["keys"].empty());
    EXPECT_EQ(result.exit_code, 4);
}

TEST_F(Json, EveryShapeIsListedInItsPage) {
    const std::string page = bytes_of(REBOLT_SOURCE_DIR "/docs/json.md");
    for (const auto& [shape, schema] : shapes_.schemas()) {
        EXPECT_TRUE(page.contains("`" + shape + "`")) << shape;
        const std::string name = shape.substr(7, shape.size() - 9);
        EXPECT_TRUE(fs::exists(REBOLT_SOURCE_DIR "/schemas/" + name + ".json")) << shape;
    }
}

} // namespace
} // namespace rebolt::test
