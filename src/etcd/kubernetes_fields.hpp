// Which fields the messages of Kubernetes' kinds have. The table is data,
// kubernetes_fields.txt, made of Kubernetes' own definitions.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace rebolt::etcd {

/// How a field's value is stored, and what it becomes in JSON.
enum class ApiType : std::uint8_t {
    text,          ///< a string
    bytes,         ///< base64
    boolean,       ///< a varint
    integer,       ///< a varint, signed
    real,          ///< eight bytes
    time,          ///< RFC 3339
    micro_time,    ///< the same, with microseconds
    quantity,      ///< `100Mi`
    int_or_string, ///< one of the two
    json,          ///< JSON text as it is stored
    texts,         ///< a message that is a list of strings
    message,       ///< fields of its own
};

enum class ApiShape : std::uint8_t {
    single,
    list,
    map,     ///< by text
    inlined, ///< its fields are its parent's
};

struct ApiMessage;

struct ApiField {
    std::uint64_t number = 0;
    std::string_view name; ///< in JSON
    ApiType type = ApiType::text;
    ApiShape shape = ApiShape::single;
    bool is_shown_if_zero = false;       ///< zero is not the same as absent
    const ApiMessage* message = nullptr; ///< of a `message`; never null then
};

struct ApiMessage {
    std::string_view name; ///< `core/v1.PodSpec`
    std::vector<ApiField> fields;

    /// nullptr if there is none of this number.
    [[nodiscard]] const ApiField* field(std::uint64_t number) const;
};

/// The message of a kind; nullptr if the table does not have it. Cost: O(log kinds), and
/// the first call reads the table.
[[nodiscard]] const ApiMessage* message_of_kind(std::string_view api_version,
                                                std::string_view kind);
/// The metadata of every object.
[[nodiscard]] const ApiMessage& object_meta_message();

/// The table as text.
[[nodiscard]] std::string_view kubernetes_fields_text() noexcept;

} // namespace rebolt::etcd
