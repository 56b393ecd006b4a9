// schema: who wrote this file, and whether its values are what that program
// writes. Keys and values, not pages.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rebolt::schema {

enum class Owner : std::uint8_t {
    unknown,
    docker_network, ///< dockerd's network/files/local-kv.db
    docker_volumes, ///< dockerd's volumes/metadata.db
    containerd,     ///< containerd's io.containerd.metadata.v1.bolt/meta.db
    buildkit,       ///< BuildKit's cache.db and metadata_v2.db
    etcd,           ///< etcd's member/snap/db
};

/// `unknown`, `docker-network`, `docker-volumes`, `containerd`, …
[[nodiscard]] std::string_view name_of(Owner owner) noexcept;

/// The owner, told from the names of the top-level buckets.
[[nodiscard]] Owner identify(std::span<const std::string> top_level_buckets);

/// What is wrong with a value of this owner's file, as a clause (`the JSON
/// behind the 8-byte index does not parse`), or nullopt. Values whose form is
/// not known are never wrong. Cost: O(value).
[[nodiscard]] std::optional<std::string> judge(Owner owner, std::span<const std::string> bucket,
                                               std::string_view key, std::string_view value);

} // namespace rebolt::schema
