// Where a key belongs and how new its value is, for keys that tell it by
// themselves. By the same sources as the judges.
#include <algorithm>
#include <array>
#include <bit>

#include <rebolt/bytes.hpp>
#include <rebolt/schema.hpp>

#include "schema/libkv_value.hpp"
#include "schema/value_rules.hpp"

namespace rebolt::schema {
namespace {

using Path = std::vector<std::string>;

constexpr std::string_view docker_chain = "docker/network/v1.0/";
constexpr std::size_t revision_bytes = 17;

std::uint64_t big_endian(std::string_view bytes) {
    return std::byteswap(load<std::uint64_t>(as_bytes(bytes).data()));
}

bool is_member_id(std::string_view key) {
    return key.size() == 16 && std::ranges::all_of(key, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

struct Known {
    std::string_view key;
    std::string_view bucket;
};
constexpr std::array<Known, 9> etcd_keys{{
    {"consistent_index", "meta"},
    {"term", "meta"},
    {"scheduledCompactRev", "meta"},
    {"finishedCompactRev", "meta"},
    {"confState", "meta"},
    {"storageVersion", "meta"},
    {"clusterVersion", "cluster"},
    {"authRevision", "auth"},
    {"authEnabled", "auth"},
}};

// The bucket of etcd's that a key must belong to by its form.
std::string_view etcd_bucket(std::string_view key, std::string_view value) {
    const bool is_revision = key.size() == revision_bytes || key.size() == revision_bytes + 1;
    if (is_revision && key[8] == '_' && !value.empty())
        return "key";
    if (const auto* known = std::ranges::find(etcd_keys, key, &Known::key);
        known != etcd_keys.end())
        return known->bucket;
    if (is_member_id(key) && value.starts_with('{'))
        return "members";
    if (key.size() == sizeof(std::uint64_t) && !value.empty())
        return "lease";
    return {};
}

} // namespace

std::optional<Path> home_of_key(Owner owner, std::string_view key, std::string_view value) {
    std::string_view bucket;
    if (owner == Owner::docker_network && key.starts_with(docker_chain))
        bucket = "libnetwork";
    else if (owner == Owner::etcd)
        bucket = etcd_bucket(key, value);
    if (bucket.empty())
        return std::nullopt;
    Path home{std::string(bucket)};
    if (validate(owner, home, key, value))
        return std::nullopt;
    return home;
}

std::optional<ValueAge> age_of(Owner owner, BucketPath bucket, std::string_view key,
                               std::string_view value) {
    if (bucket.size() != 1)
        return std::nullopt;
    if (owner == Owner::docker_network && bucket[0] == "libnetwork") {
        const auto parts = parse_libkv_value(value);
        return parts ? std::optional(ValueAge{parts->index, false}) : std::nullopt;
    }
    if (owner != Owner::etcd)
        return std::nullopt;
    if (bucket[0] == "meta" && key == "consistent_index" && value.size() == sizeof(std::uint64_t))
        return ValueAge{big_endian(value), true};
    const bool is_revision = key.size() == revision_bytes || key.size() == revision_bytes + 1;
    if (bucket[0] == "key" && is_revision && key[8] == '_')
        return ValueAge{big_endian(key), true};
    return std::nullopt;
}

} // namespace rebolt::schema

namespace rebolt {

const OwnerRules& known_owner_rules() noexcept {
    static const OwnerRules rules{.identify = schema::identify,
                                  .validate = schema::validate,
                                  .home_of_key = schema::home_of_key,
                                  .home_of_bucket = schema::home_of_bucket,
                                  .age_of = schema::age_of};
    return rules;
}

} // namespace rebolt
