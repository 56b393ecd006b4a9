#include "cli/key_format.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <rebolt/sha256.hpp>

#include "cli/output.hpp"
#include "cli/printable.hpp"

namespace rebolt::cli {
namespace {

constexpr std::size_t piece_bytes = 4096;

std::string hex_of(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        hex += digits[byte >> 4U];
        hex += digits[byte & 0xFU];
    }
    return hex;
}

// Hands `bytes` to `sink` in pieces that are each formatted on their own.
template <class Sink>
void hex_pieces(std::string_view bytes, Sink&& sink) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), piece_bytes)))
        sink(hex_of(bytes.substr(0, piece_bytes)));
}

template <class Sink>
void quoted_pieces(std::string_view bytes, Sink&& sink) {
    std::string piece = "\"";
    while (!bytes.empty()) {
        const Character character = first_character(bytes);
        append_quoted(piece, bytes.substr(0, character.bytes), character);
        bytes.remove_prefix(character.bytes);
        if (piece.size() >= piece_bytes) {
            sink(piece);
            piece.clear();
        }
    }
    sink(piece + "\"");
}

template <class Sink>
void pieces(std::string_view bytes, KeyFormat format, Sink&& sink) {
    switch (format) {
    case KeyFormat::automatic:
        return is_printable(bytes) ? sink(bytes) : hex_pieces(bytes, sink);
    case KeyFormat::ascii_encoded:
        return quoted_pieces(bytes, sink);
    case KeyFormat::hex:
        return hex_pieces(bytes, sink);
    case KeyFormat::bytes:
        return sink(bytes);
    case KeyFormat::redacted:
        return sink(fmt::format("<redacted len:{} sha256:{}>", bytes.size(), sha256_hex(bytes)));
    }
}

std::optional<unsigned> digit(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A') + 10;
    return std::nullopt;
}

} // namespace

void add_format_option(Arguments arguments, const std::string& names, KeyFormat& format,
                       const std::string& help) {
    arguments.choice<KeyFormat>(names, format,
                                help +
                                    ". auto: text as it is, else hex; ascii-encoded: quoted, with "
                                    "escapes; redacted: length and SHA-256",
                                {{"auto", KeyFormat::automatic},
                                 {"ascii-encoded", KeyFormat::ascii_encoded},
                                 {"hex", KeyFormat::hex},
                                 {"bytes", KeyFormat::bytes},
                                 {"redacted", KeyFormat::redacted}});
}

void print_bytes(std::string_view bytes, KeyFormat format) {
    pieces(bytes, format, [](std::string_view piece) { print(piece); });
}

std::string formatted(std::string_view bytes, KeyFormat format) {
    std::string text;
    pieces(bytes, format, [&text](std::string_view piece) { text += piece; });
    return text;
}

std::string key_text(std::string_view key) {
    return formatted(key, is_printable(key) ? KeyFormat::ascii_encoded : KeyFormat::hex);
}

void put_bytes(rebolt::report::Document& object, const std::string& name, std::string_view bytes,
               KeyFormat format) {
    switch (format) {
    case KeyFormat::automatic:
    case KeyFormat::bytes:
        if (is_utf8(bytes)) {
            object[name] = bytes;
            return;
        }
        break;
    case KeyFormat::ascii_encoded:
        object[name + "_ascii"] = formatted(bytes, format);
        return;
    case KeyFormat::redacted:
        object[name + "_redacted"] = formatted(bytes, format);
        return;
    case KeyFormat::hex:
        break;
    }
    object[name + "_hex"] = hex_of(bytes);
}

void add_parse_option(Arguments arguments, const std::string& names, ParseFormat& format,
                      const std::string& help) {
    arguments.choice<ParseFormat>(
        names, format, help,
        {{"ascii-encoded", ParseFormat::ascii_encoded}, {"hex", ParseFormat::hex}});
}

Result<std::string> parsed(std::string_view text, ParseFormat format) {
    if (format == ParseFormat::ascii_encoded)
        return std::string(text);
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        const auto high = digit(text[at]);
        const auto low = at + 1 < text.size() ? digit(text[at + 1]) : std::nullopt;
        if (!high || !low)
            return Error(ErrorCode::invalid_argument,
                         fmt::format("`{}` is not hex: an even number of digits is needed",
                                     printable(text)));
        bytes += static_cast<char>(static_cast<unsigned char>(*high << 4U | *low));
    }
    return bytes;
}

} // namespace rebolt::cli
