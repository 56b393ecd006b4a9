#include "cli/shell_quoted.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace rebolt::cli {

std::string shell_quoted(const std::string& path) {
    const bool plain = !path.empty() && std::ranges::all_of(path, [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("/._-+:@%").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (plain)
        return path;
    std::string quoted = "'";
    for (const char c : path)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

} // namespace rebolt::cli
