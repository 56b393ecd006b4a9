#include "cli/output.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <unistd.h>

#include <fmt/format.h>

#include "cli/json_output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

int write_error = 0; // errno of the first write that failed
bool use_color = false;
bool is_incomplete = false;
bool may_output_fail = false;

std::string colored(std::string_view text, const char* code) {
    return use_color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

ExitCode exit_code_of(const Error& error) {
    if (error.code() == ErrorCode::cancelled)
        return ExitCode::cancelled;
    if (error.code() != ErrorCode::damaged || error.finding() == nullptr)
        return ExitCode::failed;
    const FindingCode code = error.finding()->code;
    return code == FindingCode::not_a_bolt_file || code == FindingCode::foreign_byte_order
               ? ExitCode::failed
               : ExitCode::damaged;
}

// `To see all damage: rebolt check FILE`, or a sentence that is a line by itself.
std::string line_of(const NextStep& next) {
    return next.command.empty() ? next.advice : next.advice + ": " + next.command;
}

} // namespace

void print(std::string_view text) {
    if (write_error == 0 && std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
        write_error = errno;
}

bool output_failed() noexcept {
    return write_error != 0;
}

void print_error(std::string_view text) {
    print_note(fmt::format("rebolt: {}", text));
}

void print_out_of_memory() noexcept {
    std::fputs("rebolt: out of memory\n", stderr);
}

void print_note(std::string_view text) {
    std::fflush(stdout); // what was read before stands before it
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fputc('\n', stderr);
}

void tell_incomplete(std::string_view file, std::string_view why) {
    if (is_incomplete)
        return;
    is_incomplete = true;
    set_json_incomplete(std::string(why));
    print_note(fmt::format("rebolt: {}: {}; what is shown may not be all. To see what is wrong: "
                           "rebolt check {}",
                           printable(file), printable(why), shell_quoted(std::string(file))));
}

ExitCode with_incomplete(ExitCode code) noexcept {
    return is_incomplete && code == ExitCode::done ? ExitCode::damaged : code;
}

NextStep next_step(const Error& error) {
    const ErrorCode code = error.code();
    if (code == ErrorCode::damaged || code == ErrorCode::sync_failed)
        return {"To see all damage", "rebolt check " + shell_quoted(error.file())};
    if (code == ErrorCode::lock_timeout)
        return {"Stop that program, wait longer with --timeout, or read beside it with --live."};
    if (code == ErrorCode::permission_denied)
        return {"Run it as a user who may use the file, or with sudo."};
    if (code == ErrorCode::bucket_not_found)
        return {"To see the buckets", "rebolt buckets " + shell_quoted(error.file())};
    return {};
}

ExitCode report(const Error& error) {
    return report(error, next_step(error));
}

ExitCode report(const Error& error, const NextStep& next) {
    print_error(error.to_text());
    if (!next.advice.empty())
        print_note(line_of(next));
    add_json_error(error_document(error, next));
    return exit_code_of(error);
}

ExitCode report_usage(const std::string& message, const NextStep& next) {
    static_cast<void>(report(Error(ErrorCode::invalid_argument, message), next));
    return ExitCode::usage;
}

void let_output_fail() noexcept {
    may_output_fail = true;
}

bool finish_output() {
    if (std::fflush(stdout) != 0 && write_error == 0)
        write_error = errno;
    if (write_error != 0 && write_error != EPIPE)
        print_error(fmt::format("cannot write the output: {}", std::strerror(write_error)));
    return write_error == 0 || may_output_fail;
}

void set_color_mode(ColorMode mode) noexcept {
    use_color = mode == ColorMode::always ||
                (mode == ColorMode::automatic && ::isatty(STDOUT_FILENO) == 1 &&
                 std::getenv("NO_COLOR") == nullptr);
}

std::string red(std::string_view text) {
    return colored(text, "31");
}

std::string yellow(std::string_view text) {
    return colored(text, "33");
}

std::string green(std::string_view text) {
    return colored(text, "32");
}

} // namespace rebolt::cli
