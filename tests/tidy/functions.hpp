// Finds functions in C++ text by their braces, for the rule on their length.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rebolt::tidy {

struct FunctionPlace {
    std::size_t first_line; ///< of the signature, counted from 1
    std::size_t line_count; ///< from there to the closing brace
};

/// The text with comments, literals and preprocessor lines blanked, so that
/// what is left of braces and words is code. Line ends stay where they are.
[[nodiscard]] std::string code_only(const std::vector<std::string>& lines);

/// Functions at any indentation: free, members, tests, with signatures of any
/// number of lines. What stands inside a function (lambdas, local types) counts
/// as part of it. Relies on clang-format's space before a body's brace, which an
/// initializer (`a_{1}`) does not have.
[[nodiscard]] std::vector<FunctionPlace> functions_of(const std::vector<std::string>& lines);

} // namespace rebolt::tidy
