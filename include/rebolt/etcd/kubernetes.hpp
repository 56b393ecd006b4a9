// kubernetes: the objects that an API server keeps in etcd, read without it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/etcd/database.hpp>
#include <rebolt/result.hpp>

namespace rebolt::etcd {

/// How an object is stored.
enum class ObjectEncoding : std::uint8_t {
    protobuf,  ///< built-in kinds, behind `k8s` and a zero byte
    json,      ///< custom resources, and what old releases wrote
    cbor,      ///< not decoded
    encrypted, ///< `k8s:enc:PROVIDER:VERSION:KEYNAME:`: not readable without the key
    plain,     ///< none of these: `compact_rev_key`
};
/// `protobuf`, `json`, …
[[nodiscard]] std::string_view name_of(ObjectEncoding encoding) noexcept;

/// One object. Views are the database's.
struct ClusterObject {
    std::string_view key; ///< of etcd: `/registry/pods/default/web-0`
    std::string_view stored;
    std::int64_t revision = 0; ///< its resourceVersion
    ObjectEncoding encoding = ObjectEncoding::plain;
    std::string api_version;
    std::string kind; ///< of an encrypted one: the resource in its key
    std::string name_space;
    std::string name;
    std::map<std::string, std::string> labels;
    std::string provider; ///< encrypted: `aescbc`, `kms v2`, …
    std::string key_name; ///< encrypted: of the key
};

/// What one key holds. Never fails: what is not known is `plain`.
/// Cost: O(value).
[[nodiscard]] ClusterObject object_of(std::string_view key, std::string_view value,
                                      std::int64_t revision);
/// All objects as of a revision (0: the newest), in the order of their keys. Errors:
/// invalid_argument (compacted, or not reached). Cost: O(records).
[[nodiscard]] Result<std::vector<ClusterObject>> cluster_objects(const DatabaseState& state,
                                                                 std::int64_t revision = 0);

/// Whether the values of Secrets are shown, or how long they are.
enum class SecretValues : std::uint8_t { redacted, shown };
/// `redacted`, `shown`.
[[nodiscard]] std::string_view name_of(SecretValues values) noexcept;

/// The object as YAML, with the names that the API has. JSON is shown in full, and so is
/// a built-in kind; fields without a known name follow as comments. Of a built-in kind
/// whose fields are not known: its metadata, all fields by their numbers, and the stored
/// bytes in base64; of others the stored bytes. Nothing is left out but the values of
/// Secrets. Cost: O(value).
[[nodiscard]] std::string yaml_of(const ClusterObject& object,
                                  SecretValues values = SecretValues::redacted);
/// A Secret that can be read: yaml_of redacts it.
[[nodiscard]] bool has_secret_values(const ClusterObject& object);

/// `Pod/default/web-0.yaml`: where an export puts it; no part of it leaves the
/// folder, whatever the names are.
[[nodiscard]] std::string export_path_of(const ClusterObject& object);
/// Writes an object's YAML below a folder, and makes the folders on the way.
/// Errors: invalid_argument (a file is there already), io, permission_denied.
Result<void> export_object(const ClusterObject& object, const std::string& folder,
                           SecretValues values = SecretValues::redacted);

} // namespace rebolt::etcd
