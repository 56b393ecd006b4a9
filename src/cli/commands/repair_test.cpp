// repair and undo: what is shown, what is asked, what is written.
#include "cli/test_run.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class RepairCommand : public testing::Test {
protected:
    // A copy of a file of tests/data/damaged to work on.
    std::string copy_of(const std::string& name) {
        original_ = damaged_file(name);
        const std::string copy = folder_.path("work.db");
        std::filesystem::copy_file(original_, copy,
                                   std::filesystem::copy_options::overwrite_existing);
        return copy;
    }
    [[nodiscard]] bool is_original(const std::string& file) const {
        return test::bytes_of(file) == test::bytes_of(original_);
    }
    [[nodiscard]] std::string path(const char* name) const { return folder_.path(name); }

private:
    test::TemporaryFolder folder_;
    std::string original_;
};

TEST_F(RepairCommand, ShowsThePlanAndWritesNothingUnasked) {
    const std::string file = copy_of("docker-meta0.db");
    const auto result = rebolt({"repair", file});
    EXPECT_EQ(result.exit_code, 16);
    EXPECT_THAT(result.out, HasSubstr("Plan: trust meta 1 (transaction 99), whose tree is whole"));
    EXPECT_THAT(result.out, HasSubstr("After: clean: "));
    EXPECT_THAT(result.err, HasSubstr("Nothing was written. To do it: rebolt repair --yes "));
    EXPECT_TRUE(is_original(file));
    EXPECT_FALSE(std::filesystem::exists(file + ".undo"));
}

TEST_F(RepairCommand, WithYesMakesTheFileWholeAndUndoGivesItBack) {
    const std::string file = copy_of("docker-cycle-next.db");
    const auto repaired = rebolt({"repair", "--yes", file});
    EXPECT_EQ(repaired.exit_code, 1) << repaired.err;
    EXPECT_THAT(repaired.out, HasSubstr("Repaired. To take it back: rebolt undo "));
    EXPECT_EQ(rebolt({"check", "-q", file}).exit_code, 0);
    EXPECT_TRUE(std::filesystem::exists(file + ".undo"));

    const std::string changed = test::bytes_of(file);
    const auto looked = rebolt({"undo", "--dry-run", file});
    EXPECT_EQ(looked.exit_code, 0);
    EXPECT_THAT(looked.out, HasSubstr("would take back"));
    EXPECT_TRUE(test::bytes_of(file) == changed);

    const auto undone = rebolt({"undo", file});
    EXPECT_EQ(undone.exit_code, 0) << undone.err;
    EXPECT_TRUE(is_original(file));
    EXPECT_FALSE(std::filesystem::exists(file + ".undo"));
    EXPECT_EQ(rebolt({"undo", file}).exit_code, 8) << "nothing is left to take back";
}

TEST_F(RepairCommand, EveryDamagedFileIsRepairedOrSentToRecover) {
    std::size_t repaired = 0;
    for (const auto& entry : std::filesystem::directory_iterator(damaged_file(""))) {
        const std::string file = copy_of(entry.path().filename());
        SCOPED_TRACE(entry.path().filename());
        const auto result = rebolt({"repair", "--yes", file});
        if (result.exit_code == 4) {
            EXPECT_THAT(result.out, HasSubstr("rebolt recover "));
            EXPECT_TRUE(is_original(file));
            continue;
        }
        EXPECT_EQ(result.exit_code, 1) << result.err;
        EXPECT_EQ(rebolt({"check", "-q", file}).exit_code, 0);
        EXPECT_EQ(rebolt({"undo", file}).exit_code, 0);
        EXPECT_TRUE(is_original(file));
        ++repaired;
    }
    EXPECT_GE(repaired, 10U);
}

TEST_F(RepairCommand, ACleanFileIsLeftAlone) {
    const auto result = rebolt_on(real_file("docker-20.10-running.db"), "repair", {"--yes"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, HasSubstr("Nothing to repair."));
}

TEST_F(RepairCommand, ToACopyLeavesTheFile) {
    const std::string file = copy_of("docker-cycle-next.db");
    const auto result = rebolt({"repair", file, "-o", path("copy.db")});
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_TRUE(is_original(file));
    EXPECT_FALSE(std::filesystem::exists(file + ".undo"));
    EXPECT_EQ(rebolt({"check", "-q", path("copy.db")}).exit_code, 0);
    EXPECT_EQ(rebolt({"repair", file, "-o", path("copy.db")}).exit_code, 8) << "it is there";
}

TEST_F(RepairCommand, TellsMachines) {
    const std::string file = copy_of("docker-zero-leaf.db");
    const auto result = rebolt({"repair", "--json", "--yes", file});
    EXPECT_EQ(result.exit_code, 1) << result.err;
    const json report = json::parse(result.out);
    EXPECT_EQ(report["shape"], "rebolt.repair/1");
    EXPECT_EQ(report["kind"], "drop-holes");
    EXPECT_EQ(report["before"]["verdict"], "damaged");
    EXPECT_EQ(report["after"]["verdict"], "clean");
    EXPECT_EQ(report["holes"].size(), 1U);
    EXPECT_EQ(report["holes"][0]["page"], 15);
    EXPECT_EQ(report["holes"][0]["code"], "page-zeroed");
    EXPECT_EQ(report["applied"], true);
    EXPECT_EQ(report["undo"], file + ".undo");
}

TEST_F(RepairCommand, ASecondChangeIsRefusedAndSaysWhatToDo) {
    const std::string file = copy_of("docker-cycle-next.db");
    ASSERT_EQ(rebolt({"repair", "--yes", file}).exit_code, 1);
    const std::string changed = test::bytes_of(file);
    const auto result = rebolt({"surgery", "clear-page", file, "--pageId", "4", "--yes"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_THAT(result.err, HasSubstr("rebolt undo"));
    EXPECT_TRUE(test::bytes_of(file) == changed);
}

} // namespace
} // namespace rebolt::cli
