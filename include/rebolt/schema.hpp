// schema: who wrote this file, and whether its values are what that program
// writes. Keys and values, not pages.
//
// May include base and format; parses JSON with nlohmann/json. No state, no
// I/O: every function here may run on many threads at once.
//
// What it promises: a value is called wrong only if the owner's program, by its
// source, cannot have written it. A place (bucket path and key) whose form is
// not known is never judged, so a file that only looks like its owner's by the
// names of its buckets gives no false alarm where its layout differs.
//
// Start reading in src/schema: judge.cpp, value_rules.hpp (the judges' rules), then
// one file per owner: docker_network, docker_volumes, containerd, buildkit, etcd.
// libkv_value is the 8-byte index that docker and store share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/value_age.hpp>

namespace rebolt::schema {

enum class Owner : std::uint8_t {
    unknown,
    docker_network, ///< dockerd's network/files/local-kv.db
    docker_volumes, ///< dockerd's volumes/metadata.db
    containerd,     ///< its meta.db (BuildKit has one too), its snapshotters' metadata.db
    buildkit,       ///< BuildKit's cache.db and metadata_v2.db
    etcd,           ///< etcd's member/snap/db
};

/// `unknown`, `docker-network`, `docker-volumes`, `containerd`, …
[[nodiscard]] std::string_view name_of(Owner owner) noexcept;

/// The owner, told from the names of the top-level buckets; `unknown` unless
/// they are that program's. Names alone cannot tell Swarm's tasks.db from
/// containerd's (both have only `v1`): none of its values is judged.
/// Cost: O(names).
[[nodiscard]] Owner identify(std::span<const std::string> top_level_buckets);

/// What is wrong with a value of this owner's file, or with the key it stands
/// under, as a clause of one printable line (`the JSON behind the 8-byte index
/// stops at byte 517: unexpected end of input`; bytes are the value's), or
/// nullopt. `bucket` is the path from the top-level bucket down. Values whose
/// form is not known are never wrong; an unknown owner's cost nothing.
/// Cost: O(key + value) time and memory, whatever their bytes.
[[nodiscard]] std::optional<std::string> judge(Owner owner, std::span<const std::string> bucket,
                                               std::string_view key, std::string_view value);

/// The bucket that a key and its value must belong to, where both tell it by
/// their form alone: Docker's network state, etcd's keyspace and bookkeeping.
/// nullopt where they do not. Cost: as judge.
[[nodiscard]] std::optional<std::vector<std::string>> home_of(std::string_view key,
                                                              std::string_view value);

/// The bucket that must hold a bucket, where what is in that one tells it:
/// containerd's images, contents, snapshots, containers and leases. `keys` are
/// the names of values in it, `buckets` those of buckets. `*` stands for a name
/// that nothing tells: `v1`, `*`, `images`. nullopt where nothing tells.
/// Cost: O(names).
[[nodiscard]] std::optional<std::vector<std::string>>
home_of_bucket(std::string_view name, std::span<const std::string_view> keys,
               std::span<const std::string_view> buckets);

/// How new a value is, where its owner's program writes that into it.
/// Cost: O(1).
[[nodiscard]] std::optional<ValueAge> age_of(std::span<const std::string> bucket,
                                             std::string_view key, std::string_view value);

} // namespace rebolt::schema
