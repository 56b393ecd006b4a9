// What the real bbolt did, in the words of a prediction.
#pragma once

#include <string>

#include <rebolt/prediction.hpp>

namespace rebolt::test {

/// How one run ended: `panic page 5 already freed`. Texts are Go's own, without
/// addresses; a scan's has the number and the hash of what it saw.
struct Outcome {
    OutcomeKind kind = OutcomeKind::fine;
    std::string words;
    bool operator==(const Outcome&) const = default;
};

/// What the process may allocate, in bytes; predictions are told the same.
inline constexpr std::uint64_t memory_bytes = std::uint64_t{256} << 20U;

/// Runs `peer` (tests/peers/outcomepeer) on a copy of the bytes, in a process
/// with bounds on memory and processor time.
[[nodiscard]] Outcome real_outcome(const std::string& peer, BboltOperation operation,
                                   const std::string& bytes);

/// The prediction in the same form.
[[nodiscard]] Outcome outcome_of(const Prediction& prediction, BboltOperation operation);

/// The same words, or the same kind where words are not to be compared: how an
/// endless run is ended depends on what is exhausted first.
[[nodiscard]] bool is_same(const Outcome& predicted, const Outcome& real);

} // namespace rebolt::test
