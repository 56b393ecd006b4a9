// The prediction against the real bbolt: the same file, the same end.
//
// Alone it runs Debian's bbolt; REBOLT_BBOLT_PEERS names programs built with
// others, REBOLT_DIFFERENTIAL_FILES a folder of more files,
// REBOLT_DIFFERENTIAL_CASES how many of each kind are made.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "score.hpp"

namespace rebolt::test {
namespace {

std::vector<Case> all_cases() {
    const char* count = std::getenv("REBOLT_DIFFERENTIAL_CASES");
    std::vector<Case> cases = recorded_cases();
    for (Case& made : made_cases(count == nullptr ? 2 : std::strtoull(count, nullptr, 10)))
        cases.push_back(std::move(made));
    if (const char* folder = std::getenv("REBOLT_DIFFERENTIAL_FILES"))
        for (Case& other : cases_in(folder))
            cases.push_back(std::move(other));
    return cases;
}

TEST(Differential, ThePredictionIsWhatTheRealBboltDoes) {
    const std::vector<Case> cases = all_cases();
    for (const Peer& peer : peers())
        for (const BboltOperation operation : all_operations) {
            Score score;
            const std::string place =
                fmt::format("{} {}", name_of(peer.version), name_of(operation));
            const std::vector<Outcome> real = real_outcomes(peer, operation, cases);
            for (std::size_t i = 0; i < cases.size(); ++i)
                score.add(fmt::format("{} {}", place, cases[i].name),
                          predicted(cases[i].bytes, peer.version, operation), operation, real[i]);
            fmt::print("{}: {}\n", place, score.text());
            for (const Disagreement& other : score.disagreements())
                fmt::print("  {}{}:\n    predicted {} {}\n    was       {} {}\n", other.place,
                           other.outside ? " (outside of the file)" : "",
                           name_of(other.predicted.kind), other.predicted.words,
                           name_of(other.real.kind), other.real.words);
            std::fflush(stdout);
            // What lies behind the mapping differs from one process to the next, so an
            // ending that depends on it is shown above and not asserted.
            const auto wrong =
                std::ranges::count_if(score.disagreements(), [](const Disagreement& other) {
                    return !other.outside && other.predicted.kind != other.real.kind;
                });
            EXPECT_LE(static_cast<std::size_t>(wrong) * 100, cases.size()) << place;
        }
}

} // namespace
} // namespace rebolt::test
