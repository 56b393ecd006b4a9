// compact: writes all that is in a database into another, without its holes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <rebolt/db.hpp>
#include <rebolt/result.hpp>
#include <rebolt/stats.hpp>

namespace rebolt {

struct CompactProgress {
    std::uint64_t keys;  ///< copied so far
    std::uint64_t bytes; ///< of these keys and their values
};

struct CompactOptions {
    /// Keys and values that go into one transaction, in bytes (bbolt:
    /// -tx-max-size); 0: all in one.
    std::uint64_t transaction_bytes_max = 65536;
    /// Do not sync the new file (bbolt: -no-sync).
    bool no_sync = false;
    /// Called now and then; return false to cancel.
    std::function<bool(const CompactProgress&)> progress;
};

/// Judges `from` (Tx::judge), then copies all buckets, keys and sequences of `from` into `to`, in
/// key order and with pages filled to 90 % (bbolt: Compact). `to` should be a new file opened with
/// no_sync: it is synced at the end. Errors: damaged (of `from`), those of writing, cancelled.
/// Cost: O(from); memory of one transaction.
Result<void> compact(const DB& from, const DB& to, const CompactOptions& options = {});

/// The same into a new file with the same page size, synced; `path` is made by
/// rename once it is whole, in place of what stands there, with `from`'s owner,
/// permissions and extended attributes. After an error what stood there is untouched.
Result<void> compact_file(const DB& from, const std::string& path,
                          const CompactOptions& options = {});

/// About how many bytes a compacted file has; `all`: the sum of all top-level buckets.
/// Cost: O(1).
[[nodiscard]] std::uint64_t compacted_bytes(const BucketStats& all, std::uint64_t page_size_bytes);

} // namespace rebolt
