// Forms of small values that several owners share: ids, numbers, texts. A judge
// of the form ValueClause(const Entry&) can stand in a table of places.
#pragma once

#include <cstddef>
#include <string_view>

#include "schema/known_owner.hpp"

namespace rebolt::schema {

/// Exactly so many digits 0-9 and a-f.
[[nodiscard]] bool is_hex(std::string_view text, std::size_t digits) noexcept;
/// A number as strconv writes it: no sign, no leading zero, up to 20 digits.
[[nodiscard]] bool is_decimal(std::string_view text) noexcept;
/// 8-4-4-4-12 hex digits.
[[nodiscard]] bool is_uuid(std::string_view text) noexcept;
/// `sha256:` and 64 hex digits, or sha512's.
[[nodiscard]] bool is_digest(std::string_view text) noexcept;
/// No control characters; may be empty.
[[nodiscard]] bool is_text(std::string_view text) noexcept;

/// `expected an id of 64 hex digits, found ...`.
[[nodiscard]] ValueClause judge_key_is(bool is_so, const Entry& entry, std::string_view wanted);
[[nodiscard]] ValueClause judge_value_is(bool is_so, const Entry& entry, std::string_view wanted);

[[nodiscard]] ValueClause judge_text(const Entry& entry);
[[nodiscard]] ValueClause judge_decimal(const Entry& entry);
[[nodiscard]] ValueClause judge_object(const Entry& entry);      ///< a JSON object
[[nodiscard]] ValueClause judge_any_json(const Entry& entry);    ///< any JSON
[[nodiscard]] ValueClause judge_protobuf(const Entry& entry);    ///< a protobuf message
[[nodiscard]] ValueClause judge_four_bytes(const Entry& entry);  ///< a number of 4 bytes
[[nodiscard]] ValueClause judge_eight_bytes(const Entry& entry); ///< a number of 8 bytes
[[nodiscard]] ValueClause judge_no_value(const Entry& entry);    ///< the key is the record

} // namespace rebolt::schema
