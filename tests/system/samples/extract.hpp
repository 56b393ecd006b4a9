// Finds the C++ samples of the documentation, and makes one test program of them.
//
// Samples are the ```cpp blocks of Markdown pages and, in headers, indented
// blocks of the opening comment and blocks between `@code` and `@endcode`. A
// sample that has a main() is a whole program. Any other is the inside of a
// function that returns Result<void>; types that it defines at its left margin
// are put before that function.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::samples {

struct Sample {
    std::string document; ///< its path from the project's root
    std::size_t line = 0; ///< of the sample's first line, from 1
    std::vector<std::string> lines;
};

/// The samples of a page (`.md`) or a header, in order.
[[nodiscard]] std::vector<Sample> samples_in(const std::string& document, std::string_view text);

/// A source file with one test a sample. Compiler errors name the document.
[[nodiscard]] std::string test_program(const std::vector<Sample>& samples);

} // namespace rebolt::samples
