// What a file is that is no bbolt database: told by its first bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <rebolt/bytes.hpp>

namespace rebolt {

struct ForeignFile {
    std::string_view name; ///< `gzip`, `SQLite database`, `web page (HTML)`, …
    /// The command that helps, with FILE for the file's name; empty: none.
    std::string_view command;
    /// Where a database begins in the file, if one is seen near its beginning.
    std::optional<std::uint64_t> database_at = std::nullopt;
};

/// Formats that are met where a bolt file should be: compressed copies, archives,
/// other databases, failed downloads; and a bolt file with some bytes before it.
/// nullopt: not known. Cost: O(1): at most the first MiB is looked at.
[[nodiscard]] std::optional<ForeignFile> foreign_file(Bytes file);

} // namespace rebolt
