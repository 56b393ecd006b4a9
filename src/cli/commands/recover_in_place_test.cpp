// recover --in-place: what it says, and which options it goes with.
#include "cli/test_run.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class RecoverInPlaceCommand : public testing::Test {
protected:
    RecoverInPlaceCommand() {
        std::filesystem::copy_file(damaged_file("docker-cycle-next.db"), file_);
    }
    test::TemporaryFolder folder_;
    std::string file_ = folder_.path("local-kv.db");
};

TEST_F(RecoverInPlaceCommand, SaysWhereTheDamagedFileIsAndHowToTakeItBack) {
    const auto done = rebolt({"recover", "--in-place", file_});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("57 keys came back: 57 current\n"));
    EXPECT_THAT(done.out, HasSubstr("The damaged file is kept: " + file_ + ".damaged-"));
    EXPECT_THAT(done.out, HasSubstr("To take it back: rebolt undo " + file_ + "\n"));
    const auto again = rebolt({"recover", "--in-place", file_});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr(file_ + " is as it was: nothing to recover.\n"));
    const auto undone = rebolt({"undo", file_});
    EXPECT_EQ(undone.exit_code, 0) << undone.err;
    EXPECT_THAT(undone.out, HasSubstr("What was in its place is " + file_ + ".replaced-"));
    EXPECT_EQ(test::bytes_of(file_), test::bytes_of(damaged_file("docker-cycle-next.db")));
}

TEST_F(RecoverInPlaceCommand, TellsMachinesTheSame) {
    const json done = json::parse(rebolt({"recover", "--in-place", "--json", file_}).out);
    EXPECT_EQ(done["in_place"], "replaced");
    EXPECT_EQ(done["output"], file_);
    EXPECT_THAT(done["set_aside"].get<std::string>(), StartsWith(file_ + ".damaged-"));
    EXPECT_EQ(done["keys"]["total"], 56);
    const json again = json::parse(rebolt({"recover", "--in-place", "--json", file_}).out);
    EXPECT_EQ(again["in_place"], "not-damaged");
    EXPECT_EQ(again["output"], nullptr);
}

TEST_F(RecoverInPlaceCommand, IsTheNextStepOfARecoveryIntoANewFile) {
    const auto made = rebolt({"recover", file_, "-o", folder_.path("new.db"), "--no-stale",
                              "--donor", real_file("docker-20.10-running.db")});
    EXPECT_THAT(made.out,
                HasSubstr("\n  rebolt recover --in-place --donor " +
                          real_file("docker-20.10-running.db") + " --no-stale " + file_ + "\n"));
    const auto part =
        rebolt({"recover", file_, "-o", folder_.path("part.db"), "--length", "94208"});
    EXPECT_THAT(part.out, testing::Not(HasSubstr("--in-place")));
}

TEST_F(RecoverInPlaceCommand, GoesWithNoPartOfAFileAndNoFileInUse) {
    for (const std::vector<std::string>& options : {std::vector<std::string>{"--offset", "4096"},
                                                    {"--length", "8192"},
                                                    {"--scan"},
                                                    {"--dry-run"},
                                                    {"--no-lock"},
                                                    {"-o", folder_.path("new.db")}}) {
        std::vector<std::string> words{"recover", "--in-place", file_};
        words.insert(words.end(), options.begin(), options.end());
        EXPECT_EQ(rebolt(words).exit_code, 16) << options.front();
    }
    EXPECT_EQ(test::bytes_of(file_), test::bytes_of(damaged_file("docker-cycle-next.db")));
    EXPECT_EQ(rebolt({"recover", "--in-place", "/dev/null"}).exit_code, 8);
}

} // namespace
} // namespace rebolt::cli
