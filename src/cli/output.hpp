// Results on stdout, everything else on stderr.
#pragma once

#include <string>
#include <string_view>

#include <rebolt/error.hpp>

#include "cli/exit_code.hpp"
#include "report/trouble.hpp"

namespace rebolt::cli {

/// Writes to stdout, buffered. A write that fails is remembered for
/// finish_output(); output_failed() lets long commands stop early.
void print(std::string_view text);
[[nodiscard]] bool output_failed() noexcept;

/// Writes `rebolt: <text>` and a newline to stderr; a document does not show it.
void print_error(std::string_view text);
/// Says that memory ran out, without asking for any.
void print_out_of_memory() noexcept;
/// Writes a line to stderr as it is, for notes beside the result.
void print_note(std::string_view text);

using report::NextStep;

/// Tells the user what happened, where, and what to type next, and a document
/// too; returns the exit code that fits.
[[nodiscard]] ExitCode report(const Error& error);
/// The same, where the command knows better what to do next.
[[nodiscard]] ExitCode report(const Error& error, const NextStep& next);
/// The command line is wrong; returns `usage`.
[[nodiscard]] ExitCode report_usage(const std::string& message, const NextStep& next = {});
/// What to do about an error, beyond its own words.
[[nodiscard]] NextStep next_step(const Error& error);

/// Says on stderr, once, that what the command shows is not the whole newest
/// state of the file, and why; the program then exits with `damaged` where it
/// would have exited with `done`.
void tell_incomplete(std::string_view file, std::string_view why);
/// `code`, or `damaged` in place of `done` after tell_incomplete().
[[nodiscard]] ExitCode with_incomplete(ExitCode code) noexcept;

/// The answer is the exit code: finish_output() is true whatever became of stdout.
void let_output_fail() noexcept;
/// Flushes stdout. False if anything could not be written; a closed pipe is
/// silent, as the reader left on purpose.
[[nodiscard]] bool finish_output();

enum class ColorMode : unsigned char { automatic, always, never };

/// Whether stdout is to be coloured: `always`, or a terminal and no NO_COLOR.
void set_color_mode(ColorMode mode) noexcept;
/// `text` in red, yellow or green when colours are on.
[[nodiscard]] std::string red(std::string_view text);
[[nodiscard]] std::string yellow(std::string_view text);
[[nodiscard]] std::string green(std::string_view text);

} // namespace rebolt::cli
