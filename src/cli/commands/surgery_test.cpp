// surgery: bbolt's subcommands and options, what they cost, and what is refused.
#include "cli/test_run.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class SurgeryCommand : public testing::Test {
protected:
    test::CommandResult surgery(std::vector<std::string> words, const std::string& output = {}) {
        words.insert(words.begin(), "surgery");
        words.push_back(file);
        if (!output.empty()) {
            words.emplace_back("--output");
            words.push_back(path(output));
        }
        return rebolt(words);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] bool is_original() const {
        return test::bytes_of(file) == test::bytes_of(original_);
    }
    static std::uint64_t keys_in(const std::string& database) {
        return json::parse(rebolt({"check", "--json", database}).out)["transactions"][0]["keys"];
    }

private:
    test::TemporaryFolder folder_;
    std::string original_ = real_file("docker-20.10-many.db");

protected:
    std::string file = [this] {
        std::filesystem::copy_file(original_, folder_.path("work.db"));
        return folder_.path("work.db");
    }();
};

TEST_F(SurgeryCommand, RevertGoesBackOneTransaction) {
    const auto result = surgery({"revert-meta-page"}, "out.db");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("Costs: what transaction "));
    EXPECT_TRUE(is_original());
    EXPECT_NE(rebolt({"surgery", "meta", "validate", path("out.db")}).out,
              rebolt({"surgery", "meta", "validate", file}).out);
}

TEST_F(SurgeryCommand, ClearPageSaysWhatGoesAndUndoBringsItBack) {
    const auto result = surgery({"clear-page", "--pageId", "4", "--yes"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("Plan: clear elements 0 to "));
    EXPECT_THAT(result.out, HasSubstr(" keys go, from `"));
    EXPECT_FALSE(is_original());
    EXPECT_EQ(rebolt({"undo", file}).exit_code, 0);
    EXPECT_TRUE(is_original());
}

TEST_F(SurgeryCommand, WithoutYesNothingIsWritten) {
    const auto result = surgery({"clear-page", "--pageId", "4"});
    EXPECT_EQ(result.exit_code, 16);
    EXPECT_THAT(result.err, HasSubstr("To do it: rebolt surgery clear-page --pageId 4 --yes "));
    EXPECT_TRUE(is_original());
}

TEST_F(SurgeryCommand, ClearPageElementsTakesBboltsOptions) {
    EXPECT_EQ(
        surgery({"clear-page-elements", "--pageId", "4", "--from-index", "0", "--to-index", "1"},
                "one.db")
            .exit_code,
        0);
    EXPECT_EQ(
        surgery({"clear-page-elements", "--pageId", "4", "--from-index", "0", "--to-index", "-1"},
                "all.db")
            .exit_code,
        0);
    EXPECT_EQ(surgery({"clear-page-elements", "--pageId", "4", "--from-index", "900", "--to-index",
                       "901"})
                  .exit_code,
              8);
    EXPECT_TRUE(is_original());
}

TEST_F(SurgeryCommand, CopyPageThatWouldMakeACycleIsRefused) {
    const json check = json::parse(rebolt({"check", "--json", file}).out);
    ASSERT_EQ(check["verdict"], "clean");
    const auto same = surgery({"copy-page", "--from-page", "4", "--to-page", "4", "--yes"});
    EXPECT_EQ(same.exit_code, 8);
    const auto away = surgery({"copy-page", "--from-page", "99999", "--to-page", "4", "--yes"});
    EXPECT_EQ(away.exit_code, 8);
    EXPECT_THAT(away.err, HasSubstr("99999"));
    EXPECT_TRUE(is_original());
}

TEST_F(SurgeryCommand, FreelistIsAbandonedAndRebuilt) {
    ASSERT_EQ(surgery({"freelist", "abandon"}, "without.db").exit_code, 0);
    EXPECT_THAT(rebolt({"surgery", "meta", "validate", path("without.db")}).out,
                HasSubstr("freelist none"));
    file = path("without.db");
    ASSERT_EQ(surgery({"freelist", "rebuild"}, "with.db").exit_code, 0);
    EXPECT_EQ(rebolt({"check", "-q", path("with.db")}).exit_code, 0);
    EXPECT_EQ(keys_in(path("with.db")), keys_in(real_file("docker-20.10-many.db")));
    const auto again = rebolt({"surgery", "freelist", "rebuild", path("with.db"), "--yes"});
    EXPECT_EQ(again.exit_code, 8);
    EXPECT_THAT(again.err, HasSubstr("nothing to rebuild"));
}

TEST_F(SurgeryCommand, MetaIsValidatedAndUpdated) {
    EXPECT_EQ(surgery({"meta", "validate"}).exit_code, 0);
    const auto result =
        rebolt({"surgery", "meta", "validate", damaged_file("docker-meta0.db"), "--json"});
    EXPECT_EQ(result.exit_code, 4);
    const json metas = json::parse(result.out)["metas"];
    EXPECT_EQ(metas[0]["valid"], true);
    EXPECT_EQ(metas[1]["valid"], false);
    EXPECT_THAT(metas[1]["complaints"][0], HasSubstr("checksum"));

    const auto wrong = surgery({"meta", "update", "--fields", "root:99999", "--yes"});
    EXPECT_EQ(wrong.exit_code, 8);
    const auto unknown = surgery({"meta", "update", "--fields", "color:3", "--yes"});
    EXPECT_EQ(unknown.exit_code, 16);
    EXPECT_THAT(unknown.err, HasSubstr("pageSize, root, freelist and pgid"));
    EXPECT_TRUE(is_original());
}

TEST_F(SurgeryCommand, ReSealsAMetaWhoseChecksumIsWrong) {
    file = damaged_file("docker-meta0.db");
    EXPECT_EQ(surgery({"meta", "update", "--meta-page", "1"}, "sealed.db").exit_code, 0);
    EXPECT_EQ(rebolt({"check", "-q", path("sealed.db")}).exit_code, 0);
}

TEST_F(SurgeryCommand, TellsMachines) {
    const auto result = surgery({"clear-page", "--pageId", "4", "--json"}, "out.db");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const json report = json::parse(result.out);
    EXPECT_EQ(report["shape"], "rebolt.surgery/1");
    EXPECT_EQ(report["applied"], true);
    EXPECT_EQ(report["output"], path("out.db"));
    EXPECT_EQ(report["undo"], nullptr);
    EXPECT_EQ(report["before"]["verdict"], "clean");
    EXPECT_LT(report["after"]["keys"], report["before"]["keys"]);
}

} // namespace
} // namespace rebolt::cli
