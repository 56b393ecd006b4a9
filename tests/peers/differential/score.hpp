// How often predictions and real outcomes agree.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "corpus.hpp"
#include "outcome.hpp"

namespace rebolt::test {

/// A release of bbolt, and the program that was built with it.
struct Peer {
    BboltVersion version;
    std::string program;
};

/// Where the peer of Debian's own bbolt is; builds it if need be. Others are
/// named by REBOLT_BBOLT_PEERS: `1.3.10=/path/to/outcomepeer,1.4.3=…`.
[[nodiscard]] std::vector<Peer> peers();

struct Disagreement {
    std::string place; ///< `bbolt-1.3.6 scan docker-dag`
    Outcome predicted;
    Outcome real;
    bool outside = false;
};

class Score {
public:
    void add(const std::string& place, const Prediction& prediction, BboltOperation operation,
             const Outcome& real);

    [[nodiscard]] double agreement() const;
    [[nodiscard]] std::size_t total() const { return total_; }
    [[nodiscard]] const std::vector<Disagreement>& disagreements() const { return disagreements_; }
    /// `fine 40, error 3, …; predicted panic but was hang: 1`.
    [[nodiscard]] std::string text() const;

private:
    std::size_t total_ = 0;
    std::size_t same_kind_ = 0;
    std::size_t same_words_ = 0;
    std::size_t outside_ = 0; ///< of the same kind with other words, as the prediction foretells
    std::map<std::pair<OutcomeKind, OutcomeKind>, std::size_t> confusion_;
    std::vector<Disagreement> disagreements_;
};

inline constexpr BboltOperation all_operations[] = {
    BboltOperation::open, BboltOperation::open_read_only, BboltOperation::scan,
    BboltOperation::check, BboltOperation::put};

/// What bbolt does with each, from runs of now or those that
/// REBOLT_OUTCOME_CACHE has. Several run at a time.
[[nodiscard]] std::vector<Outcome> real_outcomes(const Peer& peer, BboltOperation operation,
                                                 const std::vector<Case>& cases);

[[nodiscard]] Prediction predicted(const std::string& bytes, BboltVersion version,
                                   BboltOperation operation);

} // namespace rebolt::test
