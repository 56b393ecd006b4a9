// yaml_of: objects as YAML. Strings are written as JSON writes them, which is YAML
// too, so that no text can be taken for something else.
#include <array>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <rebolt/bytes.hpp>
#include <rebolt/etcd/kubernetes.hpp>

#include "base/base64.hpp"
#include "base/try.hpp"
#include "etcd/object_meta.hpp"
#include "io/new_file.hpp"
#include "schema/ordered_json.hpp"

namespace rebolt::etcd {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string json_string(std::string_view text) {
    return OrderedJson(std::string(text))
        .dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

bool is_plain_key(const std::string& key) {
    return !key.empty() &&
           key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                                 "WXYZ0123456789_-./") == std::string::npos &&
           key.front() > '9' && key != "null" && key != "true" && key != "false" && key != "yes" &&
           key != "no" && key != "on" && key != "off" && key != "y" && key != "n";
}

std::string key_of(const std::string& key) {
    return is_plain_key(key) ? key : json_string(key);
}

// Block style, with a stack of its own: the value decides how deep it is.
class YamlWriter {
public:
    std::string write(const OrderedJson& root) {
        open_.push_back({&root, root.begin(), 0});
        while (!open_.empty()) {
            Open& top = open_.back();
            if (top.at == top.node->end()) {
                open_.pop_back();
                continue;
            }
            const OrderedJson& value = *top.at;
            const std::string head = top.node->is_object() ? key_of(top.at.key()) + ":" : "-";
            text_ += std::string(2 * top.depth, ' ') + head;
            ++top.at;
            const std::size_t depth = top.depth + 1;
            if (value.is_structured() && !value.empty()) {
                text_ += "\n";
                open_.push_back({&value, value.begin(), depth}); // `top` is gone now
            } else {
                text_ +=
                    " " + value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
            }
        }
        return std::move(text_);
    }

private:
    struct Open {
        const OrderedJson* node;
        OrderedJson::const_iterator at;
        std::size_t depth;
    };
    std::vector<Open> open_;
    std::string text_;
};

OrderedJson map_json(const std::map<std::string, std::string>& entries, bool is_base64) {
    OrderedJson json = OrderedJson::object();
    auto& members = json.get_ref<OrderedJson::object_t&>();
    for (const auto& [key, value] : entries) // json[key] would search among all before it
        members.emplace_back(key, is_base64 ? to_base64(value) : value);
    return json;
}

OrderedJson metadata_json(const ObjectMeta& meta, std::int64_t revision) {
    OrderedJson json = OrderedJson::object();
    json["name"] = meta.name;
    if (!meta.name_space.empty())
        json["namespace"] = meta.name_space;
    if (!meta.uid.empty())
        json["uid"] = meta.uid;
    if (!meta.creation_time.empty())
        json["creationTimestamp"] = meta.creation_time;
    json["resourceVersion"] = std::to_string(revision);
    if (!meta.labels.empty())
        json["labels"] = map_json(meta.labels, false);
    if (!meta.annotations.empty())
        json["annotations"] = map_json(meta.annotations, false);
    return json;
}

// Which field of a kind's message is a map of data, and how its values are shown.
struct DataField {
    std::string_view kind;
    std::uint64_t number;
    const char* name;
    bool is_base64;
};
constexpr std::array<DataField, 3> data_fields{{{"ConfigMap", 2, "data", false},
                                                {"ConfigMap", 3, "binaryData", true},
                                                {"Secret", 2, "data", true}}};

std::string protobuf_yaml(const ClusterObject& object) {
    const auto envelope = read_envelope(object.stored.substr(4));
    OrderedJson json = OrderedJson::object();
    json["apiVersion"] = object.api_version;
    json["kind"] = object.kind;
    json["metadata"] = metadata_json(read_object_meta(envelope->raw), object.revision);
    if (object.api_version == "v1")
        for (const DataField& field : data_fields)
            if (field.kind == object.kind)
                if (const auto entries = read_map(envelope->raw, field.number); !entries.empty())
                    json[field.name] = map_json(entries, field.is_base64);
    if (object.api_version == "v1" && object.kind == "Secret")
        json["type"] = std::string(read_bytes(envelope->raw, 3));
    std::string text = YamlWriter().write(json);
    text += "# All fields of the stored message, by their numbers:\n";
    for (const NumberedField& field : numbered_fields(envelope->raw))
        text +=
            fmt::format("#   {}: {}\n", field.path,
                        field.integer ? std::to_string(*field.integer) : json_string(field.bytes));
    return text + "# Stored bytes, base64: " + to_base64(object.stored) + "\n";
}

std::string raw_yaml(const ClusterObject& object) {
    std::string text = fmt::format("# {} of etcd key {}, revision {}\n", name_of(object.encoding),
                                   json_string(object.key), object.revision);
    if (object.encoding == ObjectEncoding::encrypted)
        text += fmt::format("# encrypted with {}, key {}\n", json_string(object.provider),
                            json_string(object.key_name));
    OrderedJson json = OrderedJson::object();
    json["key"] = std::string(object.key);
    json["stored"] = to_base64(object.stored);
    return text + YamlWriter().write(json);
}

} // namespace

Result<void> export_object(const ClusterObject& object, const std::string& folder) {
    const std::filesystem::path path = folder + "/" + export_path_of(object);
    std::error_code failed;
    std::filesystem::create_directories(path.parent_path(), failed);
    if (failed)
        return io::system_error(failed.value(), "cannot make the folder",
                                path.parent_path().string());
    if (std::filesystem::exists(std::filesystem::symlink_status(path, failed)))
        return Error(ErrorCode::invalid_argument, "there is a file already").in_file(path.string());
    auto file = TRY(io::NewFile::create(path.string(), 0600));
    TRY(file.append(as_bytes(yaml_of(object))));
    return file.put_in_place_unsynced();
}

std::string yaml_of(const ClusterObject& object) {
    if (object.encoding == ObjectEncoding::protobuf)
        return protobuf_yaml(object);
    if (object.encoding != ObjectEncoding::json)
        return raw_yaml(object);
    auto json = schema::parse_ordered_json(object.stored); // indented, a deep one has no end
    if (!json || !json->is_object())
        return raw_yaml(object);
    if (json->contains("metadata") && (*json)["metadata"].is_object())
        (*json)["metadata"]["resourceVersion"] = std::to_string(object.revision);
    return YamlWriter().write(*json);
}

} // namespace rebolt::etcd
