// The whole content of a file, line by line as bboltpeer's `describe` prints it.
#pragma once

#include <string>

#include <rebolt/db.hpp>

namespace rebolt::test {

/// All buckets, sequences, statistics, keys and values, as JSON lines.
[[nodiscard]] Result<std::string> describe(const DB& db);

} // namespace rebolt::test
