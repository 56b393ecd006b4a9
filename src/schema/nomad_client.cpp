// A Nomad client's state.db, by client/state/db_bolt.go and helper/boltdd: all
// values but the version are msgpack.
#include <array>

#include <fmt/format.h>

#include "schema/forms.hpp"
#include "schema/msgpack.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::nomad_client {
namespace {

ValueClause judge_value(const Entry& entry) {
    return judge_msgpack(entry.value);
}

// {Alloc: {ID: ...}}
std::optional<std::string_view> allocation_id(std::string_view value) {
    const auto alloc = member_of(msgpack_members(value), "Alloc");
    const auto id = alloc ? member_of(msgpack_members(*alloc), "ID") : std::nullopt;
    return id ? msgpack_bytes(*id) : std::nullopt;
}

ValueClause judge_allocation(const Entry& entry) {
    if (auto fault = judge_msgpack(entry.value))
        return fault;
    const auto id = allocation_id(entry.value);
    if (!id || *id == entry.bucket.back())
        return std::nullopt;
    return fmt::format("the allocation has the id `{}`, expected its bucket's name", shown(*id));
}

ValueClause judge_version(const Entry& entry) {
    return judge_value_is(entry.value == "2" || entry.value == "3", entry, "a version");
}

constexpr std::array<Place, 12> places{{
    {.bucket = "meta", .key = "version", .judge = judge_version, .is_telling = false},
    {.bucket = "allocations/*", .key = "alloc", .judge = judge_allocation, .shown = Shown::msgpack},
    {.bucket = "allocations/*",
     .key = "deploy_status",
     .judge = judge_value,
     .shown = Shown::msgpack},
    {.bucket = "allocations/*",
     .key = "network_status",
     .judge = judge_value,
     .shown = Shown::msgpack},
    {.bucket = "allocations/*",
     .key = "alloc_volume",
     .judge = judge_value,
     .shown = Shown::msgpack},
    {.bucket = "allocations/*/task-*",
     .key = "local_state",
     .judge = judge_value,
     .shown = Shown::msgpack},
    {.bucket = "allocations/*/task-*",
     .key = "task_state",
     .judge = judge_value,
     .shown = Shown::msgpack},
    {.bucket = "devicemanager",
     .key = "plugin_state",
     .judge = judge_value,
     .shown = Shown::msgpack,
     .is_telling = false},
    {.bucket = "drivermanager",
     .key = "plugin_state",
     .judge = judge_value,
     .shown = Shown::msgpack,
     .is_telling = false},
    {.bucket = "dynamicplugins",
     .key = "registry_state",
     .judge = judge_value,
     .shown = Shown::msgpack,
     .is_telling = false},
    {.bucket = "nodemeta",
     .key = "meta",
     .judge = judge_value,
     .shown = Shown::msgpack,
     .is_telling = false},
    {.bucket = "allocations/*/check_results",
     .key = "*",
     .judge = judge_value,
     .shown = Shown::msgpack,
     .is_telling = false},
}};

bool has_names(Names names) {
    return has(names, "meta") && has(names, "allocations");
}

// A client that runs nothing has no allocation, but the managers' buckets.
Fit fit_nomad(const SampleEntry& entry) {
    if (entry.is_bucket && entry.bucket.size() == 1 && entry.bucket[0] == "allocations")
        return is_uuid(entry.key) ? Fit::owners : Fit::foreign;
    if (entry.is_bucket)
        return entry.bucket.empty() &&
                       (entry.key == "devicemanager" || entry.key == "drivermanager")
                   ? Fit::owners
                   : Fit::either;
    const Place* place = place_of(nomad_client_owner, entry.bucket, entry.key);
    if (place == nullptr)
        return Fit::either;
    if (place->judge({entry.bucket, entry.key, entry.value}))
        return Fit::foreign;
    return place->is_telling ? Fit::owners : Fit::either;
}

Home home_of_nomad_key(std::string_view key, std::string_view value) {
    if (key == "registry_state")
        return Path{"dynamicplugins"};
    if (key != "alloc" || judge_msgpack(value))
        return std::nullopt;
    const auto id = allocation_id(value);
    return id && is_uuid(*id) ? Home(Path{"allocations", std::string(*id)}) : std::nullopt;
}

Home home_of_nomad_bucket(std::string_view name, Names keys, Names buckets) {
    if (is_uuid(name) && has(keys, "alloc"))
        return Path{"allocations"};
    const bool is_task = name.starts_with("task-") && buckets.empty() &&
                         (has(keys, "local_state") || has(keys, "task_state"));
    return is_task ? Home(Path{"allocations", "*"}) : std::nullopt;
}

bool is_allocation(const Entry& at_home) {
    return at_home.bucket.front() == "allocations";
}

} // namespace
} // namespace rebolt::schema::nomad_client

namespace rebolt::schema {

constinit const KnownOwner nomad_client_owner{.owner = Owner::nomad_client,
                                              .name = "nomad-client",
                                              .has_names = nomad_client::has_names,
                                              .places = nomad_client::places,
                                              .fit = nomad_client::fit_nomad,
                                              .home_of_key = nomad_client::home_of_nomad_key,
                                              .home_of_bucket = nomad_client::home_of_nomad_bucket,
                                              .is_proof = nomad_client::is_allocation};

} // namespace rebolt::schema
