// Numbers in text, and numbers as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rebolt::diagnose {

/// The decimal number that `text` starts with; nullopt if there is none or it
/// takes more than 64 bits.
[[nodiscard]] std::optional<std::uint64_t> leading_number(std::string_view text) noexcept;
/// The number right after the first `word` in `text`.
[[nodiscard]] std::optional<std::uint64_t> number_after(std::string_view text,
                                                        std::string_view word) noexcept;

/// `51,412,650`.
[[nodiscard]] std::string grouped(std::uint64_t number);
/// `1.2 GB`: for a person, of 1000 to the power of three.
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

/// The bytes of a number as they are in the file, if they are text: where a
/// page's id is text, the page holds other data.
[[nodiscard]] std::optional<std::string> as_printed_text(std::uint64_t number);

} // namespace rebolt::diagnose
