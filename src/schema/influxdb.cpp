// InfluxDB 2's influxd.bolt: JSON records by id, and indexes beside them whose
// value is an id. By kv/initial_migration.go, kv/migration/all, tenant/storage_*.go,
// authorization/storage*.go, kv/task.go and bolt/id.go of main-2.x. An empty value
// counts as none there, so it is sound anywhere.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "schema/forms.hpp"
#include "schema/json_members.hpp"
#include "schema/json_text.hpp"
#include "schema/owners.hpp"
#include "schema/signature.hpp"

namespace rebolt::schema::influxdb {
namespace {

constexpr std::size_t id_digits = 16;

bool is_id(std::string_view text) {
    return is_hex(text, id_digits) && text != "0000000000000000";
}

ValueClause judge_key_id(const Entry& entry) {
    return judge_key_is(is_id(entry.key), entry, "an id of 16 hex digits");
}

ValueClause judge_record(const Entry& entry) {
    if (auto fault = judge_key_id(entry))
        return fault;
    return entry.value.empty() ? std::nullopt
                               : judge_json(entry.value, {.id_field = "id", .id = entry.key});
}

ValueClause judge_index(const Entry& entry) {
    const bool is_empty = entry.value.empty();
    return judge_value_is(is_empty || is_id(entry.value), entry, "an id of 16 hex digits");
}

ValueClause judge_mapping(const Entry& entry) {
    const bool is_pair = entry.key.size() == 2 * id_digits &&
                         is_id(entry.key.substr(0, id_digits)) &&
                         is_id(entry.key.substr(id_digits));
    if (auto fault = judge_key_is(is_pair, entry, "two ids of 16 hex digits"))
        return fault;
    return entry.value.empty() ? std::nullopt : judge_object(entry);
}

// bcrypt's text.
bool is_hash(std::string_view value) {
    constexpr std::size_t hash_bytes = 60;
    return value.size() == hash_bytes && value.starts_with("$2");
}

ValueClause judge_password(const Entry& entry) {
    if (auto fault = judge_key_id(entry))
        return fault;
    if (entry.value.empty() || is_hash(entry.value))
        return std::nullopt;
    return fmt::format("the value of {} bytes is no password hash", entry.value.size());
}

ValueClause judge_secret(const Entry& entry) {
    const bool has_id = is_id(entry.key.substr(0, id_digits));
    return judge_key_is(has_id, entry, "an id of 16 hex digits and a name");
}

// <task>/<run>, <task>/manualRuns, <task>/latestCompleted
ValueClause judge_run(const Entry& entry) {
    if (auto fault = judge_key_is(is_id(entry.key.substr(0, id_digits)), entry, "of a task"))
        return fault;
    return entry.value.empty() ? std::nullopt : judge_any_json(entry);
}

ValueClause judge_node_id(const Entry& entry) {
    const bool is_one = is_hex(entry.value, id_digits);
    return judge_value_is(is_one, entry, "an id of 16 hex digits");
}

constexpr Place records(std::string_view bucket) {
    return {.bucket = bucket, .key = "*", .judge = judge_record, .shown = Shown::json};
}

constexpr Place indexes(std::string_view bucket) {
    return {.bucket = bucket, .key = "*", .judge = judge_index};
}

constexpr std::array<Place, 28> places{{
    records("usersv1"),
    records("organizationsv1"),
    records("bucketsv1"),
    records("authorizationsv1"),
    records("dashboardsv2"),
    records("scraperv2"),
    records("telegrafv1"),
    records("labelsv1"),
    records("checksv1"),
    records("notificationRulev1"),
    records("notificationEndpointv1"),
    records("variablesv1"),
    records("tasksv1"),
    records("migrationsv1"),
    records("dbrpv1"),
    records("sourcesv1"),
    indexes("userindexv1"),
    indexes("organizationindexv1"),
    indexes("bucketindexv1"),
    {.bucket = "authorizationindexv1",
     .key = "*",
     .judge = judge_index,
     .key_shown = Shown::secret,
     .secret = "token"},
    {.bucket = "authorizationhashedindexv1",
     .key = "*",
     .judge = judge_index,
     .key_shown = Shown::secret,
     .secret = "token's hash"},
    {.bucket = "userspasswordv1",
     .key = "*",
     .judge = judge_password,
     .shown = Shown::secret,
     .secret = "password hash"},
    {.bucket = "userresourcemappingsv1", .key = "*", .judge = judge_mapping, .shown = Shown::json},
    {.bucket = "secretsv1",
     .key = "*",
     .judge = judge_secret,
     .shown = Shown::secret,
     .secret = "secret",
     .is_telling = false},
    {.bucket = "taskRunsv1",
     .key = "*",
     .judge = judge_run,
     .shown = Shown::json,
     .is_telling = false},
    {.bucket = "taskIndexsv1", .key = "*", .judge = judge_index, .is_telling = false},
    {.bucket = "onboardingv1", .key = "*", .judge = judge_text, .is_telling = false},
    {.bucket = "idsv1", .key = "id", .judge = judge_node_id, .is_telling = false},
}};

// Records that have nothing of their own (labels, organizations) are told by what
// they have not.
constexpr std::array<Signature, 14> signatures{{
    {"usersv1", {"id", "name", "status"}, {"orgID", "userID", "flux"}},
    {"organizationsv1", {"id", "name", "createdAt"}, {"orgID", "status", "type"}},
    {"bucketsv1", {"id", "orgID", "retentionPeriod"}},
    {"authorizationsv1", {"id", "userID", "permissions"}},
    {"dashboardsv2", {"id", "orgID", "meta"}},
    {"scraperv2", {"id", "bucketID", "url"}},
    {"telegrafv1", {"id", "name", "config"}},
    {"tasksv1", {"id", "flux", "orgID"}},
    {"migrationsv1", {"id", "name", "state"}, {"orgID", "status"}},
    {"dbrpv1", {"id", "database", "bucket_id"}},
    {"variablesv1", {"id", "name", "arguments"}},
    {"checksv1", {"id", "statusMessageTemplate", "ownerID"}},
    {"notificationRulev1", {"id", "endpointID", "statusRules"}},
    {"sourcesv1", {"id", "default", "url"}, {"bucketID"}},
}};

bool has_names(Names names) {
    static constexpr std::array<std::string_view, 3> always{"usersv1", "organizationsv1",
                                                            "bucketsv1"};
    return count_of(names, always) == always.size();
}

Fit fit_influxdb(const SampleEntry& entry) {
    if (entry.is_bucket) // the second one before anything was set up
        return entry.bucket.empty() &&
                       (entry.key == "usersv1" || entry.key == "userresourcemappingsv1")
                   ? Fit::owners
                   : Fit::either;
    const Place* place = place_of(influxdb_owner, entry.bucket, entry.key);
    if (place == nullptr)
        return Fit::either;
    if (place->judge({entry.bucket, entry.key, entry.value}))
        return Fit::foreign;
    return place->is_telling ? Fit::owners : Fit::either;
}

// <task>, or <task>/<run>: what stands before the slash is a task.
Home home_of_run(std::string_view key, std::string_view value) {
    const std::string_view rest = key.substr(id_digits + 1);
    if (is_id(rest) && value == rest)
        return Path{"taskIndexsv1"}; // <org>/<task>
    const bool is_run = is_id(rest) || rest == "manualRuns" || rest == "latestCompleted";
    return is_run ? Home(Path{"taskRunsv1"}) : std::nullopt;
}

Home home_of_influx_key(std::string_view key, std::string_view value) {
    if (value.empty())
        return std::nullopt;
    if (is_id(key)) {
        if (is_hash(value))
            return Path{"userspasswordv1"};
        const auto members = JsonMembers::read(value);
        const std::string_view bucket =
            members ? bucket_by_signature(*members, signatures) : std::string_view{};
        return bucket.empty() ? std::nullopt : Home(Path{std::string(bucket)});
    }
    if (!is_id(key.substr(0, id_digits)))
        return std::nullopt;
    if (key.size() == 2 * id_digits && is_id(key.substr(id_digits)) &&
        value.contains("\"resourceType\""))
        return Path{"userresourcemappingsv1"};
    if (key.size() > id_digits && key[id_digits] == '/')
        return home_of_run(key, value);
    return std::nullopt; // <org><name> is a key of many indexes
}

bool is_influx(const Entry& at_home) {
    static constexpr std::array<std::string_view, 6> own{
        "userspasswordv1",        "bucketsv1", "authorizationsv1",
        "userresourcemappingsv1", "dbrpv1",    "tasksv1"};
    return has(own, at_home.bucket.front());
}

} // namespace
} // namespace rebolt::schema::influxdb

namespace rebolt::schema {

constinit const KnownOwner influxdb_owner{.owner = Owner::influxdb,
                                          .name = "influxdb",
                                          .has_names = influxdb::has_names,
                                          .places = influxdb::places,
                                          .fit = influxdb::fit_influxdb,
                                          .home_of_key = influxdb::home_of_influx_key,
                                          .is_proof = influxdb::is_influx,
                                          .keeps_secrets = true};

} // namespace rebolt::schema
