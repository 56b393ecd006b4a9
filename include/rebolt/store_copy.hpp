// store_copy: moves the keys of one store to another, and compares two.
//
//   auto from = rebolt::store::open("bolt:///var/lib/app/kv.db?bucket=app");
//   auto to = rebolt::store::open("bolt://new.db?bucket=app"); // or etcd://host:2379/app
//   if (!from || !to)
//       return std::move(from ? to : from).error();
//   auto report = rebolt::store::copy(**from, **to);
//   if (!report)
//       return std::move(report).error();
//   if (report->is_verified())
//       std::puts("every key is there, with its value");
//
// Keys and values are moved; a key's last_index is its store's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

namespace rebolt::store {

/// What two stores have that the other has not.
enum class DifferenceKind : std::uint8_t {
    left_only,
    right_only,
    value, ///< both have the key
};

/// `left-only`, `right-only`, `value`.
[[nodiscard]] std::string_view name_of(DifferenceKind kind) noexcept;

/// Valid during the call that tells of it.
struct Difference {
    DifferenceKind kind;
    const std::string& key;
    const KeyValue* left;  ///< null for right_only
    const KeyValue* right; ///< null for left_only
};

struct DiffOptions {
    std::string prefix = {}; ///< only keys that begin with it
    /// Told of each, in key order; its error ends the comparison.
    std::function<Result<void>(const Difference&)> on_difference = nullptr;
    /// Told of the keys compared so far, now and then; false cancels.
    std::function<bool(std::uint64_t keys)> progress = nullptr;
};

struct DiffReport {
    std::uint64_t left_keys = 0;
    std::uint64_t right_keys = 0;
    std::uint64_t left_only = 0;
    std::uint64_t right_only = 0;
    std::uint64_t values = 0; ///< keys of both with another value
    [[nodiscard]] bool is_same() const noexcept { return left_only + right_only + values == 0; }
};

/// Compares keys and values, each store in one state of its own. Errors: those
/// of the stores, cancelled. Cost: one listing of each; memory for some
/// thousand pairs of each.
[[nodiscard]] Result<DiffReport> diff(Store& left, Store& right, const DiffOptions& options = {});

/// `looking`: at what the target has already; `copying`; `verifying`.
enum class CopyStage : std::uint8_t { looking, copying, verifying };

/// `looking`, `copying`, `verifying`.
[[nodiscard]] std::string_view name_of(CopyStage stage) noexcept;

struct CopyProgress {
    CopyStage stage;
    std::uint64_t keys;  ///< done in this stage
    std::uint64_t total; ///< keys of the source, counted at the start
};

struct CopyOptions {
    std::string prefix = {}; ///< only keys that begin with it
    std::size_t batch_keys = 1000;
    std::size_t batch_bytes = std::size_t{1} << 20U; ///< a larger value is a batch of its own
    bool verify = true;
    /// Told now and then; false cancels. What was copied stays.
    std::function<bool(const CopyProgress&)> progress = nullptr;
};

struct CopyReport {
    std::uint64_t keys = 0;         ///< of the source
    std::uint64_t copied = 0;       ///< written to the target
    std::uint64_t same_already = 0; ///< were there with this value
    std::uint64_t bytes = 0;        ///< of keys and values written
    std::uint64_t batches = 0;
    DiffReport verified = {}; ///< the comparison at the end; empty without `verify`
    bool was_verified = false;

    /// Every key of the source is in the target with its value.
    [[nodiscard]] bool is_verified() const noexcept {
        return was_verified && verified.left_only + verified.values == 0;
    }
};

/// Copies all pairs of `from`, in one state of it, into `to`: in batches (see
/// Store::put_all), leaving out what is there already. Keys that only `to` has
/// stay. If interrupted, running it again resumes where it stopped. Errors:
/// those of the stores, cancelled. Cost: a listing of `to`, one of `from`, with
/// `progress` two; and a diff. Memory: a batch, and 8 bytes and the key for
/// each key that `to` has under the prefix at the start.
Result<CopyReport> copy(Store& from, Store& to, const CopyOptions& options = {});

} // namespace rebolt::store
