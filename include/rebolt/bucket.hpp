// Bucket: a named collection of keys, values and further buckets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/bytes.hpp>
#include <rebolt/cursor.hpp>
#include <rebolt/entry_range.hpp>
#include <rebolt/id.hpp>
#include <rebolt/result.hpp>
#include <rebolt/stats.hpp>

namespace rebolt {

/// A small handle, cheap to copy. Valid until its transaction ends: after that
/// every call fails with transaction_closed; after the bucket was deleted,
/// with bucket_not_found. Changes are seen at once by all handles of the
/// transaction, and reach the file with its commit. Each changing call can also
/// fail with transaction_not_writable, transaction_failed, damaged,
/// out_of_memory; after damage only rollback is left.
class Bucket {
public:
    /// The value of `key`, or nullopt if it is not there (also when a bucket
    /// stands under that key, as in bbolt). The view is valid until the
    /// transaction ends; of a write transaction, until its next change. Errors: damaged,
    /// transaction_closed. Cost: O(depth × log elements); no allocation.
    [[nodiscard]] Result<std::optional<std::string_view>> get(std::string_view key) const;
    template <ByteRange Key>
    [[nodiscard]] Result<std::optional<std::string_view>> get(const Key& key) const {
        return get(as_text(key));
    }

    /// A bucket inside this one. Errors: bucket_not_found, incompatible_value
    /// (a value stands under that key), damaged, transaction_closed.
    [[nodiscard]] Result<Bucket> bucket(std::string_view name) const;

    [[nodiscard]] Cursor cursor() const;

    /// Each entry in order, also nested buckets, as a Result<Entry>; damage comes last:
    /// `for (auto& entry : bucket) { … REBOLT_TRY(entry) … }`.
    [[nodiscard]] EntryIterator begin() const { return EntryIterator(cursor(), {}); }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
    /// The same of keys that begin with `prefix`.
    [[nodiscard]] EntryRange with_prefix(std::string_view prefix) const {
        return {cursor(), std::string(prefix)};
    }

    /// Calls visit(const Entry&) -> Result<void> for each key in order, also
    /// for nested buckets (entry.is_bucket), until it returns an error, which
    /// is passed on. On damage all keys before it have been visited.
    template <class Visit>
    Result<void> for_each(Visit&& visit) const {
        return for_each_prefix({}, std::forward<Visit>(visit));
    }
    /// The same for keys that begin with `prefix` (libkv: List).
    template <class Visit>
    Result<void> for_each_prefix(std::string_view prefix, Visit&& visit) const {
        Cursor at = cursor();
        for (bool positioned = false;; positioned = true) {
            auto entry = positioned ? at.next() : prefix.empty() ? at.first() : at.seek(prefix);
            if (!entry)
                return std::move(entry).error();
            if (!entry->has_value() || (!prefix.empty() && !(*entry)->key.starts_with(prefix)))
                return {};
            if (Result<void> visited = visit(**entry); !visited)
                return visited;
        }
    }
    /// Calls visit(std::string_view name, const Bucket&) -> Result<void> for
    /// each bucket directly inside this one, in key order.
    template <class Visit>
    Result<void> for_each_bucket(Visit&& visit) const {
        return for_each([&](const Entry& entry) -> Result<void> {
            if (!entry.is_bucket)
                return {};
            Result<Bucket> inside = bucket_of(entry);
            if (!inside)
                return std::move(inside).error();
            return visit(entry.key, *inside);
        });
    }

    /// Sets a value. Views of `value` into this transaction are allowed.
    /// Errors: key_required, key_too_large, value_too_large,
    /// incompatible_value (a bucket stands there).
    Result<void> put(std::string_view key, std::string_view value);
    template <class Key, class Value>
        requires(ByteRange<Key> || ByteRange<Value>)
    Result<void> put(const Key& key, const Value& value) {
        return put(as_text(key), as_text(value));
    }
    /// Removes a value; nothing happens if none is there (bbolt: Delete).
    /// Errors: incompatible_value.
    Result<void> erase(std::string_view key);
    template <ByteRange Key>
    Result<void> erase(const Key& key) {
        return erase(as_text(key));
    }
    /// Errors: bucket_name_required, key_too_large, bucket_exists,
    /// incompatible_value.
    Result<Bucket> create_bucket(std::string_view name);
    Result<Bucket> create_bucket_if_missing(std::string_view name);
    /// Deletes a bucket with all in it. Errors: bucket_not_found,
    /// incompatible_value. Cost: O(its pages).
    Result<void> delete_bucket(std::string_view name);
    /// Moves a bucket from this one into `target`, under the same name (bbolt:
    /// MoveBucket). Errors: bucket_not_found, incompatible_value,
    /// bucket_exists, same_bucket, different_database, invalid_argument (into
    /// itself). Cost: O(depth).
    Result<void> move_bucket(std::string_view name, const Bucket& target);

    /// The bucket's sequence number (bbolt: Bucket.Sequence).
    [[nodiscard]] std::uint64_t sequence() const noexcept;
    Result<void> set_sequence(std::uint64_t sequence);
    /// One more than before; begins at 1.
    Result<std::uint64_t> next_sequence();
    /// How full a page is left when it is split: 0.1 to 1, at first 0.5; higher
    /// if keys come in order (bbolt: FillPercent). Until the transaction ends.
    Result<void> set_fill_percent(double fraction);

    /// The root page when the transaction began; PageId{0} for a bucket that
    /// was inline or not there (bbolt: Bucket.Root).
    [[nodiscard]] PageId root() const noexcept { return root_; }
    [[nodiscard]] bool is_inline() const noexcept { return number(root_) == 0; }
    /// Names from the top-level bucket down to this one; empty for the root.
    [[nodiscard]] std::vector<std::string> path() const;

    /// bbolt's Bucket.Stats: this bucket and all inside it; in a write
    /// transaction, as they were when it began (all 0 if it was not there).
    /// Errors: damaged.
    /// Cost: O(pages of it); memory O(depth of nesting).
    [[nodiscard]] Result<BucketStats> stats() const;
    /// Counts the keys of this bucket and of all inside it (bbolt: Bucket.Inspect).
    /// Errors: damaged. Cost: O(entries); memory O(buckets).
    [[nodiscard]] Result<BucketStructure> inspect() const;

private:
    friend class Tx;
    friend class Cursor;
    friend class engine::StatsWalk;
    Bucket() = default;
    [[nodiscard]] engine::Tree tree() const noexcept;
    [[nodiscard]] Error not_found(std::string_view name) const;
    [[nodiscard]] Result<void> still_there() const;
    [[nodiscard]] Result<void> may_change() const;
    [[nodiscard]] Error refused_to_change(ErrorCode code, std::string message) const;
    [[nodiscard]] Result<void> changed(Result<void> result) const;
    [[nodiscard]] Bucket handle_of(engine::OpenBucket& inside) const;
    [[nodiscard]] Result<Bucket> open_for_change(const Bucket& found) const;
    [[nodiscard]] static bool is_bucket(const engine::Search& search);
    Result<Bucket> create(std::string_view name, bool may_exist);
    Result<std::unique_ptr<engine::OpenBucket>> take_out(std::string_view name);
    /// The bucket that an entry of this bucket holds. Errors: damaged.
    [[nodiscard]] Result<Bucket> bucket_of(const Entry& entry) const;
    /// The bucket that the value of an element of this one holds.
    [[nodiscard]] Result<Bucket> inside(std::string_view name, std::string_view value) const;

    std::shared_ptr<engine::TransactionState> state_;
    /// Where this bucket stands, for errors and depth; null for the root.
    std::shared_ptr<const engine::BucketName> name_;
    PageId root_{};
    std::uint64_t sequence_ = 0;
    Bytes inline_page_; ///< the page image, when inline
    /// Its state in a write transaction, whose it is; null in others.
    engine::OpenBucket* live_ = nullptr;
};

} // namespace rebolt
