// Vault's vault.db: `data` holds what went through the barrier, by path; `config`
// the raft state. By physical/raft/fsm.go, types.proto and vault/barrier_aes_gcm.go.
#include <array>

#include <fmt/format.h>

#include "schema/forms.hpp"
#include "schema/owners.hpp"
#include "schema/protobuf.hpp"

namespace rebolt::schema::vault {
namespace {

using enum WireType;

// Key term (u32, from 1 on), version 1 or 2, nonce, ciphertext, tag.
bool is_sealed(std::string_view value) {
    constexpr std::size_t bytes_min = 4 + 1 + 12 + 16;
    if (value.size() < bytes_min)
        return false;
    const bool has_term = value.substr(0, 4) != std::string_view("\0\0\0\0", 4);
    return has_term && (value[4] == 1 || value[4] == 2);
}

// Some entries of core/ are not sealed: the seal's own configuration, stored keys.
ValueClause judge_sealed(const Entry& entry) {
    if (entry.key.starts_with("core/") || is_sealed(entry.value))
        return std::nullopt;
    return fmt::format("the value of {} bytes is not of the barrier's form", entry.value.size());
}

ValueClause judge_indexes(const Entry& entry) {
    static constexpr std::array types{varint, varint};
    std::array<ProtoField, types.size()> fields{};
    return read_message(entry.value, types, fields);
}

ValueClause judge_servers(const Entry& entry) {
    static constexpr std::array types{varint, bytes};
    std::array<ProtoField, types.size()> fields{};
    return read_message(entry.value, types, fields);
}

constexpr std::array<Place, 8> places{{
    {.bucket = "config", .key = "latest_indexes", .judge = judge_indexes, .shown = Shown::message},
    {.bucket = "config", .key = "latest_config", .judge = judge_servers, .shown = Shown::message},
    {.bucket = "config",
     .key = "local_node_config",
     .judge = judge_protobuf,
     .shown = Shown::message},
    {.bucket = "data",
     .key = "logical/*",
     .judge = judge_sealed,
     .shown = Shown::secret,
     .secret = "sealed record"},
    {.bucket = "data",
     .key = "sys/*",
     .judge = judge_sealed,
     .shown = Shown::secret,
     .secret = "sealed record"},
    {.bucket = "data",
     .key = "auth/*",
     .judge = judge_sealed,
     .shown = Shown::secret,
     .secret = "sealed record"},
    {.bucket = "data",
     .key = "core/*",
     .judge = judge_sealed,
     .shown = Shown::secret,
     .secret = "record of core/",
     .is_telling = false},
    // raftchunking/, and what later releases add.
    {.bucket = "data",
     .key = "*",
     .judge = [](const Entry& /*entry*/) { return ValueClause(); },
     .shown = Shown::secret,
     .secret = "record",
     .is_telling = false},
}};

bool has_names(Names names) {
    return names.size() == 2 && has(names, "data") && has(names, "config");
}

Home home_of_vault_key(std::string_view key, std::string_view value) {
    if (key == "latest_indexes" || key == "latest_config" || key == "local_node_config")
        return Path{"config"};
    const bool is_record = key.starts_with("logical/") || key.starts_with("sys/") ||
                           key.starts_with("auth/") || key.starts_with("core/");
    return is_record && is_sealed(value) ? Home(Path{"data"}) : std::nullopt;
}

bool is_data(const Entry& at_home) {
    return at_home.bucket.front() == "data";
}

// The index of the log that the data has come to: it never falls.
std::optional<ValueAge> age_of_vault(const Entry& entry) {
    static constexpr std::array types{varint, varint};
    std::array<ProtoField, types.size()> fields{};
    if (entry.bucket.size() != 1 || entry.bucket[0] != "config" || entry.key != "latest_indexes" ||
        read_message(entry.value, types, fields))
        return std::nullopt;
    return ValueAge{fields[1].integer, true};
}

} // namespace
} // namespace rebolt::schema::vault

namespace rebolt::schema {

constinit const KnownOwner vault_owner{.owner = Owner::vault,
                                       .name = "vault",
                                       .has_names = vault::has_names,
                                       .places = vault::places,
                                       .home_of_key = vault::home_of_vault_key,
                                       .age_of = vault::age_of_vault,
                                       .is_proof = vault::is_data,
                                       .keeps_secrets = true};

} // namespace rebolt::schema
