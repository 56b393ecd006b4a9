#include "base/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace rebolt {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8U |
                    (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        const std::size_t used = std::min<std::size_t>(bytes.size() - at, 3) + 1;
        for (std::size_t i = 0; i < 4; ++i)
            text += i < used ? alphabet[group >> (18 - 6 * i) & 63U] : '=';
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0)
        return std::nullopt;
    const std::size_t padding =
        text.ends_with("==") ? 2 : static_cast<std::size_t>(text.ends_with("="));
    std::string bytes;
    std::uint32_t group = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool is_padding = at >= text.size() - padding;
        const std::size_t digit = is_padding ? 0 : alphabet.find(text[at]);
        if (digit == std::string_view::npos)
            return std::nullopt;
        group = group << 6U | static_cast<std::uint32_t>(digit);
        if (at % 4 == 3) {
            bytes += static_cast<char>(group >> 16U & 255U);
            bytes += static_cast<char>(group >> 8U & 255U);
            bytes += static_cast<char>(group & 255U);
            group = 0;
        }
    }
    bytes.resize(bytes.size() - padding);
    return bytes;
}

} // namespace rebolt
