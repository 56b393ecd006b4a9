// The whole content of a file, line by line as bboltpeer's `describe` prints it.
#pragma once

#include <string>
#include <string_view>

#include <rebolt/db.hpp>

namespace rebolt::test {

/// All buckets, sequences, statistics, keys and values, as JSON lines.
[[nodiscard]] Result<std::string> describe(const DB& db);

/// Hex in quotes, or of a long value its hash and length.
[[nodiscard]] std::string describe_value(std::string_view value);

} // namespace rebolt::test
