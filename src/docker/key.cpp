#include "docker/key.hpp"

#include <fmt/format.h>

namespace rebolt::docker {

std::optional<KeyParts> parts_of(std::string_view key) {
    if (!key.starts_with(root_chain) || !key.ends_with('/') || key.size() == root_chain.size())
        return std::nullopt;
    key.remove_prefix(root_chain.size());
    key.remove_suffix(1);
    KeyParts parts;
    if (key.starts_with("endpoint/")) {
        parts.kind = "endpoint";
        key.remove_prefix(parts.kind.size() + 1);
        const std::size_t slash = key.find('/');
        parts.network_id = key.substr(0, slash);
        parts.id = slash == std::string_view::npos ? std::string_view{} : key.substr(slash + 1);
        return parts;
    }
    // A bit sequence's id is a pool: LocalDefault/172.17.0.0/16.
    constexpr std::string_view data = "ipam/default/data/";
    const std::size_t slash = key.starts_with(data) ? data.size() - 1 : key.rfind('/');
    parts.kind = key.substr(0, slash);
    if (slash != std::string_view::npos)
        parts.id = key.substr(slash + 1);
    return parts;
}

std::string make_key(std::string_view kind, std::string_view id) {
    return fmt::format("{}{}/{}/", root_chain, kind, id);
}

std::string make_key(std::string_view kind, std::string_view network_id, std::string_view id) {
    return fmt::format("{}{}/{}/{}/", root_chain, kind, network_id, id);
}

std::string prefix_of(std::string_view kind) {
    return fmt::format("{}{}/", root_chain, kind);
}

} // namespace rebolt::docker
