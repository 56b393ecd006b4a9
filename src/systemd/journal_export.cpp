#include "systemd/journal_export.hpp"

#include <array>
#include <charconv>
#include <climits>
#include <ctime>
#include <string_view>
#include <utility>

namespace rebolt::systemd {
namespace {

constexpr std::size_t buffer_bytes = 65536;
constexpr std::int64_t microseconds_per_second = 1'000'000;

std::string time_of(std::string_view microseconds) {
    std::int64_t number = 0;
    std::from_chars(microseconds.data(), microseconds.data() + microseconds.size(), number);
    const std::time_t seconds = number / microseconds_per_second;
    std::tm parts{};
    std::array<char, 32> text{};
    if (seconds <= 0 || ::gmtime_r(&seconds, &parts) == nullptr)
        return {};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

void set_field(JournalEntry& entry, std::string_view name, std::string value) {
    if (name == "MESSAGE")
        entry.message = std::move(value);
    else if (name == "SYSLOG_IDENTIFIER")
        entry.program = std::move(value);
    else if (name == "__REALTIME_TIMESTAMP")
        entry.time = time_of(value);
}

} // namespace

JournalExport::JournalExport(Read read, std::size_t field_bytes_max)
    : read_(std::move(read)), field_bytes_max_(field_bytes_max) {}

std::optional<JournalEntry> JournalExport::next() {
    JournalEntry entry;
    bool has_fields = false;
    while (true) {
        const std::string text = line();
        if (text.empty() && (has_fields || is_at_end_))
            break;
        if (text.empty()) // between two entries
            continue;
        has_fields = true;
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos)
            set_field(entry, text, sized_value());
        else
            set_field(entry, std::string_view(text).substr(0, equals), text.substr(equals + 1));
    }
    return has_fields ? std::optional(std::move(entry)) : std::nullopt;
}

std::optional<char> JournalExport::next_byte() {
    if (at_ == buffer_.size() && !is_at_end_) {
        buffer_.resize(buffer_bytes);
        buffer_.resize(read_(buffer_.data(), buffer_.size()));
        at_ = 0;
        is_at_end_ = buffer_.empty();
    }
    return at_ < buffer_.size() ? std::optional(buffer_[at_++]) : std::nullopt;
}

void JournalExport::keep(char byte, std::string& text) const {
    if (text.size() < field_bytes_max_)
        text.push_back(byte);
}

std::string JournalExport::line() {
    std::string text;
    for (auto byte = next_byte(); byte && *byte != '\n'; byte = next_byte())
        keep(*byte, text);
    return text;
}

std::string JournalExport::sized_value() {
    std::uint64_t size = 0;
    for (unsigned shift = 0; shift < sizeof size * CHAR_BIT; shift += CHAR_BIT)
        size |= std::uint64_t{static_cast<unsigned char>(next_byte().value_or('\0'))} << shift;
    std::string value;
    for (; size != 0; --size) {
        const auto byte = next_byte();
        if (!byte)
            return value;
        keep(*byte, value);
    }
    static_cast<void>(next_byte()); // a line's end
    return value;
}

} // namespace rebolt::systemd
