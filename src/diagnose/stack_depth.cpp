#include "diagnose/stack_depth.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "diagnose/frame.hpp"
#include "diagnose/number_text.hpp"

namespace rebolt::diagnose {
namespace {

// An entry of the cursor's stack is a page, a node and an index of 8 bytes each.
constexpr std::uint64_t entry_bytes = 24;
// Go's heap begins here on 64-bit systems: a larger number is an address.
constexpr std::uint64_t heap_begin = 0xC0'0000'0000;

using Arguments = std::vector<Frame::Argument>;

// Three arguments that only a slice which is to grow by one entry has. Up to
// Go 1.19: length, capacity (as much), new capacity (one more); from 1.20: new
// length, capacity (one less), 1.
std::optional<std::uint64_t> slice_length(const Arguments& arguments) {
    for (std::size_t i = 0; i + 2 < arguments.size(); ++i) {
        const std::uint64_t first = arguments[i].value;
        const std::uint64_t second = arguments[i + 1].value;
        const std::uint64_t third = arguments[i + 2].value;
        if (first <= tree_depth_max || first >= heap_begin)
            continue;
        if (first == second && third == first + 1)
            return first;
        if (first == second + 1 && third == 1)
            return second;
    }
    return std::nullopt;
}

// Where not all of them are printed: the one number after the slice's address
// that may be a length. The first argument may be an address of the program.
std::optional<std::uint64_t> only_length(const Arguments& arguments) {
    std::optional<std::uint64_t> length;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const auto [value, is_certain] = arguments[i];
        if (!is_certain || value <= tree_depth_max || value >= heap_begin)
            continue;
        if (length && *length != value && *length + 1 != value)
            return std::nullopt;
        length = length.value_or(value);
    }
    return length;
}

// The bytes that the new, larger stack was to take.
std::optional<std::uint64_t> asked_bytes(const Trace& trace) {
    for (const std::string& message : trace.messages)
        if (message.find("-byte block") != std::string::npos)
            if (const auto bytes = number_after(message, "cannot allocate "))
                return bytes;
    for (const Frame& frame : trace.frames)
        if (frame.function == "runtime.mallocgc" && !frame.arguments.empty() &&
            frame.arguments.front().is_certain)
            return frame.arguments.front().value;
    return std::nullopt;
}

// The page that a frame of a walk went down to, if its arguments say so.
std::optional<std::uint64_t> page_of(const Frame& frame) {
    if (!is_of_bolt(frame) || frame.arguments.size() < 2)
        return std::nullopt;
    const std::string name = short_name(frame);
    const auto plausible = [](const Frame::Argument& one) -> std::optional<std::uint64_t> {
        return one.is_certain && one.value < heap_begin ? std::optional(one.value) : std::nullopt;
    };
    if (name == "Cursor.search")
        return plausible(frame.arguments.back());
    if (name == "Tx.forEachPage")
        return plausible(frame.arguments[1]);
    return std::nullopt;
}

} // namespace

std::optional<CursorDepth> cursor_depth(const Trace& trace) {
    const auto grow = std::ranges::find(trace.frames, "runtime.growslice", &Frame::function);
    if (grow == trace.frames.end() || std::next(grow) == trace.frames.end())
        return std::nullopt;
    const Frame& caller = *std::next(grow);
    if (!is_of_bolt(caller) || !short_name(caller).starts_with("Cursor."))
        return std::nullopt;
    if (const auto length = slice_length(grow->arguments))
        return CursorDepth{*length, true,
                           fmt::format("runtime.growslice was called by {} on a slice of 0x{:x} "
                                       "entries",
                                       short_name(caller), *length)};
    if (const auto length = only_length(grow->arguments))
        return CursorDepth{*length, true,
                           fmt::format("0x{:x} in the call of runtime.growslice by {}", *length,
                                       short_name(caller))};
    // Go makes a large slice larger by a quarter.
    if (const auto bytes = asked_bytes(trace); bytes && *bytes / entry_bytes > tree_depth_max * 2)
        return CursorDepth{*bytes / entry_bytes / 5 * 4, false,
                           fmt::format("{} asked for {} bytes for a larger stack, of 24 bytes a "
                                       "page",
                                       short_name(caller), grouped(*bytes))};
    return std::nullopt;
}

std::optional<PageLoop> page_loop(const Trace& trace) {
    std::vector<std::uint64_t> pages; // innermost first
    for (const Frame& frame : trace.frames)
        if (const auto page = page_of(frame))
            pages.push_back(*page);
    for (std::size_t length = 1; length * 2 <= pages.size(); ++length) {
        const bool repeats = std::equal(pages.begin(), pages.end() - static_cast<long>(length),
                                        pages.begin() + static_cast<long>(length));
        if (!repeats)
            continue;
        PageLoop loop{{pages.begin(), pages.begin() + static_cast<long>(length)}};
        std::ranges::reverse(loop.pages);
        return loop;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> walk_depth(const Trace& trace) {
    std::optional<std::uint64_t> depth;
    for (const Frame& frame : trace.frames) {
        const std::string name = short_name(frame);
        const bool counts = name == "Tx.forEachPage" || name == "Tx.forEachPageInternal";
        if (!counts || !is_of_bolt(frame) || frame.arguments.size() < 3)
            continue;
        const auto [value, is_certain] = frame.arguments[2];
        if (is_certain && value < heap_begin)
            depth = std::max(depth.value_or(0), value);
    }
    return depth;
}

std::optional<std::uint64_t> bytes_in_use(const Trace& trace) {
    for (const std::string& message : trace.messages)
        if (message.find(" in use)") != std::string::npos)
            if (const auto bytes = number_after(message, "block ("))
                return bytes;
    return std::nullopt;
}

} // namespace rebolt::diagnose
