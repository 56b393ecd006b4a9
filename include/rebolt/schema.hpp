// schema: who wrote this file, and whether its values are what that program
// writes. Keys and values, not pages.
//
// May include base and format; parses JSON with nlohmann/json. No state, no
// I/O: every function here may run on many threads at once. All of it together
// is one value, known_owner_rules() (rebolt/owner_rules.hpp), which check,
// recover, repair and guard use by default.
//
// What it promises: a value is called wrong only if the owner's program, by its
// source, cannot have written it. A place (bucket path and key) whose form is
// not known is never judged, so a file that only looks like its owner's by the
// names of its buckets gives no false alarm.
//
// Start reading in src/schema: known_owner.hpp (what is known of an owner),
// owners.cpp (the table of all), identify.cpp, value_rules.hpp (the validators'
// rules), then one file per owner. libkv_value is the 8-byte index that docker
// and store share.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/owner_rules.hpp>

namespace rebolt::schema {

using rebolt::Owner;

/// `unknown`, `docker-network`, `docker-volumes`, `containerd`, …
[[nodiscard]] std::string_view name_of(Owner owner) noexcept;

/// The owner, told from what is in the buckets; their names must fit, and prove
/// nothing. `unknown` where nothing in the sample is of a form that only its
/// program writes, or most of it is of another. Cost: O(sample).
[[nodiscard]] Owner identify(const ContentSample& sample);

/// What is wrong with a value of this owner's file, or with its key, as a clause
/// of one printable line (`the JSON behind the 8-byte index stops at byte 517:
/// unexpected end of input`; bytes are the value's), or nullopt. `bucket` is the
/// path from the top-level bucket down. Values whose form is not known are never
/// wrong; an unknown owner's cost nothing.
/// Cost: O(key + value) time and memory, whatever their bytes.
[[nodiscard]] std::optional<ValueFault> validate(Owner owner, std::span<const std::string> bucket,
                                                 std::string_view key, std::string_view value);

/// The bucket that a key and its value must belong to, where both tell it by
/// their form alone: Docker's network state, etcd's keyspace and bookkeeping.
/// nullopt where they do not. Cost: as validate.
[[nodiscard]] std::optional<std::vector<std::string>> home_of_key(Owner owner, std::string_view key,
                                                                  std::string_view value);

/// The bucket that must hold a bucket, where what is in that one tells it:
/// containerd's images, contents, snapshots, containers and leases. `keys` are
/// the names of values in it, `buckets` those of buckets. `*` stands for a name
/// that nothing tells: `v1`, `*`, `images`. nullopt where nothing tells.
/// Cost: O(names).
[[nodiscard]] std::optional<std::vector<std::string>>
home_of_bucket(Owner owner, std::string_view name, std::span<const std::string_view> keys,
               std::span<const std::string_view> buckets);

/// Whether the owner's program keeps values of this form at this place; false
/// where the form of a place is not known. Cost: as validate.
[[nodiscard]] bool knows(Owner owner, std::span<const std::string> bucket, std::string_view key,
                         std::string_view value);

/// How new a value is, where its owner's program writes that into it.
/// Cost: O(1); O(value) where it stands in the value.
[[nodiscard]] std::optional<ValueAge> age_of(Owner owner, std::span<const std::string> bucket,
                                             std::string_view key, std::string_view value);

/// What a key's record is to a person, in the plural: `networks`. Of an owner whose
/// records have no names `keys`; empty where the owner keeps bookkeeping alone.
/// Cost: O(key).
[[nodiscard]] std::string_view record_kind(Owner owner, std::span<const std::string> bucket,
                                           std::string_view key);
/// The same of a bucket that is a record, by the bucket that it is in; else empty.
[[nodiscard]] std::string_view record_kind_of_bucket(Owner owner,
                                                     std::span<const std::string> bucket);

/// A value, or a key, as a person reads it.
struct ReadableValue {
    std::string text; ///< one line, printable; of a secret what it is instead: `<token: 88 bytes>`
    bool is_json = false;
    bool has_secret = false; ///< something is left out of it
};

/// A value in words: numbers, times, protobuf and msgpack as JSON, secrets left
/// out. nullopt where the form of the place is not known, or the value is not of
/// it. Cost: O(value) time and memory.
[[nodiscard]] std::optional<ReadableValue> readable_value(Owner owner,
                                                          std::span<const std::string> bucket,
                                                          std::string_view key,
                                                          std::string_view value);

/// The owner's files hold passwords, tokens, keys or money.
[[nodiscard]] bool keeps_secrets(Owner owner) noexcept;

/// A key in words where it is a number or holds a secret; else nullopt.
[[nodiscard]] std::optional<ReadableValue>
readable_key(Owner owner, std::span<const std::string> bucket, std::string_view key);

} // namespace rebolt::schema
