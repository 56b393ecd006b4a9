// What `rebolt browse` shows: lists that open into lists. Knows no terminal.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <rebolt/file_map.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt::cli {

/// A list; its rows are made when they are shown.
struct BrowserList {
    std::string title;
    std::uint64_t rows = 0;
    /// A row as one printable line.
    std::function<std::string(std::uint64_t)> text;
    /// What is inside a row; nullopt: nothing more.
    std::function<std::optional<BrowserList>(std::uint64_t)> open;
};

/// Buckets of both states with their keys and values, pages, findings. Believes nothing
/// of what is in the file. Both arguments must outlive the lists.
[[nodiscard]] BrowserList browse_file(const PageSource& source, const FileMap& map);

} // namespace rebolt::cli
