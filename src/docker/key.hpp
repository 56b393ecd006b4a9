// Keys of local-kv.db: `docker/network/v1.0/<kind>/<id>/`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rebolt::docker {

inline constexpr std::string_view bucket_name = "libnetwork";
inline constexpr std::string_view root_chain = "docker/network/v1.0/";

/// The parts of a key, without slashes at their ends. Valid as long as the key.
struct KeyParts {
    std::string_view kind;       ///< `network`, `ipvlan/endpoint`, …
    std::string_view network_id; ///< of an endpoint
    std::string_view id;         ///< empty in a marker's key
};

/// nullopt if the key is none of libnetwork's.
[[nodiscard]] std::optional<KeyParts> parts_of(std::string_view key);

[[nodiscard]] std::string make_key(std::string_view kind, std::string_view id);
[[nodiscard]] std::string make_key(std::string_view kind, std::string_view network_id,
                                   std::string_view id);
/// What libnetwork's List of a kind seeks.
[[nodiscard]] std::string prefix_of(std::string_view kind);

} // namespace rebolt::docker
