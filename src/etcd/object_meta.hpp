// Kubernetes' protobuf: the envelope around every built-in object, and the metadata
// that all of them begin with.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::etcd {

/// runtime.Unknown.
struct Envelope {
    std::string api_version;
    std::string kind;
    std::string_view raw; ///< the object's own message
    std::string content_encoding;
    std::string content_type;
    bool is_all = false; ///< it has no other fields
};
[[nodiscard]] std::optional<Envelope> read_envelope(std::string_view message);

/// What of meta.v1.ObjectMeta an object is found by.
struct ObjectMeta {
    std::string name;
    std::string name_space;
    std::map<std::string, std::string> labels;
};
/// Field 1 of the object's message.
[[nodiscard]] ObjectMeta read_object_meta(std::string_view raw);

/// The last value of a bytes field; empty if it is not there.
[[nodiscard]] std::string_view read_bytes(std::string_view message, std::uint64_t number);

/// Printable ASCII, tabs and line ends.
[[nodiscard]] bool is_text(std::string_view bytes);

/// A field of a message of which no definition is known.
struct NumberedField {
    std::string path; ///< numbers from the outermost down: `2.1.4`
    std::optional<std::uint64_t> integer;
    std::string_view bytes; ///< text, or neither text nor a message
};
/// All fields, those of messages inside it too, in their order. Bytes that read as
/// text are text, others a message if they read as one. Cost: O(message).
[[nodiscard]] std::vector<NumberedField> numbered_fields(std::string_view message);

} // namespace rebolt::etcd
