// Small readings of text: numbers, words, and the prefixes that loggers put
// before a line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rebolt::diagnose {

/// A line without its logger's prefix.
struct StrippedLine {
    std::string_view text;    ///< what the program wrote, its indentation included
    std::string_view program; ///< `dockerd`, from a prefix `host dockerd[812]: `; or empty
    std::string_view time;    ///< as it stands there; or empty
};

/// Takes off the prefixes of syslog and journalctl, of containers' runtimes and
/// of compose. Views into `text`. Cost: O(text).
[[nodiscard]] StrippedLine without_prefix(std::string_view text) noexcept;

/// The text inside `{"log":"…","stream":…}`, as Docker's json-file driver writes
/// each line; nullopt for any other line. Cost: O(line).
[[nodiscard]] std::optional<std::string> unwrapped_json(std::string_view line);

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// The decimal number at the begin of `text`; nullopt if none is there or it
/// takes more than 64 bits.
[[nodiscard]] std::optional<std::uint64_t> leading_number(std::string_view text) noexcept;
/// The number right behind the first `word` in `text`.
[[nodiscard]] std::optional<std::uint64_t> number_after(std::string_view text,
                                                        std::string_view word) noexcept;

/// `51,412,650`.
[[nodiscard]] std::string grouped(std::uint64_t number);
/// `1.2 GB`: for a person, of 1000 to the power of three.
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

/// The bytes of a number as they stand in the file, if they are text: where a
/// page's id is text, other data stands in its place.
[[nodiscard]] std::optional<std::string> as_printed_text(std::uint64_t number);

} // namespace rebolt::diagnose
