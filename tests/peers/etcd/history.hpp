// A history of operations on one key, and whether it is linearizable.
//
// Method. Finding a linear order is hard in general, but etcd gives one away:
// each write has a revision, and each read says the revision of what it read.
// So the order to be checked is given: writes by revision, reads after the write
// that they saw. What remains to be shown is that this order is a legal run of
// a compare-and-swap register, and that it agrees with real time:
//
//  1. The chain. All writes of the key, as a watch from the beginning delivered
//     them, in order of revision. Values are unique, so that each belongs to one
//     operation. Each was made by a swap that expected the one before it.
//  2. Nothing lost: each acknowledged swap is in the chain, with the revision
//     that was acknowledged. Nothing invented: no swap that was refused is in it.
//     A swap of unknown fate may be there or not.
//  3. Reads saw a revision of the chain, with its value.
//  4. A refused swap is right if the write after the one it expected had begun
//     before the refusal came.
//  5. Real time. If A ended before B began, A stands before B. A refused swap may
//     stand anywhere after the write that made it fail: it is put as far forward
//     as the operations before it demand. An operation of unknown fate never ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace rebolt::test {

using Instant = std::chrono::steady_clock::time_point;

enum class Did : std::uint8_t {
    read,    ///< `index` and `value` are what was read
    swapped, ///< acknowledged, at `index`
    refused, ///< somebody else was faster
    unknown, ///< a swap of which no answer came
};

struct Operation {
    Did did = Did::read;
    std::uint64_t expected = 0; ///< of a swap: the index it compares with
    std::uint64_t index = 0;
    std::string value = {}; ///< read or to be written
    Instant began = {};
    Instant ended = {};
};

struct Write {
    std::uint64_t index = 0;
    std::string value;
};

/// `chain` begins with the write that made the key, before all operations.
/// Returns what is wrong, "" if nothing is.
[[nodiscard]] std::string judge(const std::vector<Write>& chain,
                                const std::vector<Operation>& operations);

} // namespace rebolt::test
