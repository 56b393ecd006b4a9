// The data of a map's page: columns of numbers, one a page of the file, in base64.
#pragma once

#include <string>

#include <rebolt/file_map.hpp>

#include "report/document.hpp"

namespace rebolt::cli {

enum class MapKeys : unsigned char { shown, left_out };

/// Of `source`, of which `map` was made. Keys are cut to 64 bytes; of a file with too
/// many, the first of each page alone.
[[nodiscard]] report::Document map_json(const PageSource& source, const FileMap& map, MapKeys keys);

/// The text inside a <script> element: what could end it is escaped.
[[nodiscard]] std::string inside_script(std::string json);

} // namespace rebolt::cli
