// Bucket: a named collection of keys, values and further buckets.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/cursor.hpp>
#include <rebolt/id.hpp>
#include <rebolt/result.hpp>
#include <rebolt/stats.hpp>

namespace rebolt {

/// A small handle, cheap to copy. Valid until its transaction ends: after that
/// every call fails with transaction_closed. Reading never changes the file.
class Bucket {
public:
    /// The value of `key`, or nullopt if it is not there (also when a bucket
    /// stands under that key, as in bbolt). The view is valid until the
    /// transaction ends. Errors: damaged, transaction_closed.
    /// Cost: O(depth × log elements); no allocation.
    [[nodiscard]] Result<std::optional<std::string_view>> get(std::string_view key) const;

    /// A bucket inside this one. Errors: bucket_not_found, incompatible_value
    /// (a value stands under that key), damaged, transaction_closed.
    [[nodiscard]] Result<Bucket> bucket(std::string_view name) const;

    [[nodiscard]] Cursor cursor() const;

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
            if (!entry->has_value() || !(*entry)->key.starts_with(prefix))
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

    /// The bucket's sequence number (bbolt: Bucket.Sequence).
    [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }
    /// The root page; PageId{0} for an inline bucket (bbolt: Bucket.Root).
    [[nodiscard]] PageId root() const noexcept { return root_; }
    [[nodiscard]] bool is_inline() const noexcept { return number(root_) == 0; }
    /// Names from the top-level bucket down to this one; empty for the root.
    [[nodiscard]] std::vector<std::string> path() const;

    /// bbolt's Bucket.Stats: this bucket and all inside it. Errors: damaged.
    /// Cost: O(pages of it); memory O(depth of nesting).
    [[nodiscard]] Result<BucketStats> stats() const;

private:
    friend class Tx;
    friend class engine::StatsWalk;
    Bucket() = default;
    /// The bucket that an entry of this bucket holds. Errors: damaged.
    [[nodiscard]] Result<Bucket> bucket_of(const Entry& entry) const;
    /// The bucket that the value of an element of this one holds.
    [[nodiscard]] Result<Bucket> inside(std::string_view name, std::string_view value) const;

    std::shared_ptr<const engine::Snapshot> snapshot_;
    /// Where this bucket stands, for errors and depth; null for the root.
    std::shared_ptr<const engine::BucketName> name_;
    PageId root_{};
    std::uint64_t sequence_ = 0;
    Bytes inline_page_; ///< the page image, when inline
};

} // namespace rebolt
