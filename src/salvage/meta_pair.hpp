// MetaPair: both meta pages as they stand in the file.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include <rebolt/page_source.hpp>

namespace rebolt::salvage {

/// Both metas as they stand there.
struct MetaPair {
    std::array<std::optional<format::MetaFields>, 2>
        fields{};                         ///< empty: not in the file, unreadable
    std::array<bool, 2> is_valid{};       ///< magic, version, checksum, size
    std::optional<std::size_t> current{}; ///< the one that bbolt uses

    [[nodiscard]] const format::MetaFields& current_fields() const { return *fields[*current]; }
    [[nodiscard]] std::size_t other() const { return 1 - *current; }
};
[[nodiscard]] MetaPair read_metas(const PageSource& source);

/// Errors: invalid_argument if there is no valid meta.
[[nodiscard]] Result<MetaPair> must_have_meta(const PageSource& source);

} // namespace rebolt::salvage
