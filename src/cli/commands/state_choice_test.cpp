#include <string>
#include <vector>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

// The file has transactions 98 (meta 0) and 99 (meta 1).
const std::string file = real_file("docker-20.10-running.db");

TEST(StateChoice, BothWordsNameTheSameState) {
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"keys", "libnetwork"},
                                               {"buckets"},
                                               {"inspect"},
                                               {"stats"},
                                               {"pages"},
                                               {"info", "-v"},
                                               {"dump-text"},
                                               {"hash"}}) {
        const auto run = [&](std::vector<std::string> choice) {
            std::vector<std::string> arguments(command.begin() + 1, command.end());
            arguments.insert(arguments.begin(), choice.begin(), choice.end());
            return rebolt_on(file, command[0], arguments);
        };
        const auto newest = run({});
        const auto older = run({"--transaction", "98"});
        EXPECT_EQ(run({"--transaction", "99"}).out, newest.out) << command[0];
        EXPECT_EQ(run({"--meta", "1"}).out, newest.out) << command[0];
        EXPECT_EQ(run({"--meta", "0"}).out, older.out) << command[0];
        EXPECT_EQ(older.exit_code, 0) << command[0] << older.err;
        EXPECT_EQ(older.err, "") << command[0];
        EXPECT_NE(older.out, "") << command[0];
    }
}

TEST(StateChoice, ShowsWhatTheOlderStateHolds) {
    const auto newest = rebolt_on(file, "dump-text");
    const auto older = rebolt_on(file, "dump-text", {"--transaction", "98"});
    EXPECT_NE(newest.out, older.out);
    EXPECT_NE(older.out.find(R"("transaction":98)"), std::string::npos);
    EXPECT_EQ(rebolt({"docker", "networks", file, "--transaction", "98"}).exit_code, 0);
    EXPECT_EQ(rebolt({"diff", file, file, "--meta", "0"}).exit_code, 4);
    EXPECT_EQ(rebolt({"diff", file, file, "--meta", "1"}).out, "the same 57 keys and buckets\n");
}

TEST(StateChoice, RawPagesStayAsTheyAre) {
    EXPECT_EQ(rebolt_on(file, "dump", {"0", "1", "--transaction", "98"}).out,
              rebolt_on(file, "dump", {"0", "1"}).out);
    EXPECT_EQ(rebolt_on(file, "page", {"0", "1", "--transaction", "98"}).out,
              rebolt_on(file, "page", {"0", "1"}).out);
}

TEST(StateChoice, AStateThatIsNotThereIsAnErrorThatNamesThoseThatAre) {
    for (const char* command : {"hash", "pages", "dump-text", "stats"}) {
        const auto result = rebolt_on(file, command, {"--transaction", "97"});
        EXPECT_NE(result.err.find("no valid meta names transaction 97; the file has transaction 98 "
                                  "(meta 0), transaction 99 (meta 1)"),
                  std::string::npos)
            << command << result.err;
        EXPECT_EQ(result.out, "") << command;
        EXPECT_EQ(result.exit_code, 8) << command;
    }
    EXPECT_NE(rebolt_on(damaged_file("docker-meta0.db"), "hash", {"--meta", "1"})
                  .err.find("meta 1 is damaged; the file has transaction"),
              std::string::npos);
    EXPECT_EQ(rebolt_on(file, "hash", {"--meta", "2"}).exit_code, 16);
    EXPECT_EQ(rebolt_on(file, "hash", {"--meta", "0", "--transaction", "98"}).exit_code, 16);
}

} // namespace
} // namespace rebolt::cli
