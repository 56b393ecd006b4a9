// Which paths are those of bbolt files.
#pragma once

#include <cstdint>
#include <string_view>

namespace rebolt::diagnose {

enum class PathSort : std::uint8_t {
    none,     ///< no database, or one of another kind
    possible, ///< ends in `.db`, which other databases do too
    bolt,     ///< a name that only bbolt's users give
};
[[nodiscard]] PathSort sort_of_path(std::string_view path) noexcept;

/// Whether a line speaks of a database of another kind: SQLite, rpm, neo4j.
[[nodiscard]] bool is_of_other_database(std::string_view line) noexcept;

} // namespace rebolt::diagnose
