// Errors of opening or writing a bolt file, in lines that are no crash.
#pragma once

#include <optional>
#include <string_view>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

/// What the lines before tell that helps to read the next one.
struct LineContext {
    std::string_view program;  ///< who wrote the line; or empty
    bool is_file_near = false; ///< a line shortly before names a database file
    bool is_in_bolt = false;   ///< it is the message of a panic in bbolt's own code
};

/// A lock that was not to be had, a file that is no database, an error of the
/// system on a bolt file. A text that other programs use too counts only beside
/// a bolt file's path or words that open a database. Cost: O(line).
[[nodiscard]] std::optional<Signature> open_error_in(std::string_view line,
                                                     const LineContext& context);

/// Whether the line has the text of such an error at all. Cost: O(line).
[[nodiscard]] bool has_error_text(std::string_view line);

/// Whether the line is the error's text alone, so that nothing tells whose it is.
[[nodiscard]] bool is_bare_error(std::string_view line);

} // namespace rebolt::diagnose
