// The programs that use bbolt, by name, by their code and by their words.
#pragma once

#include <string_view>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

/// Whether a program of this name uses bbolt files: `dockerd`.
[[nodiscard]] bool is_known_program(std::string_view name) noexcept;

/// The program that a trace's functions belong to: `dockerd`; empty if unknown.
[[nodiscard]] std::string_view program_of(const Trace& trace) noexcept;
/// The same of one function.
[[nodiscard]] std::string_view program_of(const Frame& frame) noexcept;

/// The program that a lone line is about, by its words; empty if unknown.
[[nodiscard]] std::string_view program_of_line(std::string_view line) noexcept;

/// The program that surely wrote a line with its own words: `etcd` of
/// `etcdmain: …`; empty for most lines. Cost: O(line).
[[nodiscard]] std::string_view program_that_says(std::string_view line);

} // namespace rebolt::diagnose
