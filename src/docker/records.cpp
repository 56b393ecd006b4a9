#include <rebolt/docker/records.hpp>

#include <utility>

#include <fmt/format.h>

#include "docker/go_json.hpp"
#include "docker/key.hpp"
#include "docker/record_fields.hpp"
#include "schema/libkv_value.hpp"

namespace rebolt::docker {
namespace {

using Parsed = std::expected<Record, RecordFault>;

constexpr std::size_t json_bytes_max = std::size_t{64} << 20U;

template <class T>
Parsed parse_as(T record, std::string_view json) {
    auto parsed = parse_go_json(json);
    if (!parsed)
        return std::unexpected(RecordFault{parsed.error(), false});
    Fields fields(*parsed, Fields::Direction::reading, decoding_of<T>);
    if (!fields.fault())
        visit(fields, record);
    if (fields.fault())
        return std::unexpected(*fields.fault());
    record.json = json;
    return record;
}

template <class T>
Parsed parse_driver_network(std::string_view driver, std::string_view json) {
    T record;
    record.driver = driver;
    return parse_as(std::move(record), json);
}

Parsed parse_kind(const KeyParts& parts, std::string_view json) {
    const std::string_view kind = parts.kind;
    if (kind == "network")
        return parse_as(Network{}, json);
    if (kind == "endpoint") {
        Endpoint endpoint;
        endpoint.network_id = parts.network_id;
        return parse_as(std::move(endpoint), json);
    }
    if (kind == "endpoint_count") {
        EndpointCount count;
        count.network_id = parts.id;
        return parse_as(std::move(count), json);
    }
    if (kind == "sandbox")
        return parse_as(Sandbox{}, json);
    if (kind == "bridge")
        return parse_as(BridgeNetwork{}, json);
    if (kind == "bridge-endpoint")
        return parse_as(BridgeEndpoint{}, json);
    for (const std::string_view driver : {"ipvlan", "macvlan", "overlay"}) {
        if (kind == fmt::format("{}/endpoint", driver))
            return parse_driver_network<DriverEndpoint>(driver, json);
        if (driver != "overlay" && kind == fmt::format("{}/network", driver))
            return parse_driver_network<VlanNetwork>(driver, json);
    }
    if (kind == "ipam/default/config") {
        AddressSpace space;
        space.name = parts.id;
        return parse_as(std::move(space), json);
    }
    if (kind == "idm" || kind.starts_with("ipam/default/data")) {
        BitSequence sequence;
        sequence.owner = kind;
        return parse_as(std::move(sequence), json);
    }
    return parse_as(OtherRecord{}, json);
}

template <class T>
std::string json_of(const T& record) {
    Json json = Json::object();
    if (!record.json.empty())
        if (auto parsed = parse_go_json(record.json))
            json = std::move(*parsed);
    if constexpr (std::is_same_v<T, OtherRecord> || std::is_same_v<T, Marker>)
        return record.json;
    T copy = record;
    const auto direction =
        record.json.empty() ? Fields::Direction::writing_new : Fields::Direction::writing;
    Fields fields(json, direction, decoding_of<T>);
    visit(fields, copy);
    return to_go_json(json);
}

std::string key_of_kind(const Network& network) {
    return make_key("network", network.id);
}
std::string key_of_kind(const Endpoint& endpoint) {
    return make_key("endpoint", endpoint.network_id, endpoint.id);
}
std::string key_of_kind(const EndpointCount& count) {
    return make_key("endpoint_count", count.network_id);
}
std::string key_of_kind(const Sandbox& sandbox) {
    return make_key("sandbox", sandbox.id);
}
std::string key_of_kind(const BridgeNetwork& network) {
    return make_key("bridge", network.id);
}
std::string key_of_kind(const BridgeEndpoint& endpoint) {
    return make_key("bridge-endpoint", endpoint.id);
}
std::string key_of_kind(const VlanNetwork& network) {
    return make_key(network.driver + "/network", network.id);
}
std::string key_of_kind(const DriverEndpoint& endpoint) {
    return make_key(endpoint.driver + "/endpoint", endpoint.id);
}
std::string key_of_kind(const RecordOrigin& record) {
    return record.key;
}

} // namespace

std::expected<Record, RecordFault> parse_record(std::string_view key, std::string_view value) {
    const auto parts = parts_of(key);
    if (!parts)
        return std::unexpected(RecordFault{"the key is none of libnetwork's", false});
    const auto stored = schema::parse_libkv_value(value);
    if (!stored)
        return std::unexpected(RecordFault{
            fmt::format("runtime error: slice bounds out of range [:8] with capacity {}",
                        value.size()),
            true});
    if (stored->payload.size() > json_bytes_max)
        return std::unexpected(RecordFault{"the value is larger than 64 MiB", false});
    Parsed record =
        stored->payload.empty() ? Parsed(Marker{}) : parse_kind(*parts, stored->payload);
    if (record)
        std::visit(
            [&](auto& found) {
                found.key = key;
                found.index = stored->index;
            },
            *record);
    return record;
}

std::string serialize(const Record& record) {
    return std::visit(
        [](const auto& one) {
            const std::string json = json_of(one);
            return schema::make_libkv_value({.index = one.index, .payload = json});
        },
        record);
}

std::string key_of(const Record& record) {
    return std::visit([](const auto& one) { return key_of_kind(one); }, record);
}

} // namespace rebolt::docker
