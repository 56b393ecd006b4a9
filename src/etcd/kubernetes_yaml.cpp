// yaml_of: objects as YAML. Strings are written as JSON writes them, which is YAML
// too, so that no text can be taken for something else.
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <rebolt/bytes.hpp>
#include <rebolt/etcd/kubernetes.hpp>

#include "base/base64.hpp"
#include "base/try.hpp"
#include "etcd/kubernetes_decode.hpp"
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

// What stands for bytes that are not shown.
std::string redacted(std::size_t bytes) {
    return fmt::format("<redacted, {} bytes>", bytes);
}

bool is_secret(const ClusterObject& object) {
    return (object.api_version == "v1" && object.kind == "Secret") ||
           object.key.find("/secrets/") != std::string_view::npos;
}

void redact_values(OrderedJson& object, const char* name) {
    if (!object.is_object() || !object.contains(name))
        return;
    OrderedJson& values = object[name];
    if (!values.is_object())
        values = redacted(0);
    for (OrderedJson& value : values) {
        const std::string text = value.is_string() ? value.get<std::string>() : "";
        value = redacted(from_base64(text).value_or(text).size());
    }
}

// kubectl keeps a copy of what was applied, values and all, in an annotation.
void redact_secret(OrderedJson& json) {
    constexpr const char* applied = "kubectl.kubernetes.io/last-applied-configuration";
    redact_values(json, "data");
    redact_values(json, "stringData");
    if (!json.contains("metadata") || !json["metadata"].is_object())
        return;
    OrderedJson& metadata = json["metadata"];
    if (!metadata.contains("annotations") || !metadata["annotations"].is_object())
        return;
    for (auto& [name, value] : metadata["annotations"].items())
        if (name == applied)
            value = redacted(value.is_string() ? value.get_ref<const std::string&>().size() : 0);
}

// The metadata's revision is etcd's: the stored message has none.
void set_revision(OrderedJson& json, std::int64_t revision) {
    if (!json.contains("metadata") || json["metadata"].is_object())
        json["metadata"]["resourceVersion"] = std::to_string(revision);
}

std::string value_text(const UnnamedValue& value, bool is_hidden) {
    if (is_hidden)
        return redacted(value.stored.size());
    if (value.is_number)
        return std::to_string(value.integer);
    return is_text(value.stored) ? json_string(value.stored) : "base64 " + to_base64(value.stored);
}

// Fields that no name is known for, as comments.
std::string unnamed_text(const DecodedMessage& decoded, bool is_hidden) {
    std::string text;
    if (!decoded.is_complete())
        text += "# Stored fields without a known name, or damaged:\n";
    for (const UnnamedValue& value : decoded.unnamed)
        text += fmt::format("#   {}: {}\n", json_string(value.path), value_text(value, is_hidden));
    return text;
}

// Of a kind that the table does not have.
DecodedMessage decode_metadata(std::string_view raw) {
    DecodedMessage decoded;
    decoded.json["metadata"] =
        std::move(decode_message(object_meta_message(), read_bytes(raw, 1)).json);
    return decoded;
}

std::string numbered_text(std::string_view raw) {
    std::string text = "# All fields of the stored message, by their numbers:\n";
    for (const NumberedField& field : numbered_fields(raw))
        text +=
            fmt::format("#   {}: {}\n", field.path,
                        field.integer ? std::to_string(*field.integer) : json_string(field.bytes));
    return text;
}

std::string protobuf_yaml(const ClusterObject& object, SecretValues values) {
    const auto envelope = read_envelope(object.stored.substr(4));
    const bool is_hidden = values == SecretValues::redacted && is_secret(object);
    const ApiMessage* message = envelope->content_encoding.empty()
                                    ? message_of_kind(object.api_version, object.kind)
                                    : nullptr;
    DecodedMessage decoded = message != nullptr ? decode_message(*message, envelope->raw)
                                                : decode_metadata(envelope->raw);
    OrderedJson json{{"apiVersion", object.api_version}, {"kind", object.kind}};
    json.update(decoded.json);
    set_revision(json, object.revision);
    if (is_hidden)
        redact_secret(json);
    std::string text = YamlWriter().write(json) + unnamed_text(decoded, is_hidden);
    if (message != nullptr && decoded.is_complete() && envelope->is_all)
        return text;
    if (is_hidden)
        return text + "# Stored bytes: " + redacted(object.stored.size()) + "\n";
    if (message == nullptr)
        text += numbered_text(envelope->raw);
    return text + "# Stored bytes, base64: " + to_base64(object.stored) + "\n";
}

std::string raw_yaml(const ClusterObject& object, SecretValues values) {
    std::string text = fmt::format("# {} of etcd key {}, revision {}\n", name_of(object.encoding),
                                   json_string(object.key), object.revision);
    if (object.encoding == ObjectEncoding::encrypted)
        text += fmt::format("# encrypted with {}, key {}\n", json_string(object.provider),
                            json_string(object.key_name));
    OrderedJson json = OrderedJson::object();
    json["key"] = std::string(object.key);
    const bool is_hidden = values == SecretValues::redacted && is_secret(object) &&
                           object.encoding != ObjectEncoding::encrypted;
    json["stored"] = is_hidden ? redacted(object.stored.size()) : to_base64(object.stored);
    return text + YamlWriter().write(json);
}

} // namespace

Result<void> export_object(const ClusterObject& object, const std::string& folder,
                           SecretValues values) {
    const std::filesystem::path path = folder + "/" + export_path_of(object);
    std::error_code failed;
    std::filesystem::create_directories(path.parent_path(), failed);
    if (failed)
        return io::system_error(failed.value(), "cannot make the folder",
                                path.parent_path().string());
    if (std::filesystem::exists(std::filesystem::symlink_status(path, failed)))
        return Error(ErrorCode::invalid_argument, "there is a file already").in_file(path.string());
    auto file = TRY(io::NewFile::create(path.string(), 0600));
    TRY(file.append(as_bytes(yaml_of(object, values))));
    return file.put_in_place_unsynced();
}

std::string yaml_of(const ClusterObject& object, SecretValues values) {
    if (object.encoding == ObjectEncoding::protobuf)
        return protobuf_yaml(object, values);
    if (object.encoding != ObjectEncoding::json)
        return raw_yaml(object, values);
    auto json = schema::parse_ordered_json(object.stored); // indented, a deep one has no end
    if (!json || !json->is_object())
        return raw_yaml(object, values);
    set_revision(*json, object.revision);
    if (values == SecretValues::redacted && is_secret(object))
        redact_secret(*json);
    return YamlWriter().write(*json);
}

bool has_secret_values(const ClusterObject& object) {
    return is_secret(object) && object.encoding != ObjectEncoding::encrypted;
}

} // namespace rebolt::etcd
