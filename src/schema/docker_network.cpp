// dockerd's network/files/local-kv.db: bucket `libnetwork`, keys
// `docker/network/v1.0/<kind>/<id>…/`, libkv values. By libnetwork of Docker
// 20.10 (datastore.Key, the KVObjects' Key and MarshalJSON) and moby's master.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "schema/json_text.hpp"
#include "schema/libkv_value.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema {
namespace {

constexpr std::string_view bucket_name = "libnetwork";
constexpr std::string_view root_chain = "docker/network/v1.0/";
// libkv counts its writes since the daemon started. 2^48 of them, each with an
// fsync, take longer than any machine lives.
constexpr std::uint64_t index_limit = std::uint64_t{1} << 48U;

// Records that repeat their key's last part in their JSON.
struct Kind {
    std::string_view path; ///< what stands before the id
    std::string_view id_field;
};
constexpr std::array<Kind, 8> kinds{{
    {"network", "id"},
    {"sandbox", "ID"},
    {"bridge", "ID"},
    {"bridge-endpoint", "id"},
    {"ipvlan/network", "ID"},
    {"ipvlan/endpoint", "id"},
    {"macvlan/network", "ID"},
    {"macvlan/endpoint", "id"},
}};

// The key behind the root chain, without the closing slash; nullopt if either
// is missing. A daemon whose --cluster-store has a path puts it before.
std::optional<std::string_view> chain_of(std::string_view key) {
    if (!key.ends_with('/'))
        return std::nullopt;
    std::size_t root = key.find(root_chain);
    while (root != std::string_view::npos && root != 0 && key[root - 1] != '/')
        root = key.find(root_chain, root + 1);
    if (root == std::string_view::npos || root + root_chain.size() == key.size())
        return std::nullopt;
    key.remove_suffix(1);
    return key.substr(root + root_chain.size());
}

// `endpoint/<network id>` stands before an endpoint's id.
bool is_endpoint_path(std::string_view path) {
    return path.starts_with("endpoint/") && std::ranges::count(path, '/') == 1;
}

JsonRule rule_for(std::string_view chain) {
    JsonRule rule{.subject = "the JSON behind the 8-byte index",
                  .starts_at_byte = libkv_index_bytes,
                  .must_be_object = false}; // of other kinds we know that it is JSON, no more
    const std::size_t slash = chain.rfind('/');
    if (slash == std::string_view::npos)
        return rule;
    const std::string_view path = chain.substr(0, slash);
    const auto* kind = std::ranges::find(kinds, path, &Kind::path);
    if (kind != kinds.end())
        rule.id_field = kind->id_field;
    else if (is_endpoint_path(path))
        rule.id_field = "id";
    rule.id = chain.substr(slash + 1);
    rule.must_be_object = !rule.id_field.empty() || path == "endpoint_count";
    return rule;
}

// A kind that a newer release has added may keep something else than JSON.
bool is_unknown_form(std::string_view payload, const JsonRule& rule) {
    constexpr std::string_view begins_json = "{[\"-0123456789tfn";
    return !rule.must_be_object && !begins_json.contains(payload[0]) && payload[0] != 0;
}

bool is_text(std::string_view key) {
    return std::ranges::all_of(key, [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool has_libkv_index(const LibkvValue& value) {
    return value.index != 0 && value.index < index_limit;
}

std::optional<ValueFault> validate_docker_network(const Entry& entry) {
    const auto& [bucket, key, value] = entry;
    if (bucket.size() != 1 || bucket[0] != bucket_name)
        return std::nullopt;
    const auto chain = chain_of(key);
    if (!chain) // a newer release may have another one, but no bytes that are not text
        return ValueFault{.clause = fmt::format("the key is not of the form {}.../", root_chain),
                          .is_unknown_form = is_text(key)};
    const auto parts = parse_libkv_value(value);
    if (!parts)
        return ValueFault{
            fmt::format("the value has {} bytes, expected an 8-byte index and JSON", value.size())};
    if (!has_libkv_index(*parts))
        return ValueFault{
            fmt::format("the 8-byte index is {}, which libkv does not write", parts->index)};
    if (parts->payload.empty()) // a directory marker; libnetwork passes over it anywhere
        return std::nullopt;
    const JsonRule rule = rule_for(*chain);
    if (ValueClause clause = judge_json(parts->payload, rule))
        return ValueFault{.clause = std::move(*clause),
                          .is_unknown_form = is_unknown_form(parts->payload, rule)};
    return std::nullopt;
}

Fit fit_docker_network(const SampleEntry& entry) {
    if (entry.is_bucket || entry.bucket.size() != 1 || entry.bucket[0] != bucket_name)
        return Fit::either;
    const auto parts = parse_libkv_value(entry.value);
    const bool is_value =
        parts && has_libkv_index(*parts) && (parts->payload.empty() || parts->payload[0] == '{');
    return is_value && entry.key.contains("docker/network/") ? Fit::owners : Fit::foreign;
}

bool has_names(Names names) {
    return has(names, bucket_name);
}

Home home_of_docker_key(std::string_view key, std::string_view /*value*/) {
    return key.starts_with(root_chain) ? Home(Path{std::string(bucket_name)}) : std::nullopt;
}

std::optional<ValueAge> age_of_docker(const Entry& entry) {
    if (entry.bucket.size() != 1 || entry.bucket[0] != bucket_name)
        return std::nullopt;
    const auto parts = parse_libkv_value(entry.value);
    return parts ? std::optional(ValueAge{parts->index, false}) : std::nullopt;
}

std::optional<ReadableValue> readable_docker(const Entry& entry) {
    const auto parts = parse_libkv_value(entry.value);
    if (!parts || validate_docker_network(entry))
        return std::nullopt;
    return parts->payload.empty()
               ? ReadableValue{.text = fmt::format("index {}", parts->index)}
               : ReadableValue{.text = std::string(parts->payload), .is_json = true};
}

std::string_view docker_record_kind(BucketPath /*bucket*/, std::string_view key) {
    const auto chain = chain_of(key);
    if (!chain)
        return {};
    const std::string_view path = chain->substr(0, chain->rfind('/'));
    if (is_endpoint_path(path))
        return "endpoints";
    if (path == "network")
        return "networks";
    return path == "sandbox" ? "sandboxes" : "";
}

} // namespace

constinit const KnownOwner docker_network_owner{.owner = Owner::docker_network,
                                                .name = "docker-network",
                                                .has_names = has_names,
                                                .fit = fit_docker_network,
                                                .validate = validate_docker_network,
                                                .home_of_key = home_of_docker_key,
                                                .age_of = age_of_docker,
                                                .readable = readable_docker,
                                                .record_kind = docker_record_kind};

} // namespace rebolt::schema
