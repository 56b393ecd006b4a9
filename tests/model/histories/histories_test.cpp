// Seeded random histories: rebolt and the real bbolt write, and read what the
// other wrote.
//
// A failure names its seed and leaves a script, made as small as it still fails,
// in the build folder's histories/. Environment:
//   REBOLT_SEED=n        begin with this seed (else 1), and run it alone …
//   REBOLT_HISTORIES=n   … or so many seeds (scripts/histories runs many)
//   REBOLT_SCRIPT=file   run this script instead
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "generator.hpp"
#include "isolated.hpp"
#include "judge.hpp"
#include "shrink.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;

const std::string peer_program = std::string(REBOLT_BUILD_DIR) + "/peers/bboltpeer";
const std::string results_folder = std::string(REBOLT_BUILD_DIR) + "/histories";

using Judge = std::string (*)(const Script&, const Bench&);

std::string judge_isolated(Judge judge, const Script& script) {
    const TemporaryFolder folder;
    std::ofstream(folder.path("script")) << text_of(script);
    return isolated([&] {
        Peer peer(peer_program);
        return judge(script, {fs::path(folder.path("script")).parent_path().string(), peer});
    });
}

// `results: …` → `results`.
std::string kind_of(const std::string& complaint) {
    return complaint.substr(0, complaint.find(':'));
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Histories : public testing::Test {
protected:
    static void SetUpTestSuite() {
        fs::create_directories(results_folder);
        const CommandResult built =
            run_command({std::string(REBOLT_SOURCE_DIR) + "/tests/peers/build-peer", peer_program},
                        std::chrono::seconds{300});
        ASSERT_EQ(built.exit_code, 0) << built.err;
    }

    // Shrinks the first script that fails; after some more it is enough.
    static void run(const std::string& name, Judge judge, std::uint64_t count) {
        if (const char* script = std::getenv("REBOLT_SCRIPT")) {
            EXPECT_EQ(judge_isolated(judge, read_script(script)), "") << script;
            return;
        }
        const std::uint64_t first = number_from("REBOLT_SEED", 1);
        if (std::getenv("REBOLT_SEED") != nullptr)
            count = 1;
        count = number_from("REBOLT_HISTORIES", count);
        int failures = 0;
        for (std::uint64_t seed = first; seed < first + count && failures < 5; ++seed) {
            const Script script = Generator(seed).generate();
            const std::string complaint = judge_isolated(judge, script);
            if (complaint.empty())
                continue;
            ADD_FAILURE() << "seed " << seed << ": " << complaint;
            if (++failures == 1)
                report_shrunk(fmt::format("{}-{}", name, seed), judge, script, complaint);
        }
    }

private:
    static void report_shrunk(const std::string& name, Judge judge, const Script& script,
                              const std::string& complaint) {
        const Script shrunk = shrink(script, [&](const Script& smaller) {
            return kind_of(judge_isolated(judge, smaller)) == kind_of(complaint);
        });
        const std::string path = fmt::format("{}/{}.script", results_folder, name);
        std::ofstream(path) << text_of(shrunk);
        ADD_FAILURE() << "shrunk: " << judge_isolated(judge, shrunk) << "\nREBOLT_SCRIPT=" << path
                      << "\n"
                      << text_of(shrunk).substr(0, 3000);
    }
};

TEST_F(Histories, AreTheSameInRebolt) {
    run("side-by-side", judge_side_by_side, 200);
}

TEST_F(Histories, MayTakeTurnsOnOneFile) {
    run("turns", judge_turns, 60);
}

} // namespace
} // namespace rebolt::test
