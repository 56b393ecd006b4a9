// database: a state of an etcd member's `db`, as its buckets hold it; read without
// trusting a byte, and without etcd.
//
//   auto source = rebolt::PageSource::open("member/snap/db");
//   if (!source)
//       return std::move(source).error();
//   for (const rebolt::etcd::DatabaseState& state : rebolt::etcd::read_states(*source))
//       if (state.is_whole())
//           std::printf("revision %jd\n", std::intmax_t{state.revision()});
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/etcd/records.hpp>
#include <rebolt/id.hpp>
#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt::etcd {

/// A stretch of a bucket's keys whose page cannot be used.
struct TreeHole {
    std::string bucket = {};             ///< empty: of the list of buckets itself
    std::string first = {};              ///< keys from this one on; empty: from the first
    std::optional<std::string> end = {}; ///< up to before this one; nullopt: to the last
    PageId page{};
};

/// What a compaction mark of -1 stands for: there was none.
inline constexpr std::int64_t never_compacted = -1;

/// A lease as it is stored.
struct Lease {
    std::int64_t id = 0;
    std::int64_t ttl_seconds = 0;
};

/// NOSPACE or CORRUPT, raised for a member.
struct Alarm {
    static constexpr std::uint64_t no_space = 1;
    static constexpr std::uint64_t corrupt = 2;

    std::uint64_t member = 0;
    std::uint64_t kind = 0;

    auto operator<=>(const Alarm&) const = default;
};

/// What a bolt transaction of a `db` holds. Records point into the source.
struct DatabaseState {
    using Bucket = std::map<std::string, std::string, std::less<>>;

    TxId transaction{};
    PageId meta{};
    std::vector<TreeHole> holes;
    std::uint64_t malformed = 0;       ///< keys or values that etcd cannot have written
    std::vector<StoredRecord> records; ///< in their order
    std::map<std::string, Bucket, std::less<>> buckets; ///< all others
    bool has_keyspace = false;                          ///< the bucket `key` is there

    /// Nothing is missing or malformed.
    [[nodiscard]] bool is_whole() const noexcept {
        return holes.empty() && malformed == 0 && has_keyspace;
    }
    /// All buckets but the keyspace are whole.
    [[nodiscard]] bool has_whole_bookkeeping() const noexcept;

    /// The last entry of the log that is in it; nullopt: not readable.
    [[nodiscard]] std::optional<std::uint64_t> consistent_index() const;
    /// Of that entry (3.5 and later).
    [[nodiscard]] std::optional<std::uint64_t> term() const;
    [[nodiscard]] std::int64_t scheduled_compaction() const;
    [[nodiscard]] std::int64_t finished_compaction() const;
    /// The revision up to which old records are gone, or will be.
    [[nodiscard]] std::int64_t compacted() const;
    /// The newest one. Cost: O(1).
    [[nodiscard]] std::int64_t revision() const;
    [[nodiscard]] bool is_auth_enabled() const;
    [[nodiscard]] std::vector<Lease> leases() const;
    [[nodiscard]] std::vector<Alarm> alarms() const;
    /// A value of a bucket; nullopt if it is not there.
    [[nodiscard]] std::optional<std::string_view> value(std::string_view bucket,
                                                        std::string_view key) const;
};

/// The states that the metas lead to, the newest first: two at most.
/// Cost: O(file); memory: 48 bytes a record, and the small buckets.
[[nodiscard]] std::vector<DatabaseState> read_states(const PageSource& source);

/// etcd's HashKV of a state at a revision (0: its newest).
struct KeyspaceHash {
    std::uint32_t hash = 0;
    std::int64_t revision = 0;
    std::int64_t compacted = never_compacted;
};
/// As `etcdctl endpoint hashkv` says it, in all releases. Errors: invalid_argument (the
/// revision is compacted, or was never reached). Cost: O(records).
[[nodiscard]] Result<KeyspaceHash> hash_kv(const DatabaseState& state, std::int64_t revision = 0);

} // namespace rebolt::etcd
