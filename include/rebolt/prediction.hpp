// prediction: what the real bbolt does with a file, found by following its own
// steps on the bytes.
//
// bbolt trusts what it reads. Its open, its cursor, its check and its commit
// are followed here statement by statement, in three releases, with each read
// bounded and judged: where the real one panics, dies on a bad address or never
// ends, the prediction says so, with its words. Nothing is changed and nothing
// is run. Memory of the process itself cannot be followed: where bbolt reads
// outside of the mapped file, Prediction::outside_of_the_file is set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <rebolt/page_source.hpp>

namespace rebolt {

/// The releases that are followed; each stands for those since the one before.
enum class BboltVersion : std::uint8_t {
    v1_3_6,  ///< boltdb and bbolt up to 1.3.6: Docker 20.10, Debian 12
    v1_3_10, ///< 1.3.7 to 1.3.12: pages are asked for their number
    v1_4_3,  ///< 1.4 and later
};

/// `bbolt-1.3.6`, …
[[nodiscard]] std::string_view name_of(BboltVersion version) noexcept;
/// Of `bbolt-1.3.6` or `1.3.6`; nullopt if it is none of them.
[[nodiscard]] std::optional<BboltVersion> bbolt_version(std::string_view name) noexcept;

/// What a program does with the file.
enum class BboltOperation : std::uint8_t {
    open,           ///< opens it for reading and writing, as a service does at its start
    open_read_only, ///< opens it read-only
    scan,           ///< opens it read-only and reads every key of every bucket
    check,          ///< opens it read-only and runs Tx.Check
    put,            ///< opens it, writes one key into the first bucket and commits
};

/// `open`, `open-read-only`, `scan`, `check`, `put`.
[[nodiscard]] std::string_view name_of(BboltOperation operation) noexcept;
[[nodiscard]] std::optional<BboltOperation> bbolt_operation(std::string_view name) noexcept;

enum class OutcomeKind : std::uint8_t {
    fine,  ///< it ends as if nothing were wrong
    error, ///< bbolt returns an error; of check: it lists problems
    panic, ///< Go panics, or the system ends the process for a bad address
    hang,  ///< it never ends: it loops, or runs out of memory or of stack
};

/// `fine`, `error`, `panic`, `hang`.
[[nodiscard]] std::string_view name_of(OutcomeKind kind) noexcept;

struct Prediction {
    OutcomeKind kind = OutcomeKind::fine;
    /// bbolt's, Go's or the system's own words; the file is called FILE.
    std::string words;
    /// The page at which it ends, if one is known.
    std::optional<PageId> page;
    std::uint64_t entries = 0; ///< scan: keys and buckets that it is shown
    /// scan: FNV-1a of all that it is shown; check: of all the problems' texts.
    std::uint64_t hash = 0;
    std::uint64_t problems = 0; ///< check: how many
    /// bbolt reads memory behind the mapped file: what it finds there differs
    /// from run to run, and so may the end.
    bool outside_of_the_file = false;
};

struct PredictionOptions {
    BboltVersion version = BboltVersion::v1_3_6;
    BboltOperation operation = BboltOperation::open;
    /// What the process may allocate: more ends it.
    std::uint64_t memory_bytes = std::uint64_t{64} << 30U;
};

/// Follows bbolt. Cost: at most 2^22 steps and one for each byte of the file,
/// whatever the bytes; as bbolt's own work on a sound file. Memory: a few times
/// the file at most.
[[nodiscard]] Prediction bbolt_prediction(const PageSource& source,
                                          const PredictionOptions& options = {});

} // namespace rebolt
