// How bytes of keys and values are shown: `--format` as in bbolt.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/arguments.hpp"
#include "report/document.hpp"

#include <rebolt/result.hpp>

namespace rebolt::cli {

enum class KeyFormat : std::uint8_t {
    automatic,     ///< `auto`: as they are if printable, else hex
    ascii_encoded, ///< a quoted string with escapes: "\x00abc"
    hex,           ///< two digits a byte
    bytes,         ///< as they are, whatever that does to a terminal
    redacted,      ///< length and SHA-256 only
};

/// Adds a `--format` option (`names`: "-f,--format") that sets `format`.
void add_format_option(Arguments arguments, const std::string& names, KeyFormat& format,
                       const std::string& help);

/// Prints the bytes in this format, without a newline. Memory: O(1), however
/// long they are.
void print_bytes(std::string_view bytes, KeyFormat format);
/// The same as text.
[[nodiscard]] std::string formatted(std::string_view bytes, KeyFormat format);
/// A key as `page` shows it: quoted if printable, else hex.
[[nodiscard]] std::string key_text(std::string_view key);

/// Adds the bytes to a JSON object, under a name that tells how they are
/// written: `name` (text; auto and bytes, if they are UTF-8), `name_hex` (these
/// otherwise, and hex), `name_ascii`, `name_redacted`.
void put_bytes(rebolt::report::Document& object, const std::string& name, std::string_view bytes,
               KeyFormat format);

/// How keys and bucket names are given on the command line.
enum class ParseFormat : std::uint8_t { ascii_encoded, hex };

/// Adds a `--parse-format` option (under the name given) that sets `format`.
void add_parse_option(Arguments arguments, const std::string& names, ParseFormat& format,
                      const std::string& help);
/// The bytes that `text` stands for. Errors: invalid_argument (no hex digits).
[[nodiscard]] Result<std::string> parsed(std::string_view text, ParseFormat format);

} // namespace rebolt::cli
