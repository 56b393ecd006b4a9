#include "docker/go_json_fault.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

namespace rebolt::docker {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Go's scanner: reads one value, and stops at the first byte that it cannot take.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::string fault() {
        while (fault_.empty() && state_ != State::done)
            step();
        skip_space();
        if (fault_.empty() && at_ < text_.size())
            invalid("after top-level value");
        return fault_.empty() ? "unexpected end of JSON input" : fault_;
    }

private:
    enum class State : std::uint8_t {
        value,
        first_key,
        key,
        colon,
        after_value,
        first_element,
        done
    };

    void step() {
        skip_space();
        if (at_ == text_.size())
            return end();
        const char c = text_[at_];
        switch (state_) {
        case State::value:
        case State::first_element:
            if (state_ == State::first_element && c == ']')
                return close();
            return begin_value(c);
        case State::first_key:
            if (c == '}')
                return close();
            [[fallthrough]];
        case State::key:
            if (c != '"')
                return invalid("looking for beginning of object key string");
            state_ = State::colon;
            return read_string();
        case State::colon:
            if (c != ':')
                return invalid("after object key");
            state_ = State::value;
            ++at_;
            return;
        case State::after_value:
            return separate(c);
        case State::done:
            return;
        }
    }

    void begin_value(char c) {
        if (c == '{' || c == '[') {
            open_.push_back(c);
            state_ = c == '{' ? State::first_key : State::first_element;
            ++at_;
            return;
        }
        state_ = open_.empty() ? State::done : State::after_value;
        if (c == '"')
            return read_string();
        if (c == '-' || is_digit(c))
            return read_number();
        for (const std::string_view word : {"true", "false", "null"})
            if (c == word[0])
                return read_word(word);
        invalid("looking for beginning of value");
    }

    void separate(char c) {
        const bool in_object = open_.back() == '{';
        if (c == ',') {
            state_ = in_object ? State::key : State::value;
            ++at_;
        } else if (c == (in_object ? '}' : ']')) {
            close();
        } else {
            invalid(in_object ? "after object key:value pair" : "after array element");
        }
    }

    void close() {
        ++at_;
        open_.pop_back();
        state_ = open_.empty() ? State::done : State::after_value;
    }

    void read_string() {
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                return invalid("in string literal");
            if (c == '\\' && !read_escape())
                return;
        }
        end();
    }

    // At the backslash; ends at the escape's last character.
    bool read_escape() {
        if (++at_ == text_.size())
            return true;
        if (text_[at_] != 'u') {
            if (std::string_view("bfnrt\\/\"").contains(text_[at_]))
                return true;
            invalid("in string escape code");
            return false;
        }
        for (int digit = 0; digit < 4 && at_ + 1 < text_.size(); ++digit)
            if (!std::string_view("0123456789abcdefABCDEF").contains(text_[++at_])) {
                invalid("in \\u hexadecimal character escape");
                return false;
            }
        return true;
    }

    void read_number() {
        if (text_[at_] == '-')
            ++at_;
        if (!need_digit("in numeric literal"))
            return;
        if (text_[at_] == '0')
            ++at_;
        else
            skip_digits();
        if (at_ < text_.size() && text_[at_] == '.') {
            ++at_;
            if (!need_digit("after decimal point in numeric literal"))
                return;
            skip_digits();
        }
        if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
            ++at_;
            if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-'))
                ++at_;
            if (need_digit("in exponent of numeric literal"))
                skip_digits();
        }
    }

    bool need_digit(std::string_view where) {
        if (at_ < text_.size() && is_digit(text_[at_]))
            return true;
        if (at_ < text_.size())
            invalid(where);
        else
            end();
        return false;
    }
    void skip_digits() {
        while (at_ < text_.size() && is_digit(text_[at_]))
            ++at_;
    }
    void skip_space() {
        while (at_ < text_.size() && is_space(text_[at_]))
            ++at_;
    }

    void read_word(std::string_view word) {
        for (std::size_t i = 0; i < word.size(); ++i, ++at_) {
            if (at_ == text_.size())
                return end();
            if (text_[at_] != word[i])
                return invalid(fmt::format("in literal {} (expecting '{}')", word, word[i]));
        }
    }

    void end() { fault_ = "unexpected end of JSON input"; }

    // strconv.Quote of the byte as a character.
    void invalid(std::string_view where) {
        const char c = text_[at_];
        const auto byte = static_cast<unsigned char>(c);
        std::string shown(1, c);
        constexpr std::string_view escaped = "\a\b\f\n\r\t\v\\'";
        constexpr std::string_view letters = "abfnrtv\\'";
        if (const std::size_t known = escaped.find(c); known != std::string_view::npos)
            shown = {'\\', letters[known]};
        else if (byte < 0x20 || byte == 0x7f)
            shown = fmt::format("\\x{:02x}", byte);
        else if ((byte >= 0x80 && byte < 0xa1) || byte == 0xad)
            shown = fmt::format("\\u{:04x}", byte);
        else if (byte >= 0x80)
            shown = {static_cast<char>(0xc0U | byte >> 6U),
                     static_cast<char>(0x80U | (byte & 0x3fU))};
        fault_ = fmt::format("invalid character '{}' {}", shown, where);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    State state_ = State::value;
    std::vector<char> open_;
    std::string fault_;
};

} // namespace

std::string go_json_fault(std::string_view text) {
    return Scanner(text).fault();
}

} // namespace rebolt::docker
