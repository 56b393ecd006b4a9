// Podman's libpod/bolt_state.db, by libpod/boltdb_state.go and
// boltdb_state_internal.go of Podman 2 to 5. An id is 64 hex digits. A container's
// networks were kept as its id before 4.0, and as JSON since.
#include <array>

#include "schema/forms.hpp"
#include "schema/json_members.hpp"
#include "schema/json_text.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::podman {
namespace {

constexpr std::size_t id_digits = 64;

bool is_id(std::string_view text) {
    return is_hex(text, id_digits);
}

ValueClause judge_id_to_name(const Entry& entry) {
    if (auto fault = judge_key_is(is_id(entry.key), entry, "an id of 64 hex digits"))
        return fault;
    return judge_value_is(!entry.value.empty() && is_text(entry.value), entry, "a name");
}

ValueClause judge_name_to_id(const Entry& entry) {
    if (auto fault = judge_key_is(is_text(entry.key), entry, "a name"))
        return fault;
    return judge_value_is(is_id(entry.value), entry, "an id of 64 hex digits");
}

ValueClause judge_id_to_id(const Entry& entry) {
    if (auto fault = judge_key_is(is_id(entry.key), entry, "an id of 64 hex digits"))
        return fault;
    return judge_value_is(is_id(entry.value), entry, "an id of 64 hex digits");
}

ValueClause judge_name_to_itself(const Entry& entry) {
    return judge_value_is(entry.value == entry.key, entry, "the name in the key");
}

ValueClause judge_config(const Entry& entry) {
    return judge_json(entry.value, {.id_field = "id", .id = entry.bucket.back()});
}

ValueClause judge_volume_config(const Entry& entry) {
    return judge_json(entry.value, {.id_field = "name", .id = entry.bucket.back()});
}

ValueClause judge_pod_id(const Entry& entry) {
    return judge_value_is(is_id(entry.value), entry, "an id of 64 hex digits");
}

ValueClause judge_network(const Entry& entry) {
    return is_id(entry.value) ? std::nullopt : judge_object(entry);
}

ValueClause judge_exit_code(const Entry& entry) {
    std::string_view number = entry.value;
    if (number.starts_with('-'))
        number.remove_prefix(1);
    return judge_value_is(is_decimal(number), entry, "an exit code");
}

constexpr std::array<Place, 22> places{{
    {.bucket = "id-registry", .key = "*", .judge = judge_id_to_name},
    {.bucket = "name-registry", .key = "*", .judge = judge_name_to_id},
    {.bucket = "all-ctrs", .key = "*", .judge = judge_id_to_name},
    {.bucket = "allPods", .key = "*", .judge = judge_id_to_name},
    {.bucket = "allVolumes", .key = "*", .judge = judge_name_to_itself},
    {.bucket = "ctr/*", .key = "config", .judge = judge_config, .shown = Shown::json},
    {.bucket = "ctr/*", .key = "state", .judge = judge_object, .shown = Shown::json},
    {.bucket = "ctr/*", .key = "netns", .judge = judge_text},
    {.bucket = "ctr/*", .key = "pod-id", .judge = judge_pod_id},
    {.bucket = "ctr/*/dependencies", .key = "*", .judge = judge_id_to_name},
    {.bucket = "ctr/*/networks", .key = "*", .judge = judge_network, .shown = Shown::json},
    {.bucket = "ctr/*/exec", .key = "*", .judge = judge_id_to_id},
    {.bucket = "pod/*", .key = "config", .judge = judge_config, .shown = Shown::json},
    {.bucket = "pod/*", .key = "state", .judge = judge_object, .shown = Shown::json},
    {.bucket = "pod/*/containers", .key = "*", .judge = judge_id_to_name},
    {.bucket = "vol/*", .key = "config", .judge = judge_volume_config, .shown = Shown::json},
    {.bucket = "vol/*", .key = "state", .judge = judge_object, .shown = Shown::json},
    {.bucket = "vol/*/vol-dependencies", .key = "*", .judge = judge_id_to_id},
    {.bucket = "exec", .key = "*", .judge = judge_id_to_id},
    {.bucket = "runtime-config", .key = "*", .judge = judge_text, .is_telling = false},
    {.bucket = "exit-code", .key = "*", .judge = judge_exit_code, .is_telling = false},
    {.bucket = "exit-code-time-stamp", .key = "*", .judge = judge_text, .is_telling = false},
}};

bool has_names(Names names) {
    static constexpr std::array<std::string_view, 4> always{"id-registry", "name-registry", "ctr",
                                                            "pod"};
    return count_of(names, always) == always.size();
}

// An empty store has nothing but its paths.
Fit fit_podman(const SampleEntry& entry) {
    if (entry.is_bucket)
        return entry.bucket.empty() && entry.key == "all-ctrs" ? Fit::owners : Fit::either;
    const Place* place = place_of(podman_owner, entry.bucket, entry.key);
    if (place == nullptr)
        return Fit::either;
    return place->judge({entry.bucket, entry.key, entry.value}) ? Fit::foreign : Fit::owners;
}

// A container's config has the OCI spec, a volume's its mount point, a pod's neither.
Home home_of_config(std::string_view value) {
    const auto config = JsonMembers::read(value);
    if (!config)
        return std::nullopt;
    const auto id = config->string("id");
    const auto name = config->string("name");
    if (!id)
        return name && config->has("driver") && config->has("mountPoint")
                   ? Home(Path{"vol", std::string(*name)})
                   : std::nullopt;
    if (!is_id(*id) || !name)
        return std::nullopt;
    return Home(Path{config->has("spec") ? "ctr" : "pod", std::string(*id)});
}

Home home_of_podman_key(std::string_view key, std::string_view value) {
    static constexpr std::array<std::string_view, 7> runtime{
        "static-dir",        "tmp-dir", "run-root",   "graph-root",
        "graph-driver-name", "os",      "volume-path"};
    if (key == "config")
        return home_of_config(value);
    if (has(runtime, key))
        return Path{"runtime-config"};
    if (is_id(key) || !is_text(key) || key.empty())
        return std::nullopt;
    if (is_id(value))
        return Path{"name-registry"};
    return key == value ? Home(Path{"allVolumes"}) : std::nullopt;
}

Home home_of_podman_bucket(std::string_view name, Names keys, Names buckets) {
    if (!has(keys, "config"))
        return std::nullopt;
    if (is_id(name) && has(keys, "state"))
        return has(buckets, "dependencies") ? Home(Path{"ctr"})
               : has(buckets, "containers") ? Home(Path{"pod"})
                                            : std::nullopt;
    return has(buckets, "vol-dependencies") || !has(keys, "state") ? Home(Path{"vol"})
                                                                   : std::nullopt;
}

// A name with an id is common; a container's, a pod's or a volume's config is not.
bool is_config(const Entry& at_home) {
    return at_home.bucket.size() == 2 || at_home.bucket[0] == "runtime-config";
}

} // namespace
} // namespace rebolt::schema::podman

namespace rebolt::schema {

constinit const KnownOwner podman_owner{.owner = Owner::podman,
                                        .name = "podman",
                                        .has_names = podman::has_names,
                                        .places = podman::places,
                                        .fit = podman::fit_podman,
                                        .home_of_key = podman::home_of_podman_key,
                                        .home_of_bucket = podman::home_of_podman_bucket,
                                        .is_proof = podman::is_config};

} // namespace rebolt::schema
