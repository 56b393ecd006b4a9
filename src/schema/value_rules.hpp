// What judges a value. A judge sees one key and its value and never another, keeps
// no state, and may run on many threads.
//
// Rules for all judges:
// - A clause is returned only for bytes that the owner's program cannot have
//   written, by its source. What is not known is not judged.
// - Time and memory are linear in the value. Nothing recurses on content.
// - A clause is one printable line; the caller names page, bucket and key.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <rebolt/owner_rules.hpp>

namespace rebolt::schema {

/// What is wrong, as a clause, or nullopt.
using ValueClause = std::optional<std::string>;

/// The buckets above a key, outermost first.
using BucketPath = std::span<const std::string>;

/// A text from the file, printable and cut to a length that suits a clause.
[[nodiscard]] std::string shown(std::string_view text);

/// `expected no value, found 12 bytes`, for keys that stand for themselves.
[[nodiscard]] ValueClause judge_empty(std::string_view value);

} // namespace rebolt::schema
