#include "diagnose/frame.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

#include <fmt/format.h>

#include "diagnose/line_text.hpp"
#include "diagnose/number_text.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::size_t arguments_max = 16;
constexpr std::size_t names_max = 20;
constexpr std::size_t outer_names = 6; ///< kept where a path is longer
constexpr std::size_t frame_name_bytes_max = 256;

// What bbolt's functions belong to; another package may be called bolt too.
constexpr std::array bolt_types{"Cursor",
                                "Bucket",
                                "Tx",
                                "DB",
                                "node",
                                "nodes",
                                "freelist",
                                "page",
                                "pages",
                                "leafPageElement",
                                "branchPageElement",
                                "batch",
                                "meta",
                                "elemRef"};
constexpr std::array bolt_functions{"Open",  "_assert", "unsafeByteSlice", "Compact",
                                    "flock", "mmap",    "fdatasync",       "mergepgids"};
constexpr std::array left_out_packages{"runtime", "reflect", "sync",  "sort",  "cobra",
                                       "testing", "syscall", "debug", "slices"};

template <std::size_t N>
bool has(const std::array<const char*, N>& names, std::string_view name) {
    return std::ranges::any_of(names, [&](const char* one) { return name == one; });
}

// Where the package ends: the first dot after the last slash.
std::size_t package_end(std::string_view function) noexcept {
    const std::size_t slash = function.rfind('/');
    return function.find('.', slash == std::string_view::npos ? 0 : slash);
}

// `Cursor` of `go.etcd.io/bbolt.(*Cursor).first`; empty for a plain function.
std::string_view receiver_of(std::string_view function) noexcept {
    const std::size_t end = package_end(function);
    if (end == std::string_view::npos)
        return {};
    std::string_view rest = function.substr(end + 1);
    if (rest.starts_with("(*")) {
        rest.remove_prefix(2);
        return rest.substr(0, rest.find(')'));
    }
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos || rest.substr(dot + 1).starts_with("func"))
        return {};
    return rest.substr(0, dot);
}

std::string_view last_element(std::string_view package) noexcept {
    const std::size_t slash = package.rfind('/');
    return slash == std::string_view::npos ? package : package.substr(slash + 1);
}

bool is_function_name(std::string_view name) noexcept {
    if (name == "panic")
        return true;
    if (name.empty() || name.size() > frame_name_bytes_max ||
        name.find('.') == std::string_view::npos)
        return false;
    return std::ranges::none_of(
        name, [](char c) { return (c >= 0 && c <= ' ') || c == '"' || c == '=' || c == ':'; });
}

// Where the list of arguments opens that the line's last `)` closes.
std::size_t argument_begin(std::string_view line) noexcept {
    std::size_t depth = 0;
    for (std::size_t i = line.size(); i-- > 0;) {
        if (line[i] == ')')
            ++depth;
        else if (line[i] == '(' && --depth == 0)
            return i;
    }
    return std::string_view::npos;
}

void take_arguments(std::string_view text, Frame& frame) {
    for (std::size_t at = text.find("0x"); at != std::string_view::npos; at = text.find("0x", at)) {
        std::uint64_t value = 0;
        const char* begin = text.data() + at + 2;
        const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value, 16);
        if (error != std::errc{} || frame.arguments.size() == arguments_max)
            return;
        at = static_cast<std::size_t>(end - text.data());
        frame.arguments.push_back({value, at >= text.size() || text[at] != '?'});
    }
}

// Closures count as the function that contains them.
std::string_view without_closure(std::string_view function) noexcept {
    for (const std::string_view mark : {".func", "-fm", ".gowrap", "-range"})
        if (const std::size_t at = function.rfind(mark);
            at != std::string_view::npos && at > package_end(function))
            function = function.substr(0, at);
    return function;
}

// The program's own main and what parses its command line say nothing, unless
// there is nothing else.
bool is_left_out(const Frame& frame, bool has_others) {
    const std::string_view package = package_of(frame);
    return frame.function == "panic" || has(left_out_packages, last_element(package)) ||
           (has_others && package == "main");
}

} // namespace

std::optional<GoroutineHeader> goroutine_header(std::string_view line) noexcept {
    constexpr std::string_view begin = "goroutine ";
    line = trimmed(line);
    if (!line.starts_with(begin))
        return std::nullopt;
    const auto number = leading_number(line.substr(begin.size()));
    // Between them Go may print `gp=0xc000002380 m=0 mp=0x1b0c5c0 `.
    constexpr std::size_t bracket_max = 100;
    const std::size_t open = line.substr(0, bracket_max).find('[');
    if (!number || open == std::string_view::npos)
        return std::nullopt;
    const std::size_t close = line.find("]:", open);
    constexpr std::size_t state_bytes_max = 200;
    if (close == std::string_view::npos || close - open > state_bytes_max)
        return std::nullopt;
    return GoroutineHeader{*number, line.substr(open + 1, close - open - 1)};
}

bool starts_with_goroutine_header(std::string_view text) noexcept {
    constexpr std::size_t header_bytes_max = 320;
    return goroutine_header(text.substr(0, header_bytes_max)).has_value();
}

std::optional<Frame> frame_of(std::string_view line) {
    line = trimmed(line);
    // A pager marks so that it has cut a line off.
    const bool is_cut = line.ends_with('>') || line.ends_with("...") || line.ends_with("…");
    if (!line.ends_with(')') && !is_cut)
        return std::nullopt;
    const std::size_t open = line.ends_with(')') ? argument_begin(line) : line.find("(0x");
    if (open == std::string_view::npos || !is_function_name(line.substr(0, open)))
        return std::nullopt;
    Frame frame;
    frame.function = line.substr(0, open);
    take_arguments(line.substr(open), frame);
    if (is_cut && !frame.arguments.empty())
        frame.arguments.pop_back(); // it may be cut too
    return frame;
}

bool take_place(std::string_view line, Frame& frame) {
    line = trimmed(line);
    const std::size_t extension = line.find(".go:");
    const std::size_t assembly = line.find(".s:");
    const std::size_t dot = std::min(extension, assembly);
    if (dot == std::string_view::npos || line.substr(0, dot).find('"') != std::string_view::npos)
        return false;
    const std::size_t colon = line.find(':', dot);
    const auto number = leading_number(line.substr(colon + 1));
    if (!number || *number > 10'000'000)
        return false;
    frame.file = line.substr(0, std::min(colon, frame_name_bytes_max));
    frame.line = static_cast<std::uint32_t>(*number);
    return true;
}

std::string_view package_of(const Frame& frame) noexcept {
    const std::string_view function = frame.function;
    const std::size_t end = package_end(function);
    return end == std::string_view::npos ? std::string_view{} : function.substr(0, end);
}

std::string short_name(const Frame& frame) {
    const std::string_view function = without_closure(frame.function);
    const std::size_t end = package_end(function);
    if (end == std::string_view::npos)
        return std::string(function);
    const std::string_view receiver = receiver_of(function);
    const std::size_t dot = function.rfind('.');
    if (!receiver.empty() && dot != std::string_view::npos && dot > end)
        return fmt::format("{}.{}", receiver, function.substr(dot + 1));
    const std::string_view name = function.substr(end + 1);
    // `New` and `main` say nothing without their package.
    if (name.size() > 4 && !name.starts_with("init"))
        return std::string(name);
    return std::string(last_element(function.substr(0, end))) + "." + std::string(name);
}

bool is_of_bolt(const Frame& frame) {
    const std::string_view package = package_of(frame);
    if (package.find("bbolt/internal/") != std::string_view::npos)
        return true;
    if (package.ends_with("/bbolt") || package.ends_with("boltdb/bolt"))
        return true;
    if (last_element(package) != "bolt")
        return false;
    const std::string_view receiver = receiver_of(without_closure(frame.function));
    if (!receiver.empty())
        return has(bolt_types, receiver);
    return has(bolt_functions, without_closure(frame.function).substr(package.size() + 1));
}

std::string Trace::call_path() const {
    struct Call {
        std::string name;
        std::uint64_t count = 1;
    };
    const bool has_others = std::ranges::any_of(
        frames, [](const Frame& frame) { return !is_left_out(frame, true) && !is_of_bolt(frame); });
    std::vector<Call> calls;
    for (const Frame& frame : std::views::reverse(frames)) {
        if (is_left_out(frame, has_others))
            continue;
        std::string name = short_name(frame);
        const bool is_closure = without_closure(frame.function) != frame.function;
        if (!calls.empty() && calls.back().name == name)
            calls.back().count += is_closure ? 0 : 1;
        else if (!is_closure || std::ranges::find(calls, name, &Call::name) == calls.end())
            calls.push_back({std::move(name)});
    }
    std::string path;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        // The outermost few say who called; the innermost, what went wrong.
        if (calls.size() > names_max && i == outer_names) {
            path += " → …";
            i = calls.size() - (names_max - outer_names);
        }
        path += fmt::format("{}{}", path.empty() ? "" : " → ", calls[i].name);
        if (calls[i].count > 1)
            path += fmt::format(" ({} times)", calls[i].count);
    }
    return path;
}

} // namespace rebolt::diagnose
