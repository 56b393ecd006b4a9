#include "cli/base64.hpp"

#include <cstdint>

namespace rebolt::cli {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t group_bytes = 3;
constexpr unsigned digit_bits = 6;
constexpr std::uint32_t digit_mask = 0x3F;

} // namespace

std::string base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / group_bytes * 4);
    for (std::size_t at = 0; at < bytes.size(); at += group_bytes) {
        const std::size_t left = bytes.size() - at;
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < group_bytes; ++i)
            group = group << 8U | (i < left ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i <= group_bytes; ++i)
            text +=
                i <= left ? digits[group >> (digit_bits * (group_bytes - i)) & digit_mask] : '=';
    }
    return text;
}

} // namespace rebolt::cli
