// Which signature a message, a line or a trace has.
#pragma once

#include <optional>
#include <string_view>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

/// A signature that only bbolt's own words have, wherever they stand in `text`.
[[nodiscard]] std::optional<Signature> signature_of_words(std::string_view text) noexcept;

/// A signature of a line that is no part of a trace: a lock that was not to be
/// had, a file that is not there, a file that is no database, a killed process.
[[nodiscard]] std::optional<Signature> signature_of_line(std::string_view line) noexcept;

/// The signature of a panic or fatal error: by its words, else by its words
/// and the frame where it happened. nullopt: it is not bbolt's.
[[nodiscard]] std::optional<Signature> signature_of_trace(const Trace& trace);

/// What a goroutine of a dump, which did not panic, may be stuck in.
[[nodiscard]] std::optional<Signature> signature_of_dump(const Trace& trace);

/// Whether a line begins a panic, a fatal error, or what Go prints before one.
[[nodiscard]] bool begins_trace(std::string_view line) noexcept;

/// The program that a trace's functions belong to: `dockerd`; empty if unknown.
[[nodiscard]] std::string_view program_of(const Trace& trace) noexcept;

/// The program that a lone line is about, by its words; empty if unknown.
[[nodiscard]] std::string_view program_of_line(std::string_view line) noexcept;

} // namespace rebolt::diagnose
