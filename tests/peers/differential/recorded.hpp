// Outcomes of the files in tests/data/damaged that were met with a release of
// bbolt, in tests/data/outcomes: for machines that do not have that release.
#pragma once

#include <string>
#include <vector>

#include "score.hpp"

namespace rebolt::test {

struct RecordedOutcome {
    std::string file; ///< `docker-dag`
    BboltOperation operation;
    Outcome outcome;
};

/// Ends the test program if there is no record of that release.
[[nodiscard]] std::vector<RecordedOutcome> recorded_outcomes(BboltVersion version);

void record(BboltVersion version, const std::vector<RecordedOutcome>& outcomes);

} // namespace rebolt::test
