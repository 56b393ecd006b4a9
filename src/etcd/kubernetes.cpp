#include <rebolt/etcd/kubernetes.hpp>

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include <rebolt/etcd/history.hpp>

#include "base/try.hpp"
#include "etcd/object_meta.hpp"
#include "schema/ordered_json.hpp"

namespace rebolt::etcd {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view protobuf_mark("k8s\0", 4);
constexpr std::string_view encrypted_mark = "k8s:enc:";
constexpr std::string_view cbor_mark = "\xd9\xd9\xf7";

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (end != 0)
            parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

// What the key tells where the value does not: `/registry/RESOURCE[/NAMESPACE]/NAME`,
// with the group before the resource for those that have one.
void name_by_key(ClusterObject& object) {
    const auto parts = parts_of(object.key, '/');
    if (object.key.empty() || object.key.front() != '/' || parts.size() < 3) {
        object.name = object.key;
        return;
    }
    std::size_t resource = 1;
    if (parts[1].find('.') != std::string_view::npos && parts.size() > 3)
        resource = 2;
    if ((parts[1] == "services" && (parts[2] == "specs" || parts[2] == "endpoints")) &&
        parts.size() > 3)
        resource = 2;
    object.kind = parts[resource];
    object.name = parts.back();
    if (parts.size() > resource + 2)
        object.name_space = parts[resource + 1];
}

// `aescbc:v1:key1:` or `kms:v2:name:`, behind the mark.
void read_encrypted(ClusterObject& object) {
    object.encoding = ObjectEncoding::encrypted;
    std::string_view rest = object.stored.substr(encrypted_mark.size());
    std::array<std::string, 3> words;
    for (std::string& word : words) {
        const std::size_t end = rest.find(':');
        if (end == std::string_view::npos)
            return;
        word = rest.substr(0, end);
        rest.remove_prefix(end + 1);
    }
    object.provider = words[0] == "kms" ? words[0] + " " + words[1] : words[0];
    object.key_name = words[2];
}

std::string text_at(const OrderedJson& json, const char* name) {
    return json.is_object() && json.contains(name) && json[name].is_string()
               ? json[name].get<std::string>()
               : std::string();
}

bool read_json(ClusterObject& object) {
    const auto parsed = schema::parse_ordered_json(object.stored);
    if (!parsed || !parsed->is_object() || !parsed->contains("kind"))
        return false;
    const OrderedJson& json = *parsed;
    object.encoding = ObjectEncoding::json;
    object.api_version = text_at(json, "apiVersion");
    object.kind = text_at(json, "kind");
    if (!json.contains("metadata"))
        return true;
    const OrderedJson& metadata = json["metadata"];
    if (const std::string name = text_at(metadata, "name"); !name.empty()) {
        object.name = name;
        object.name_space = text_at(metadata, "namespace");
    }
    if (metadata.is_object() && metadata.contains("labels") && metadata["labels"].is_object())
        for (const auto& [label, value] : metadata["labels"].items())
            if (value.is_string())
                object.labels[label] = value.get<std::string>();
    return true;
}

bool read_protobuf(ClusterObject& object) {
    const auto envelope = read_envelope(object.stored.substr(protobuf_mark.size()));
    if (!envelope || envelope->kind.empty())
        return false;
    object.encoding = ObjectEncoding::protobuf;
    object.api_version = envelope->api_version;
    object.kind = envelope->kind;
    const ObjectMeta meta = read_object_meta(envelope->raw);
    if (!meta.name.empty()) {
        object.name = meta.name;
        object.name_space = meta.name_space;
    }
    object.labels = meta.labels;
    return true;
}

} // namespace

std::string_view name_of(ObjectEncoding encoding) noexcept {
    constexpr std::array<std::string_view, 5> names{"protobuf", "json", "cbor", "encrypted",
                                                    "plain"};
    return names[static_cast<std::size_t>(encoding)];
}

std::string_view name_of(SecretValues values) noexcept {
    return values == SecretValues::shown ? "shown" : "redacted";
}

ClusterObject object_of(std::string_view key, std::string_view value, std::int64_t revision) {
    ClusterObject object;
    object.key = key;
    object.stored = value;
    object.revision = revision;
    name_by_key(object);
    if (value.starts_with(encrypted_mark))
        read_encrypted(object);
    else if (value.starts_with(cbor_mark))
        object.encoding = ObjectEncoding::cbor;
    else if (value.starts_with(protobuf_mark))
        read_protobuf(object);
    else if (value.starts_with('{'))
        read_json(object);
    return object;
}

Result<std::vector<ClusterObject>> cluster_objects(const DatabaseState& state,
                                                   std::int64_t revision) {
    const auto keys = TRY(keys_at(state, revision));
    std::vector<ClusterObject> objects;
    objects.reserve(keys.size());
    for (const auto& [key, change] : keys)
        objects.push_back(object_of(key, change.value.value, change.revision.main));
    return objects;
}

std::string export_path_of(const ClusterObject& object) {
    const auto safe = [](const std::string& name) {
        std::string text;
        for (const char byte : name) {
            const bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                                  (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' ||
                                  (byte == '.' && !text.empty());
            if (is_plain) {
                text += byte;
                continue;
            }
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto code = static_cast<unsigned char>(byte);
            text += '%';
            text += digits[code >> 4U];
            text += digits[code & 15U];
        }
        return text.empty() ? std::string("_") : text.substr(0, 240);
    };
    std::string path = safe(object.kind) + "/";
    if (!object.name_space.empty())
        path += safe(object.name_space) + "/";
    return path + safe(object.name) + ".yaml";
}

} // namespace rebolt::etcd
