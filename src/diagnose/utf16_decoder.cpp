#include "diagnose/utf16_decoder.hpp"

namespace rebolt::diagnose {
namespace {

void append_utf8(std::uint32_t code, std::string& text) {
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80)
        add(code);
    else if (code < 0x800) {
        add(0xC0 | code >> 6);
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | code >> 12);
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3F));
        add(0x80 | (code >> 6 & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

} // namespace

void Utf16Decoder::append_unit(std::uint32_t unit, std::string& text) {
    const bool is_second = unit >= 0xDC00 && unit < 0xE000;
    if (surrogate_ != 0 && is_second) {
        append_utf8(0x10000 + ((surrogate_ - 0xD800) << 10) + (unit - 0xDC00), text);
        surrogate_ = 0;
        return;
    }
    surrogate_ = unit >= 0xD800 && unit < 0xDC00 ? unit : 0;
    if (surrogate_ == 0)
        append_utf8(is_second ? 0xFFFD : unit, text);
}

void Utf16Decoder::end(std::string& text) {
    if (form_ == Form::unknown)
        text += pending_;
    pending_.clear();
}

void Utf16Decoder::decode(std::string_view bytes, std::string& text) {
    if (form_ == Form::bytes) {
        text += bytes;
        return;
    }
    pending_ += bytes;
    if (form_ == Form::unknown) {
        if (pending_.size() < 4)
            return;
        const bool has_zeros_after = pending_[1] == '\0' && pending_[3] == '\0';
        const bool has_zeros_before = pending_[0] == '\0' && pending_[2] == '\0';
        if (pending_.starts_with("\xFF\xFE") || (has_zeros_after && !has_zeros_before))
            form_ = Form::little_endian;
        else if (pending_.starts_with("\xFE\xFF") || (has_zeros_before && !has_zeros_after))
            form_ = Form::big_endian;
        else {
            form_ = Form::bytes;
            text += pending_;
            pending_.clear();
            return;
        }
    }
    std::size_t at = 0;
    for (; at + 1 < pending_.size(); at += 2) {
        const auto first = static_cast<unsigned char>(pending_[at]);
        const auto second = static_cast<unsigned char>(pending_[at + 1]);
        append_unit(form_ == Form::little_endian ? std::uint32_t{second} << 8 | first
                                                 : std::uint32_t{first} << 8 | second,
                    text);
    }
    pending_.erase(0, at);
}

} // namespace rebolt::diagnose
