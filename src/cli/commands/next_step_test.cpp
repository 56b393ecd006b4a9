// What commands tell to do next: never a command that cannot work.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/test_run.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class NextStep : public testing::Test {
protected:
    std::string file(const std::string& name, const std::string& bytes) {
        std::ofstream(folder_.path(name), std::ios::binary) << bytes;
        return folder_.path(name);
    }
    std::string copy_of(const std::string& from, const std::string& name) {
        std::filesystem::copy_file(from, folder_.path(name));
        return folder_.path(name);
    }
    test::TemporaryFolder folder_;
};

TEST_F(NextStep, NamesNoRecoveryWhereNothingIsLeft) {
    const std::string empty = file("empty.db", "");
    const std::string text = file("text.db", std::string(65536, 't'));
    for (const std::string& path : {empty, text}) {
        for (const std::vector<std::string>& words : {std::vector<std::string>{"repair", path},
                                                      {"check", path},
                                                      {"docker", "startup", path},
                                                      {"put", path, "bucket", "key", "value"}}) {
            const auto result = rebolt(words);
            EXPECT_THAT(result.out + result.err, Not(HasSubstr("rebolt recover"))) << words.front();
            EXPECT_NE(result.exit_code, 0) << words.front();
        }
    }
    EXPECT_EQ(test::bytes_of(empty), "");
}

TEST_F(NextStep, DoesNotReplaceAFileThatIsWhole) {
    const std::string whole = copy_of(real_file("docker-20.10-running.db"), "whole.db");
    const auto result = rebolt({"recover", whole, "-o", folder_.path("new.db")});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out,
                HasSubstr("whole.db was not damaged: the service can use it as it is."));
    EXPECT_THAT(result.out, Not(HasSubstr("--in-place")));
}

TEST_F(NextStep, NamesTheSecondSourceOfDockersNetworks) {
    std::filesystem::create_directories(folder_.path("docker/network/files"));
    const std::string file =
        copy_of(damaged_file("docker-truncate.db"), "docker/network/files/local-kv.db");
    const auto result = rebolt({"recover", file, "-o", folder_.path("new.db")});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_THAT(result.out,
                HasSubstr("rebolt docker fsck --repair --data-root " + folder_.path("docker")));
}

TEST_F(NextStep, AfterTheGuardNamesItsUndo) {
    const std::string file = copy_of(damaged_file("docker-cycle-next.db"), "my.db");
    const std::string state = folder_.path("state");
    EXPECT_EQ(rebolt({"guard", file, "--state-folder", state}).exit_code, 0);
    EXPECT_THAT(rebolt({"undo", file}).err, HasSubstr("rebolt guard undo " + file));
    EXPECT_THAT(rebolt({"guard", "undo", file, "--state-folder", state}).out,
                HasSubstr("rebolt guard --again " + file));
}

TEST_F(NextStep, NamesABucketWhereItWasMissing) {
    const std::string file = real_file("docker-20.10-running.db");
    EXPECT_EQ(rebolt({"keys", file, "libnetwork", "docker"}).err,
              "rebolt: " + file +
                  ": there is no bucket `docker` in the bucket `libnetwork`\nTo see what is in it: "
                  "rebolt keys " +
                  file + " libnetwork\n");
    EXPECT_THAT(rebolt({"keys", file, "libnetwrk"}).err, HasSubstr("did you mean `libnetwork`?"));
}

TEST_F(NextStep, ForAWriterDoesNotNameAnOptionOfReaders) {
    const std::string file = copy_of(real_file("docker-20.10-running.db"), "my.db");
    const auto result = test::run_command(
        {"/bin/sh", "-c",
         "exec 9<" + file + "; flock -x 9; " REBOLT_EXE " put " + file + " b k v --timeout 0.1"});
    EXPECT_EQ(result.exit_code, 8);
    EXPECT_THAT(result.err, HasSubstr("Nothing was written."));
    EXPECT_THAT(result.err, Not(HasSubstr("--no-lock")));
}

TEST_F(NextStep, PrintsCommandsThatCanBePasted) {
    const std::string name = "-x.db";
    std::filesystem::copy_file(damaged_file("docker-cycle-next.db"), folder_.path(name));
    const auto result = test::run_command(
        {"/bin/sh", "-c", "cd " + folder_.path("") + " && " REBOLT_EXE " check -- -x.db"});
    EXPECT_THAT(result.out, HasSubstr("  rebolt recover ./-x.db -o ./-x.db.recovered\n"));
}

TEST_F(NextStep, TextOfSeveralLinesIsText) {
    const std::string file = folder_.path("text.db");
    EXPECT_EQ(rebolt({"create-bucket", "--create-file", file, "b"}).exit_code, 0);
    EXPECT_EQ(rebolt({"put", file, "b", "k", "one\ntwo\tthree"}).exit_code, 0);
    EXPECT_EQ(rebolt({"get", file, "b", "k"}).out, "one\ntwo\tthree\n");
    // Larger than what a bucket holds inline.
    EXPECT_EQ(rebolt({"put", file, "b", "z", std::string(3000, 'z')}).exit_code, 0);
    EXPECT_THAT(rebolt({"page", "--all", file}).out, HasSubstr("\"k\": \"one\\ntwo\\tthree\"\n"));
}

TEST_F(NextStep, ChecksWithoutABoundOnFindings) {
    const auto result = rebolt({"check", "--max-findings", "0", damaged_file("docker-dag.db")});
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_THAT(result.out, HasSubstr("key-outside-parent-range"));
    const auto colored =
        rebolt({"check", "-q", "--color", "always", damaged_file("docker-dag.db")});
    EXPECT_THAT(colored.out, HasSubstr("\x1b[31mdamaged"));
}

} // namespace
} // namespace rebolt::cli
