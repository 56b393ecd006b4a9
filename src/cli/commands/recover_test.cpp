// recover: the new file, the report, and what is refused.
#include "cli/test_run.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class RecoverCommand : public testing::Test {
protected:
    [[nodiscard]] std::string new_file() const { return folder_.path("new.db"); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::size_t files() const {
        const auto folder = std::filesystem::path(new_file()).parent_path();
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder), {}));
    }
    static std::string keys_of(const std::string& file) {
        return rebolt({"keys", file, "libnetwork"}).out;
    }

private:
    test::TemporaryFolder folder_;
};

TEST_F(RecoverCommand, BringsAllBackFromBehindACycle) {
    const auto result =
        rebolt_on(damaged_file("docker-cycle-next.db"), "recover", {"-o", new_file()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, StartsWith("newest state: transaction 99, damaged\n"
                                       "56 keys came back: 56 current\n"
                                       "Your data: 11 of 11 endpoints, 9 of 9 networks, "));
    EXPECT_THAT(
        result.out,
        HasSubstr("page 2 (page-reachable-but-free), libnetwork: keys from\n      docker/"));
    EXPECT_THAT(result.out, HasSubstr("    2 found elsewhere, none is missing\n"));
    EXPECT_EQ(keys_of(new_file()), keys_of(real_file("docker-20.10-running.db")));
    EXPECT_EQ(rebolt({"check", "-q", new_file()}).exit_code, 0);
}

TEST_F(RecoverCommand, SaysWhatIsLost) {
    const auto result =
        rebolt_on(damaged_file("docker-zero-leaf.db"), "recover", {"-o", new_file(), "--json"});
    EXPECT_EQ(result.exit_code, 4) << result.err;
    const json report = json::parse(result.out);
    EXPECT_EQ(report["shape"], "rebolt.recover/1");
    EXPECT_EQ(report["keys"]["current"], 53);
    EXPECT_EQ(report["keys"]["total"], 53);
    EXPECT_EQ(report["whole"], false);
    EXPECT_EQ(report["transaction"], 99);
    EXPECT_EQ(report["ranges"], 1);
    EXPECT_EQ(report["range_list"][0]["page"], 15);
    EXPECT_EQ(report["range_list"][0]["code"], "page-zeroed");
    EXPECT_EQ(report["range_list"][0]["restored"], 0);
    EXPECT_EQ(report["lost_estimate"], 4); // three in truth: a leaf of this file holds four
    EXPECT_EQ(report["bucket_list"][1]["bucket"], json::array({"libnetwork"}));
    EXPECT_EQ(report["bucket_list"][1]["keys"]["current"], 53);
}

TEST_F(RecoverCommand, FillsTheHoleFromADonor) {
    const std::string provenance = path("p.jsonl");
    const auto result =
        rebolt_on(damaged_file("docker-zero-leaf.db"), "recover",
                  {"-o", new_file(), "--donor", real_file("docker-20.10-running.db"),
                   "--provenance", provenance});
    EXPECT_EQ(result.exit_code, 4) << result.err;
    EXPECT_THAT(result.out, HasSubstr("56 keys came back: 53 current, 3 donor"));
    EXPECT_EQ(keys_of(new_file()), keys_of(real_file("docker-20.10-running.db")));
    std::ifstream lines(provenance);
    std::size_t donated = 0;
    std::size_t all = 0;
    for (std::string line; std::getline(lines, line); ++all) {
        const json item = json::parse(line);
        donated += item["provenance"] == "donor" ? 1 : 0;
        EXPECT_EQ(item.contains("donor"), item["provenance"] == "donor");
    }
    EXPECT_EQ(all, 57U);
    EXPECT_EQ(donated, 3U);
}

TEST_F(RecoverCommand, CurrentOnlyAndNoStaleLeaveOut) {
    const std::string file = damaged_file("docker-truncate.db");
    const auto best = rebolt_on(file, "recover", {"-o", new_file()});
    EXPECT_THAT(best.out, HasSubstr("36 keys came back: 36 stale"));
    for (const char* option : {"--policy=current-only", "--no-stale"}) {
        const auto less = rebolt_on(file, "recover", {"-o", new_file(), "--force", option});
        EXPECT_EQ(less.exit_code, 8) << less.err; // nothing came back
        EXPECT_THAT(less.out, HasSubstr("0 keys came back: none"));
        EXPECT_THAT(less.out, HasSubstr("restore a backup"));
        EXPECT_THAT(less.out, HasSubstr("36 keys found and left out, as was asked\n"));
    }
}

TEST_F(RecoverCommand, NewestWholeTakesOneTransactionOrNone) {
    const auto whole = rebolt_on(damaged_file("docker-meta0.db"), "recover",
                                 {"-o", new_file(), "--policy", "newest-whole"});
    EXPECT_EQ(whole.exit_code, 0) << whole.err;
    EXPECT_THAT(whole.out, HasSubstr("56 keys came back: 56 current"));
    const auto none = rebolt_on(damaged_file("docker-zero-leaf.db"), "recover",
                                {"-o", path("other.db"), "--policy", "newest-whole"});
    EXPECT_EQ(none.exit_code, 8);
    EXPECT_THAT(none.err, HasSubstr("no transaction in it is whole"));
    EXPECT_EQ(files(), 1U);
}

TEST_F(RecoverCommand, ADryRunMakesNoFile) {
    const auto result = rebolt_on(damaged_file("docker-cycle-next.db"), "recover", {"--dry-run"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("56 keys came back: 56 current"));
    EXPECT_THAT(result.out, HasSubstr("This was a dry run: no file was made.\n"));
    EXPECT_EQ(files(), 0U);
}

TEST_F(RecoverCommand, NoFileIsReplacedUnasked) {
    std::ofstream(new_file()) << "mine";
    const auto result =
        rebolt_on(damaged_file("docker-cycle-next.db"), "recover", {"-o", new_file()});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_EQ(std::filesystem::file_size(new_file()), 4U);
}

TEST_F(RecoverCommand, TheDamagedFileIsNeverTheTarget) {
    const std::string copy = path("copy.db");
    std::filesystem::copy_file(damaged_file("docker-cycle-next.db"), copy);
    const auto result = rebolt({"recover", copy, "-o", copy, "--force"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_THAT(result.err, HasSubstr("this is the file that is read"));
    EXPECT_EQ(keys_of(copy), keys_of(damaged_file("docker-cycle-next.db")));
}

TEST_F(RecoverCommand, WhatIsNoDatabaseIsRefused) {
    const std::string text = path("text");
    std::ofstream(text) << std::string(20000, 'x');
    const auto result = rebolt({"recover", text, "-o", new_file()});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_THAT(result.err, HasSubstr("there is nothing to recover"));
    EXPECT_EQ(files(), 1U);
}

TEST_F(RecoverCommand, FindsADatabaseInsideAnImage) {
    const std::string image = path("image");
    {
        std::ofstream out(image, std::ios::binary);
        out << std::string(12'345 * 512, '\x5A');
        out << std::ifstream(damaged_file("docker-cycle-next.db"), std::ios::binary).rdbuf();
        out << std::string(70'000, '\xA5');
    }
    const auto scan = rebolt({"recover", image, "--scan"});
    EXPECT_EQ(scan.exit_code, 0) << scan.err;
    EXPECT_THAT(scan.out, StartsWith("at byte 6320640: 94208 bytes in pages of 4096, "
                                     "transaction 99, 19 sound pages seen\n  rebolt recover " +
                                     image + " --offset 6320640 --length 94208 --page-size 4096"));
    const auto result =
        rebolt({"recover", image, "--offset", "6320640", "--length", "94208", "-o", new_file()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(keys_of(new_file()), keys_of(real_file("docker-20.10-running.db")));
}

TEST_F(RecoverCommand, AnOutputOrADryRunMustBeAskedFor) {
    EXPECT_EQ(rebolt({"recover", damaged_file("docker-torn.db")}).exit_code, 16);
    EXPECT_EQ(
        rebolt({"recover", damaged_file("docker-torn.db"), "-o", new_file(), "--policy", "worst"})
            .exit_code,
        16);
    EXPECT_EQ(files(), 0U);
}

} // namespace
} // namespace rebolt::cli
