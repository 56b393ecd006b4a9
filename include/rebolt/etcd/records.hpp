// The records of etcd's keyspace: every change of a key is one, under its
// revision, and never changes again.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rebolt::etcd {

/// When a change was made: one `main` for each write request, `sub` counts the
/// changes of one.
struct Revision {
    std::int64_t main = 0;
    std::int64_t sub = 0;

    auto operator<=>(const Revision&) const = default;
};

/// A record as it is stored: `value` is the encoded KeyValue.
struct StoredRecord {
    Revision revision;
    bool is_tombstone = false;
    std::string_view value;
};

/// What a record says (mvccpb.KeyValue). Views point into the record.
struct KeyValue {
    std::string_view key;
    std::int64_t create_revision = 0;
    std::int64_t mod_revision = 0;
    std::int64_t version = 0;
    std::string_view value;
    std::int64_t lease = 0;
};

/// The key of the bucket `key` that a record is stored under.
[[nodiscard]] std::string stored_key(const Revision& revision, bool is_tombstone = false);
/// The reverse; `value` is left empty. nullopt: it is no such key.
[[nodiscard]] std::optional<StoredRecord> parse_stored_key(std::string_view key);

/// nullopt if it is no KeyValue.
[[nodiscard]] std::optional<KeyValue> parse_key_value(std::string_view value);
/// Byte for byte what etcd writes.
[[nodiscard]] std::string encoded(const KeyValue& value);

} // namespace rebolt::etcd
