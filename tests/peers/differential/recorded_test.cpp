// The releases that this machine may not have: what they did with the files in
// tests/data/damaged is on record. REBOLT_RECORD_OUTCOMES rewrites the record
// from the programs of REBOLT_BBOLT_PEERS (see scripts/differential).
#include <cstdlib>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "recorded.hpp"

namespace rebolt::test {
namespace {

std::string bytes_of_case(const std::vector<Case>& cases, const std::string& name) {
    for (const Case& one : cases)
        if (one.name == name)
            return one.bytes;
    return {};
}

TEST(RecordedOutcomes, AreForetoldForEveryRelease) {
    const std::vector<Case> cases = recorded_cases();
    for (const BboltVersion version :
         {BboltVersion::v1_3_6, BboltVersion::v1_3_10, BboltVersion::v1_4_3}) {
        Score score;
        for (const RecordedOutcome& one : recorded_outcomes(version)) {
            const std::string bytes = bytes_of_case(cases, one.file);
            ASSERT_FALSE(bytes.empty()) << one.file << " is gone: scripts/differential";
            const std::string place =
                fmt::format("{} {} {}", name_of(version), name_of(one.operation), one.file);
            score.add(place, predicted(bytes, version, one.operation), one.operation, one.outcome);
        }
        EXPECT_GE(score.agreement(), 0.99) << score.text();
    }
}

TEST(RecordedOutcomes, CanBeWrittenAnew) {
    if (std::getenv("REBOLT_RECORD_OUTCOMES") == nullptr)
        GTEST_SKIP() << "REBOLT_RECORD_OUTCOMES is not set";
    const std::vector<Case> cases = recorded_cases();
    for (const Peer& peer : peers()) {
        std::vector<RecordedOutcome> outcomes;
        for (const BboltOperation operation : all_operations) {
            const std::vector<Outcome> real = real_outcomes(peer, operation, cases);
            for (std::size_t i = 0; i < cases.size(); ++i)
                outcomes.push_back({cases[i].name, operation, real[i]});
        }
        record(peer.version, outcomes);
    }
}

} // namespace
} // namespace rebolt::test
