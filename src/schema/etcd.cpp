// etcd's member/snap/db: `key` is the keyspace, by revision; the other buckets
// are bookkeeping. By etcd 3.4 mvcc, lease, auth, etcdserver/api/membership and
// server/storage/schema of 3.6; nothing they share has changed in between.
#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "schema/json_text.hpp"
#include "schema/numbers.hpp"
#include "schema/owners.hpp"
#include "schema/protobuf.hpp"

namespace rebolt::schema {
namespace {

using enum WireType;

constexpr std::size_t revision_bytes = 17; // main: u64, '_', sub: u64, both big-endian
constexpr std::size_t tombstone_bytes = revision_bytes + 1;

// A revision, as a key of the keyspace or as the value of a compaction mark.
// The caller has checked its size.
ValueClause judge_revision(std::string_view revision) {
    constexpr std::uint64_t negative = std::uint64_t{1} << 63U;
    if (revision[8] != '_')
        return fmt::format("the revision has 0x{:02x} at byte 8, expected '_'",
                           static_cast<unsigned char>(revision[8]));
    if (big_endian(revision) >= negative || big_endian(revision.substr(9)) >= negative)
        return "the revision is negative";
    return std::nullopt;
}

ValueClause judge_keyspace_key(std::string_view key) {
    if (key.size() != revision_bytes && key.size() != tombstone_bytes)
        return fmt::format("the key has {} bytes, expected a revision of {} or {}", key.size(),
                           revision_bytes, tombstone_bytes);
    if (key.size() == tombstone_bytes && key.back() != 't')
        return fmt::format("the revision's mark is 0x{:02x}, expected 't'",
                           static_cast<unsigned char>(key.back()));
    return judge_revision(key);
}

// mvccpb.KeyValue: key, create_revision, mod_revision, version, value, lease.
ValueClause judge_keyspace(std::string_view key, std::string_view value) {
    if (auto fault = judge_keyspace_key(key))
        return fault;
    if (value.empty()) // `etcdutl snapshot restore --bump-revision` writes one such
        return std::nullopt;
    constexpr std::array types{bytes, varint, varint, varint, bytes, varint};
    std::array<ProtoField, types.size()> fields{};
    if (auto fault = read_message(value, types, fields))
        return fault;
    if (fields[0].bytes.empty())
        return "the KeyValue has no key";
    if (key.size() == tombstone_bytes) {
        const auto rest = std::span(fields).subspan(1);
        if (std::ranges::any_of(rest, &ProtoField::is_present))
            return "the tombstone has more than a key";
        return std::nullopt;
    }
    const std::uint64_t created = fields[1].integer;
    const std::uint64_t modified = fields[2].integer;
    if (modified != big_endian(key))
        return fmt::format("mod_revision is {}, expected {} as in the key", modified,
                           big_endian(key));
    if (created == 0 || created > modified)
        return fmt::format("create_revision is {}, expected 1 to {}", created, modified);
    if (fields[3].integer == 0)
        return "version is 0";
    return std::nullopt;
}

// leasepb.Lease: ID, TTL, RemainingTTL.
ValueClause judge_lease(std::string_view key, std::string_view value) {
    if (key.size() != sizeof(std::uint64_t))
        return fmt::format("the key has {} bytes, expected a lease id of 8", key.size());
    constexpr std::array types{varint, varint, varint};
    std::array<ProtoField, types.size()> fields{};
    if (auto fault = read_message(value, types, fields))
        return fault;
    if (fields[0].integer != big_endian(key))
        return fmt::format("the lease id is {:016x}, expected {:016x} as in the key",
                           fields[0].integer, big_endian(key));
    return std::nullopt;
}

// authpb.User (name, password, roles, options) and authpb.Role (name,
// keyPermission); the name is the key.
ValueClause judge_named(std::span<const WireType> types, std::string_view key,
                        std::string_view value) {
    std::array<ProtoField, 4> fields{};
    if (auto fault = read_message(value, types, std::span(fields).first(types.size())))
        return fault;
    if (fields[0].bytes != key)
        return fmt::format("the name is `{}`, expected `{}` as in the key", shown(fields[0].bytes),
                           shown(key));
    return std::nullopt;
}

ValueClause judge_user(std::string_view key, std::string_view value) {
    static constexpr std::array types{bytes, bytes, bytes, bytes};
    return judge_named(types, key, value);
}

ValueClause judge_role(std::string_view key, std::string_view value) {
    static constexpr std::array types{bytes, bytes};
    return judge_named(types, key, value);
}

// etcdserverpb.AlarmMember (memberID, alarm) is the key.
ValueClause judge_alarm(std::string_view key, std::string_view value) {
    constexpr std::array types{varint, varint};
    std::array<ProtoField, types.size()> fields{};
    if (auto fault = read_message(key, types, fields))
        return "in the key, " + *fault;
    return judge_empty(value);
}

ValueClause judge_size(std::string_view value, std::size_t expected_bytes) {
    if (value.size() == expected_bytes)
        return std::nullopt;
    return fmt::format("the value has {} bytes, expected {}", value.size(), expected_bytes);
}

ValueClause judge_version(std::string_view value) {
    const bool is_version = std::ranges::all_of(value, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == '+';
    });
    if (is_version)
        return std::nullopt;
    return fmt::format("`{}` is not a version", shown(value));
}

ValueClause judge_meta(std::string_view key, std::string_view value) {
    if (key == "consistent_index" || key == "term")
        return judge_size(value, sizeof(std::uint64_t));
    if (key == "scheduledCompactRev" || key == "finishedCompactRev") {
        if (auto fault = judge_size(value, revision_bytes))
            return fault;
        return judge_revision(value);
    }
    if (key == "confState")
        return judge_json(value, {});
    if (key == "storageVersion")
        return judge_version(value);
    return std::nullopt;
}

ValueClause judge_auth(std::string_view key, std::string_view value) {
    if (key == "authRevision")
        return judge_size(value, sizeof(std::uint64_t));
    if (key != "authEnabled")
        return std::nullopt;
    if (auto fault = judge_size(value, 1))
        return fault;
    if (value[0] == 0 || value[0] == 1)
        return std::nullopt;
    return fmt::format("the flag is {}, expected 0 or 1", static_cast<unsigned char>(value[0]));
}

ValueClause judge_member_id(std::string_view key) {
    const bool is_hex = std::ranges::all_of(
        key, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (is_hex && key.size() <= 16)
        return std::nullopt;
    return fmt::format("the key `{}` is not a member id", shown(key));
}

ValueClause judge_member(std::string_view key, std::string_view value) {
    if (auto fault = judge_member_id(key))
        return fault;
    return judge_json(value, {});
}

ValueClause judge_removed_member(std::string_view key, std::string_view value) {
    if (auto fault = judge_member_id(key))
        return fault;
    if (value == "removed")
        return std::nullopt;
    return fmt::format("`{}` stands where `removed` is expected", shown(value));
}

ValueClause judge_cluster(std::string_view key, std::string_view value) {
    if (key == "clusterVersion")
        return judge_version(value);
    if (key == "downgrade")
        return judge_json(value, {});
    return std::nullopt;
}

struct Judge {
    std::string_view bucket;
    ValueClause (*judge)(std::string_view key, std::string_view value);
};
constexpr std::array<Judge, 10> judges{{
    {"key", judge_keyspace}, // first: nearly all there is
    {"meta", judge_meta},
    {"lease", judge_lease},
    {"alarm", judge_alarm},
    {"cluster", judge_cluster},
    {"members", judge_member},
    {"members_removed", judge_removed_member},
    {"auth", judge_auth},
    {"authUsers", judge_user},
    {"authRoles", judge_role},
}};

std::optional<ValueFault> validate_etcd(const Entry& entry) {
    const auto& [bucket, key, value] = entry;
    if (bucket.size() != 1)
        return std::nullopt;
    const auto* judge = std::ranges::find(judges, std::string_view(bucket[0]), &Judge::bucket);
    if (judge == judges.end())
        return std::nullopt;
    if (ValueClause clause = judge->judge(key, value))
        return ValueFault{std::move(*clause)};
    return std::nullopt;
}

// A KeyValue begins with its key, field 1; a lease with its id, field 1.
Fit fit_etcd(const SampleEntry& entry) {
    if (entry.is_bucket || entry.bucket.size() != 1)
        return Fit::either;
    const std::string_view bucket = entry.bucket[0];
    if (bucket == "key") {
        const bool is_value = entry.value.empty() || entry.value[0] == '\x0a';
        return is_value && !judge_keyspace_key(entry.key) ? Fit::owners : Fit::foreign;
    }
    if (bucket == "lease") {
        const bool is_value = entry.value.empty() || entry.value[0] == '\x08';
        return is_value && entry.key.size() == sizeof(std::uint64_t) ? Fit::owners : Fit::foreign;
    }
    if (bucket == "meta" && entry.key == "consistent_index")
        return entry.value.size() == sizeof(std::uint64_t) ? Fit::owners : Fit::foreign;
    return Fit::either;
}

bool has_names(Names names) {
    static constexpr std::array<std::string_view, 2> always{"key", "meta"};
    static constexpr std::array<std::string_view, 8> beside{
        "lease",           "alarm", "cluster",   "members",
        "members_removed", "auth",  "authUsers", "authRoles"};
    return count_of(names, always) == always.size() && count_of(names, beside) > 0;
}

bool is_revision(std::string_view key) {
    return (key.size() == revision_bytes || key.size() == tombstone_bytes) && key[8] == '_';
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
    if (is_revision(key) && !value.empty())
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

Home home_of_etcd_key(std::string_view key, std::string_view value) {
    const std::string_view bucket = etcd_bucket(key, value);
    return bucket.empty() ? std::nullopt : Home(Path{std::string(bucket)});
}

// Bookkeeping may look like another program's; the keyspace does not.
bool is_keyspace(const Entry& at_home) {
    return at_home.bucket.front() == "key";
}

std::optional<ValueAge> age_of_etcd(const Entry& entry) {
    const auto& [bucket, key, value] = entry;
    if (bucket.size() != 1)
        return std::nullopt;
    if (bucket[0] == "meta" && key == "consistent_index" && value.size() == sizeof(std::uint64_t))
        return ValueAge{big_endian(value), true};
    if (bucket[0] == "key" && is_revision(key))
        return ValueAge{big_endian(key), true};
    return std::nullopt;
}

// A key of etcd has a record for each of its revisions.
std::string_view etcd_record_kind(BucketPath bucket, std::string_view /*key*/) {
    return bucket.size() == 1 && bucket[0] == "key" ? "revisions of keys" : "";
}

} // namespace

constinit const KnownOwner etcd_owner{.owner = Owner::etcd,
                                      .name = "etcd",
                                      .has_names = has_names,
                                      .fit = fit_etcd,
                                      .validate = validate_etcd,
                                      .home_of_key = home_of_etcd_key,
                                      .age_of = age_of_etcd,
                                      .is_proof = is_keyspace,
                                      .record_kind = etcd_record_kind};

} // namespace rebolt::schema
