// Judges how rebolt and bbolt run the same script.
//
// Each judge returns what is wrong, or nothing. What is wrong begins with its
// kind and a colon (`results: …`), by which a shrunk script is known to fail
// like the one it comes from.
#pragma once

#include <string>

#include "peer.hpp"
#include "script.hpp"

namespace rebolt::test {

/// Where the files of a history are, and who runs bbolt.
struct Bench {
    std::string folder;
    Peer& peer;
};

/// rebolt runs the script on one file and bbolt on another: all results are
/// equal, and whenever the files are closed, both read both with equal content,
/// both check rebolt's clean, and rebolt finds no damage in bbolt's.
[[nodiscard]] std::string judge_side_by_side(const Script& script, const Bench& bench);

/// bbolt runs the odd transactions and rebolt the even ones, on one file:
/// results and content are those of bbolt alone.
[[nodiscard]] std::string judge_turns(const Script& script, const Bench& bench);

} // namespace rebolt::test
