// Cursor: walks a bucket's keys in order.
//
// What keeps it safe on any bytes: every page id, type, count, position and
// size is checked before use; depth is bounded; keys must ascend strictly along
// an iteration; and pages entered since the last positioning may not exceed the
// high water mark, which also stops shared pages that would blow up.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <rebolt/bytes.hpp>
#include <rebolt/id.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

namespace engine {
struct Snapshot;
struct BucketName;
} // namespace engine

/// A key with its value, or with the bucket that stands under it (is_bucket;
/// the value is then empty, as in bbolt). Views into the file: valid until the
/// transaction ends.
struct Entry {
    std::string_view key;
    std::string_view value;
    bool is_bucket = false;
};

/// Each positioning call returns the entry it arrived at, nullopt if there is
/// none, or an Error (damaged, transaction_closed). After an error or the end,
/// position anew with first, last or seek: next and prev return nullopt or
/// repeat the error.
/// Cost: next and prev O(1) amortised; first, last, seek O(depth × log
/// elements). No allocation.
class Cursor {
public:
    [[nodiscard]] Result<std::optional<Entry>> first();
    [[nodiscard]] Result<std::optional<Entry>> last();
    [[nodiscard]] Result<std::optional<Entry>> next();
    [[nodiscard]] Result<std::optional<Entry>> prev();
    /// The first entry whose key is `key` or greater.
    [[nodiscard]] Result<std::optional<Entry>> seek(std::string_view key);

private:
    friend class Bucket;
    // To be filled in by the engine: the frames of the descent and the counters.
};

} // namespace rebolt
