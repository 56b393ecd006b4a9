// portainer.db: buckets of JSON records by number (u64, big-endian), and a few
// single records by name. By api/database/boltdb and api/dataservices. In an
// encrypted file (portainer.edb) a value is a nonce and what AES-GCM made of it.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "schema/forms.hpp"
#include "schema/json_members.hpp"
#include "schema/json_text.hpp"
#include "schema/numbers.hpp"
#include "schema/owners.hpp"
#include "schema/signature.hpp"

namespace rebolt::schema::portainer {
namespace {

constexpr std::size_t id_bytes = 8;

// Encrypted bytes begin like this once in 2^50 times.
bool is_plain(std::string_view value) {
    constexpr std::size_t looked_at = 8;
    return value.starts_with("{\"") && is_text(value.substr(0, looked_at)) &&
           std::ranges::all_of(value.substr(0, looked_at),
                               [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool may_be_encrypted(std::string_view value) {
    constexpr std::size_t encrypted_bytes_min = 12 + 16;
    return value.size() >= encrypted_bytes_min && !is_plain(value);
}

ValueClause judge_single(const Entry& entry) {
    return may_be_encrypted(entry.value) ? std::nullopt : judge_any_json(entry);
}

ValueClause judge_id(const Entry& entry, std::string_view member) {
    if (may_be_encrypted(entry.value))
        return std::nullopt;
    if (auto fault = judge_any_json(entry))
        return fault;
    const auto members = JsonMembers::read(entry.value);
    const auto id = members ? members->number(member) : std::nullopt;
    if (!id || entry.key.size() != id_bytes || *id == big_endian(entry.key))
        return std::nullopt;
    return fmt::format("{} is {}, expected {} as in the key", member, *id, big_endian(entry.key));
}

ValueClause judge_record(const Entry& entry) {
    return judge_id(entry, "Id");
}
ValueClause judge_lower_case(const Entry& entry) {
    return judge_id(entry, "id");
}
ValueClause judge_upper_case(const Entry& entry) {
    return judge_id(entry, "ID");
}
ValueClause judge_snapshot(const Entry& entry) {
    return judge_id(entry, "EndpointId");
}
ValueClause judge_relation(const Entry& entry) {
    return judge_id(entry, "EndpointID");
}

constexpr Place records(std::string_view bucket,
                        ValueClause (*judge)(const Entry&) = judge_record) {
    return {.bucket = bucket,
            .key = "*",
            .judge = judge,
            .shown = Shown::json,
            .key_shown = Shown::big_endian};
}

constexpr Place single(std::string_view bucket, std::string_view key) {
    return {.bucket = bucket,
            .key = key,
            .judge = judge_single,
            .shown = Shown::json,
            .is_telling = false};
}

constexpr std::array<Place, 29> places{{
    single("settings", "SETTINGS"),
    single("ssl", "SSL"),
    single("tunnel_server", "INFO"),
    single("dockerhub", "DOCKERHUB"),
    single("version", "VERSION"),
    records("api_key", judge_lower_case),
    records("customtemplates"),
    records("edgegroups"),
    records("edgejobs"),
    records("edge_stack"),
    records("endpoints"),
    records("endpoint_groups"),
    records("endpoint_relations", judge_relation),
    records("extension"),
    records("helm_user_repository"),
    records("pending_actions", judge_upper_case),
    records("registries"),
    records("resource_control"),
    records("roles"),
    records("schedules"),
    records("snapshots", judge_snapshot),
    records("stacks"),
    records("tags"),
    records("teams"),
    records("team_membership"),
    records("users"),
    records("webhooks"),
    single("settings", "*"),
    single("ssl", "*"),
}};

constexpr std::array<Signature, 21> signatures{{
    {"users", {"Id", "Username", "Role"}},
    {"teams", {"Id", "Name"}, {}, 2},
    {"team_membership", {"Id", "UserID", "TeamID"}},
    {"endpoints", {"Id", "URL", "GroupId"}},
    {"endpoint_groups", {"Id", "Description", "TagIds"}, {"URL", "EntryPoint", "Dynamic"}},
    {"endpoint_relations", {"EndpointID", "EdgeStacks"}},
    {"snapshots", {"EndpointId", "Docker"}, {"Id"}},
    {"stacks", {"Id", "EntryPoint", "EndpointId"}},
    {"registries", {"Id", "URL", "Authentication"}},
    {"resource_control", {"Id", "ResourceId", "SubResourceIds"}},
    {"roles", {"Id", "Authorizations", "Priority"}},
    {"tags", {"Id", "EndpointGroups", "Endpoints"}},
    {"webhooks", {"Id", "Token", "ResourceId"}},
    {"customtemplates", {"Id", "Title", "ProjectPath"}},
    {"edgegroups", {"Id", "Dynamic", "TagIds"}},
    {"edgejobs", {"Id", "CronExpression"}, {"JobType"}},
    {"schedules", {"Id", "CronExpression", "JobType"}},
    {"edge_stack", {"Id", "EdgeGroups", "Status"}},
    {"helm_user_repository", {"Id", "UserId", "URL"}, {"GroupId", "Authentication"}},
    {"pending_actions", {"ID", "EndpointID", "Action"}},
    {"api_key", {"id", "userId", "digest"}},
}};

bool has_names(Names names) {
    static constexpr std::array<std::string_view, 8> own{
        "endpoint_groups", "endpoint_relations", "resource_control", "team_membership",
        "tunnel_server",   "edge_stack",         "customtemplates",  "dockerhub"};
    return has(names, "endpoints") && has(names, "users") && count_of(names, own) >= 2;
}

// A record named by number, of a kind that no other has.
Fit fit_portainer(const SampleEntry& entry) {
    if (entry.is_bucket)
        return Fit::either;
    const Place* place = place_of(portainer_owner, entry.bucket, entry.key);
    if (place == nullptr)
        return Fit::either;
    if (place->judge({entry.bucket, entry.key, entry.value}))
        return Fit::foreign;
    return place->is_telling && entry.key.size() != id_bytes ? Fit::either : Fit::owners;
}

Home home_of_portainer_key(std::string_view key, std::string_view value) {
    static constexpr std::array<std::array<std::string_view, 2>, 5> singles{{
        {"SETTINGS", "settings"},
        {"SSL", "ssl"},
        {"INFO", "tunnel_server"},
        {"DOCKERHUB", "dockerhub"},
        {"VERSION", "version"},
    }};
    for (const auto& [name, bucket] : singles)
        if (key == name)
            return Path{std::string(bucket)};
    if (key.size() != id_bytes)
        return std::nullopt;
    const auto members = JsonMembers::read(value);
    const std::string_view bucket =
        members ? bucket_by_signature(*members, signatures) : std::string_view{};
    return bucket.empty() ? std::nullopt : Home(Path{std::string(bucket)});
}

// What only Portainer keeps under a number.
bool is_portainers(const Entry& at_home) {
    static constexpr std::array<std::string_view, 8> own{
        "endpoints", "endpoint_groups", "resource_control",  "team_membership", "stacks",
        "snapshots", "users",           "endpoint_relations"};
    return has(own, at_home.bucket.front());
}

} // namespace
} // namespace rebolt::schema::portainer

namespace rebolt::schema {

constinit const KnownOwner portainer_owner{.owner = Owner::portainer,
                                           .name = "portainer",
                                           .has_names = portainer::has_names,
                                           .places = portainer::places,
                                           .fit = portainer::fit_portainer,
                                           .home_of_key = portainer::home_of_portainer_key,
                                           .is_proof = portainer::is_portainers,
                                           .keeps_secrets = true};

} // namespace rebolt::schema
