// ContentWalk: all that a transaction holds, as one stream in a fixed order; and
// what is done with such streams: comparing two, hashing one, writing one to a file.
//
// The order does not depend on how pages are laid out: keys ascend by their bytes,
// and what is in a bucket follows the bucket.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/db.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

/// A value, or a bucket. Views: valid until the next step of the walk.
struct ContentItem {
    std::span<const std::string> bucket; ///< names of the buckets that it is in
    std::string_view key;
    std::string_view value; ///< of a bucket: empty
    bool is_bucket = false;
    std::uint64_t sequence = 0; ///< of a bucket
};

/// Gives the next item, or nullopt at the end.
using ContentStream = std::function<Result<std::optional<ContentItem>>()>;

/// Walks a transaction, which must outlive it. Buckets that share pages could make
/// the walk as long as one likes: call Tx::judge() first where the file may be damaged.
class ContentWalk {
public:
    explicit ContentWalk(const Tx& tx);

    /// Errors: damaged, transaction_closed. Cost: O(1) amortised.
    Result<std::optional<ContentItem>> next();

private:
    struct Level {
        Bucket bucket;
        Cursor cursor;
        bool is_begun = false;
    };
    Result<ContentItem> enter(std::string_view name);

    std::vector<Level> levels_;
    std::vector<std::string> path_; ///< of the innermost level
    std::string entered_;           ///< the name of the bucket that was given last
    bool has_entered_ = false;
};

enum class ContentDifferenceKind : std::uint8_t {
    left_only,
    right_only,
    value,    ///< the same key with another value
    sequence, ///< the same bucket with another sequence number
    kind,     ///< a bucket on one side, a value on the other
};

/// `left-only`, `right-only`, `value`, `sequence`, `kind`.
[[nodiscard]] std::string_view name_of(ContentDifferenceKind kind) noexcept;

/// `left` or `right` is null where the kind says so.
struct ContentDifference {
    ContentDifferenceKind kind;
    const ContentItem* left = nullptr;
    const ContentItem* right = nullptr;
};

/// How often each kind was met, and how much was compared.
struct ContentDiff {
    std::uint64_t left_items = 0; ///< keys and buckets
    std::uint64_t right_items = 0;
    std::uint64_t left_only = 0;
    std::uint64_t right_only = 0;
    std::uint64_t values = 0;
    std::uint64_t sequences = 0;
    std::uint64_t kinds = 0;

    [[nodiscard]] bool is_same() const noexcept {
        return left_only + right_only + values + sequences + kinds == 0;
    }
};

/// Compares all buckets, nested ones too, key by key; what is in a bucket that only
/// one side has is told as well. Judges both first. `on_difference` is told each in
/// order; its error is passed on. Errors: damaged.
/// Cost: O(both).
Result<ContentDiff>
diff_content(const Tx& left, const Tx& right,
             const std::function<Result<void>(const ContentDifference&)>& on_difference);

struct ContentHash {
    std::string sha256; ///< 64 hex digits
    std::uint64_t keys = 0;
    std::uint64_t buckets = 0;
};

/// A hash of all buckets, keys, values and sequences: equal exactly for equal
/// content, however its pages are laid out. It is the SHA-256 of, for each item in
/// order: `b` or `v`; the number of buckets that it is in, eight bytes; the key's
/// length, eight bytes, and the key; then the same of the value, or the bucket's
/// sequence, eight bytes. Numbers are little-endian. Judges `tx` first.
/// Errors: damaged. Cost: O(content).
Result<ContentHash> hash_content(const Tx& tx);

struct WriteContentOptions {
    /// Bytes a page of the new file; 0: the system's.
    std::uint32_t page_size_bytes = 0;
    /// Keys and values that go into one transaction, in bytes.
    std::uint64_t transaction_bytes_max = std::uint64_t{16} << 20U;
    /// Told items written; return false to cancel.
    std::function<bool(std::uint64_t)> progress{};
};

/// Writes all items of a stream into a new file, which appears under `path`, in place
/// of what is there, once it is whole and synced. A bucket that items are in is
/// made where the stream does not name it before; items may come in any order.
/// Returns the number of items. Errors: the stream's, those of writing, cancelled.
Result<std::uint64_t> write_content(const std::string& path, const ContentStream& next,
                                    const WriteContentOptions& options = {});

} // namespace rebolt
