// lnd's channel.db, by channeldb/{channel,meta,db,invoices}.go, graph/db/kv_store.go
// and payments/db/kv_store.go. Numbers are big-endian; a key of a node is 33 bytes
// and begins with 2 or 3, an outpoint is 32 bytes and a number of 4.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "schema/forms.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::lnd {
namespace {

constexpr std::size_t node_bytes = 33;
constexpr std::size_t outpoint_bytes = 36;
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t channel_bytes = 8;
constexpr std::size_t edge_bytes = node_bytes + channel_bytes;

bool is_node(std::string_view text) {
    return text.size() == node_bytes && (text[0] == 2 || text[0] == 3);
}

bool begins_with_node(std::string_view text) {
    return is_node(text.substr(0, node_bytes));
}

ValueClause judge_sizes(const Entry& entry, std::size_t key_bytes, std::size_t value_bytes) {
    if (entry.key.size() != key_bytes)
        return fmt::format("the key has {} bytes, expected {}", entry.key.size(), key_bytes);
    if (entry.value.size() != value_bytes)
        return fmt::format("the value has {} bytes, expected {}", entry.value.size(), value_bytes);
    return std::nullopt;
}

ValueClause judge_key_size(const Entry& entry, std::size_t key_bytes) {
    if (entry.key.size() == key_bytes)
        return std::nullopt;
    return fmt::format("the key has {} bytes, expected {}", entry.key.size(), key_bytes);
}

ValueClause judge_closed(const Entry& entry) {
    return judge_key_size(entry, outpoint_bytes);
}
ValueClause judge_prune_log(const Entry& entry) {
    return judge_sizes(entry, sizeof(std::uint32_t), hash_bytes);
}
ValueClause judge_payment_hash(const Entry& entry) { // `nik`: the next invoice's number
    return judge_sizes(entry, entry.key == "nik" ? 3 : hash_bytes, sizeof(std::uint32_t));
}
ValueClause judge_channel_index(const Entry& entry) {
    return judge_sizes(entry, outpoint_bytes, channel_bytes);
}
ValueClause judge_edge_info(const Entry& entry) {
    if (auto fault = judge_key_size(entry, channel_bytes))
        return fault;
    return judge_value_is(entry.value.size() >= 2 * node_bytes && begins_with_node(entry.value),
                          entry, "a channel between two nodes");
}
// A time of 4 or 8 bytes, and the channel.
ValueClause judge_edge_update(const Entry& entry) {
    const bool is_one = entry.key.size() == 12 || entry.key.size() == 16;
    if (auto fault = judge_key_is(is_one, entry, "a time and a channel"))
        return fault;
    return judge_empty(entry.value);
}
ValueClause judge_policy(const Entry& entry) {
    const bool is_one = entry.key.size() == edge_bytes && begins_with_node(entry.key);
    return judge_key_is(is_one, entry, "a node and a channel");
}
ValueClause judge_node(const Entry& entry) {
    if (entry.key == "source")
        return judge_value_is(is_node(entry.value), entry, "a node's key");
    return judge_key_is(is_node(entry.key), entry, "a node's key");
}
ValueClause judge_anything(const Entry& /*entry*/) {
    return std::nullopt;
}

constexpr std::string_view channel = "open-chan-bucket/*/*/*";

constexpr std::array<Place, 17> places{{
    {.bucket = "metadata", .key = "dbp", .judge = judge_four_bytes, .shown = Shown::big_endian},
    {.bucket = "closed-chan-bucket", .key = "*", .judge = judge_closed},
    {.bucket = "outpoint-bucket", .key = "*", .judge = judge_closed},
    {.bucket = "graph-meta/prune-log",
     .key = "*",
     .judge = judge_prune_log,
     .key_shown = Shown::big_endian},
    {.bucket = "invoices/paymenthashes", .key = "*", .judge = judge_payment_hash},
    {.bucket = "graph-edge/chan-index",
     .key = "*",
     .judge = judge_channel_index,
     .shown = Shown::big_endian},
    {.bucket = "graph-edge/edge-index",
     .key = "*",
     .judge = judge_edge_info,
     .key_shown = Shown::big_endian},
    {.bucket = "graph-edge/edge-update-index", .key = "*", .judge = judge_edge_update},
    {.bucket = "graph-edge", .key = "*", .judge = judge_policy},
    {.bucket = "graph-node", .key = "*", .judge = judge_node},
    {.bucket = "payments-root-bucket/*",
     .key = "payment-sequence-key",
     .judge = judge_eight_bytes,
     .shown = Shown::big_endian},
    {.bucket = channel,
     .key = "chan-info-key",
     .judge = judge_anything,
     .shown = Shown::secret,
     .secret = "channel state",
     .is_telling = false},
    {.bucket = channel,
     .key = "chan-commitment-key*",
     .judge = judge_anything,
     .shown = Shown::secret,
     .secret = "commitment",
     .is_telling = false},
    {.bucket = channel,
     .key = "revocation-state-key",
     .judge = judge_anything,
     .shown = Shown::secret,
     .secret = "revocation secrets",
     .is_telling = false},
    {.bucket = channel,
     .key = "*",
     .judge = judge_anything,
     .shown = Shown::secret,
     .secret = "channel state",
     .is_telling = false},
    {.bucket = "payments-root-bucket/*",
     .key = "payment-creation-info",
     .judge = judge_anything,
     .shown = Shown::secret,
     .secret = "payment",
     .is_telling = false},
    {.bucket = "invoices",
     .key = "*",
     .judge = judge_anything,
     .shown = Shown::secret,
     .key_shown = Shown::big_endian,
     .secret = "invoice with its preimage",
     .is_telling = false},
}};

bool has_names(Names names) {
    return has(names, "open-chan-bucket") && has(names, "metadata");
}

// By sizes that no two buckets share. Of what could be two buckets' nothing is
// said: a channel must not get another one's state.
Home home_of_lnd_key(std::string_view key, std::string_view value) {
    if (key == "dbp" && value.size() == sizeof(std::uint32_t))
        return Path{"metadata"};
    if (key.size() == edge_bytes && begins_with_node(key))
        return Path{"graph-edge"};
    if (key.size() == outpoint_bytes && value.size() == channel_bytes)
        return Path{"graph-edge", "chan-index"};
    if (key.size() == 2 * channel_bytes && value.empty())
        return Path{"graph-edge", "edge-update-index"};
    if (key.size() == channel_bytes && value.size() >= 4 * node_bytes && begins_with_node(value) &&
        begins_with_node(value.substr(node_bytes)))
        return Path{"graph-edge", "edge-index"};
    constexpr std::size_t announcement_bytes_min = 64;
    const bool is_link = value.substr(0, 4 + node_bytes).ends_with(key); // of the bucket `nib`
    if (is_node(key) && value.size() >= announcement_bytes_min && !is_link)
        return Path{"graph-node"};
    if (key.size() == sizeof(std::uint32_t) && value.size() == hash_bytes)
        return Path{"graph-meta", "prune-log"};
    return std::nullopt;
}

bool are_all(Names names, std::size_t size) {
    return !names.empty() &&
           std::ranges::all_of(names, [=](std::string_view name) { return name.size() == size; });
}

Home home_of_lnd_bucket(std::string_view name, Names keys, Names buckets) {
    if (is_node(name) && keys.empty() && are_all(buckets, hash_bytes))
        return Path{"open-chan-bucket"};
    if (name.size() == hash_bytes && has(keys, "payment-sequence-key"))
        return Path{"payments-root-bucket"};
    return std::nullopt;
}

// The height of the newest block that was looked at. A reorganisation of the chain
// takes a few back: a hint.
std::optional<ValueAge> age_of_lnd(const Entry& entry) {
    if (entry.bucket.size() != 2 || entry.bucket[1] != "prune-log" ||
        entry.key.size() != sizeof(std::uint32_t))
        return std::nullopt;
    std::uint64_t height = 0;
    for (const char byte : entry.key)
        height = height << 8U | static_cast<unsigned char>(byte);
    return ValueAge{height, false};
}

bool is_graph(const Entry& at_home) {
    return at_home.bucket.front() == "graph-edge" && !at_home.value.empty();
}

} // namespace
} // namespace rebolt::schema::lnd

namespace rebolt::schema {

constinit const KnownOwner lnd_owner{.owner = Owner::lnd,
                                     .name = "lnd",
                                     .has_names = lnd::has_names,
                                     .places = lnd::places,
                                     .home_of_key = lnd::home_of_lnd_key,
                                     .home_of_bucket = lnd::home_of_lnd_bucket,
                                     .age_of = lnd::age_of_lnd,
                                     .is_proof = lnd::is_graph,
                                     .keeps_secrets = true};

} // namespace rebolt::schema
