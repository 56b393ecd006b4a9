#include "diagnose/line_route.hpp"

#include <algorithm>

#include "diagnose/bolt_words.hpp"
#include "diagnose/frame.hpp"
#include "diagnose/line_text.hpp"
#include "diagnose/quoted.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::size_t fields_max = 4;

std::string value_text(std::string_view line, const QuotedValue& value) {
    std::string text =
        without_escapes(unescaped(line.substr(value.begin, value.end - value.begin)));
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return text;
}

std::string_view value_in(std::string_view line, std::string_view key) {
    const auto value = quoted_value(line, key);
    return value ? line.substr(value->begin, value->end - value->begin) : std::string_view{};
}

// Who and when: in what surrounds the text. Fields tell better than their order.
void note_origin(std::string_view line, std::string_view prefix, LearnedRoute& learned) {
    const PrefixOrigin origin = origin_in(prefix);
    std::string_view program = value_in(line, "SYSLOG_IDENTIFIER");
    if (program.empty())
        program = value_in(line, "_COMM");
    if (program.empty())
        program = origin.program;
    std::string_view time = origin.time;
    for (const std::string_view key : {"time", "ts", "timestamp"})
        if (time.empty())
            time = value_in(line, key);
    constexpr std::string_view component = " component=";
    if (const std::size_t at = line.find(component); at != std::string_view::npos)
        learned.component = known_program_in(line.substr(at + component.size(), name_bytes_max));
    if (learned.program.empty())
        learned.program = program.substr(0, name_bytes_max);
    if (learned.time.empty())
        learned.time = time.substr(0, name_bytes_max);
}

// A stack without its arguments, as zap writes it, in Go's form.
std::string as_stack(std::string_view text) {
    std::string stack = starts_with_goroutine_header(text) ? "" : "goroutine 1 [running]:\n";
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const bool is_bare = !line.empty() && line.front() != '\t' && !line.ends_with(')') &&
                             line.find(' ') == std::string_view::npos;
        stack += std::string(line) + (is_bare ? "()" : "") + "\n";
    }
    return stack;
}

// The stack that a record has beside the words of the crash; empty: none.
std::string stack_beside(std::string_view line) {
    for (const std::string_view key : {"stacktrace", "stack", "stack_trace"}) {
        const auto value = quoted_value(line, key);
        const std::string text = value ? value_text(line, *value) : std::string();
        if (contains(text, "\n"))
            return as_stack(text);
    }
    return {};
}

} // namespace

std::optional<LearnedRoute> LineRoute::learn(std::string_view line) {
    auto start = crash_start(line);
    if (!start)
        return std::nullopt;
    LearnedRoute learned;
    learned.text = line;
    while (learned.route.fields_.size() < fields_max) {
        const auto value = quoted_around(learned.text, *start);
        if (!value)
            break;
        const std::string_view before = std::string_view(learned.text).substr(0, value->begin);
        note_origin(learned.text, before, learned);
        learned.route.fields_.push_back({PrefixShape(before), std::string(value->key)});
        learned.text = value_text(learned.text, *value);
        start = crash_start(learned.text);
        if (!start)
            return std::nullopt; // what was escaped is no crash
    }
    learned.is_burst = learned.text.find('\n') != std::string::npos;
    if (learned.is_burst)
        return learned;
    // A panic within a panic is indented by a tab.
    while (*start > 0 && learned.text[*start - 1] == '\t')
        --*start;
    const std::string_view prefix = std::string_view(learned.text).substr(0, *start);
    note_origin(learned.text, prefix, learned);
    learned.route.prefix_ = PrefixShape(prefix);
    learned.text.erase(0, *start);
    if (learned.route.fields_.empty())
        return learned;
    if (learned.route.fields_.back().key == "panic" && !learned.text.starts_with("panic: "))
        learned.text.insert(0, "panic: ");
    if (const std::string stack = stack_beside(line); !stack.empty()) {
        learned.text += "\n\n" + stack;
        learned.is_burst = true;
    }
    return learned;
}

std::optional<std::string> LineRoute::follow(std::string_view line) const {
    std::string text(line);
    for (const Field& field : fields_) {
        const auto length = field.before.length_in(text);
        auto value = length ? quoted_around(text, *length) : std::nullopt;
        if (!value || value->begin != *length)
            value = quoted_value(text, field.key);
        if (!value)
            return std::nullopt;
        text = value_text(text, *value);
    }
    const auto length = prefix_.length_in(text);
    if (!length)
        return std::nullopt;
    text.erase(0, *length);
    return text;
}

std::size_t LineRoute::size() const noexcept {
    std::size_t size = prefix_.size();
    for (const Field& field : fields_)
        size += field.before.size() + 1;
    return size;
}

std::string_view without_prefix(std::string_view line) noexcept {
    constexpr std::size_t searched = 200;
    const std::string_view head = line.substr(0, searched);
    const std::size_t bar = head.find(" | ");
    const std::string_view name = head.substr(0, bar == std::string_view::npos ? 0 : bar);
    if (!name.empty() && !contains_any(name, {"\"", "=", "> "}) && !is_digit(name.front()))
        return line.substr(bar + 3);
    // A container's log, as its runtime keeps it.
    constexpr std::string_view log_field = "{\"log\":\"";
    if (head.starts_with(log_field))
        return line.substr(log_field.size());
    for (const std::string_view stream : {" stderr F ", " stdout F ", " stderr P ", " stdout P "})
        if (const std::size_t at = head.find(stream); at != std::string_view::npos)
            return line.substr(at + stream.size());
    for (std::size_t close = head.find("]: "); close != std::string_view::npos;
         close = head.find("]: ", close + 1)) {
        const std::size_t open = head.rfind('[', close);
        const bool is_process =
            open != std::string_view::npos && close > open + 1 &&
            head.substr(open + 1, close - open - 1).find_first_not_of("0123456789") ==
                std::string_view::npos;
        if (is_process)
            return line.substr(close + 3);
    }
    return line;
}

} // namespace rebolt::diagnose
