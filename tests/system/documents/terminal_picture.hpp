// A terminal as an SVG picture: commands, and what they printed, in colour.
#pragma once

#include <string>
#include <vector>

namespace rebolt::documents {

struct TerminalLine {
    std::string text; ///< may hold SGR sequences for red, yellow and green
    bool is_command = false;
};

/// The picture, as wide as the longest line. Lines beyond 100 columns are cut.
[[nodiscard]] std::string terminal_picture(const std::vector<TerminalLine>& lines);

} // namespace rebolt::documents
