// Bytes of UTF-16, as PowerShell writes files, to UTF-8; any others as they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rebolt::diagnose {

class Utf16Decoder {
public:
    /// Adds to `text` what the bytes are in UTF-8. The first bytes of all decide:
    /// a byte order mark, or a zero in one byte of two.
    void decode(std::string_view bytes, std::string& text);
    /// Nothing more comes: adds what waited for more.
    void end(std::string& text);
    [[nodiscard]] bool is_plain() const noexcept { return form_ == Form::bytes; }

private:
    enum class Form : std::uint8_t { unknown, bytes, little_endian, big_endian };
    void append_unit(std::uint32_t unit, std::string& text);

    Form form_ = Form::unknown;
    std::string pending_;         ///< the odd byte of a piece, or the very first ones
    std::uint32_t surrogate_ = 0; ///< the first half of a pair
};

} // namespace rebolt::diagnose
