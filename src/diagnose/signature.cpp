#include "diagnose/signature.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "diagnose/bolt_words.hpp"
#include "diagnose/frame.hpp"
#include "diagnose/line_text.hpp"
#include "diagnose/number_text.hpp"
#include "diagnose/programs.hpp"

namespace rebolt::diagnose {
namespace {

// Frames of these say what happened, not who did it.
constexpr std::array tool_packages{"runtime", "sort",  "sync",   "bytes",   "fmt", "log",
                                   "slices",  "debug", "unsafe", "syscall", "maps"};
// bbolt's own readers of bytes: their caller says what was read.
constexpr std::array<std::string_view, 12> byte_readers{
    "UnsafeByteSlice", "unsafeByteSlice", "UnsafeIndex",   "unsafeIndex",
    "UnsafeAdd",       "unsafeAdd",       "_assert",       "Assert",
    "LoadPage",        "LoadPageMeta",    "BytesToString", "WriteInodeToPage"};

// Below it nothing is mapped: the address is that of a field of a nil pointer.
constexpr std::uint64_t nil_pages_end = 4096;
// The longest array that bbolt makes of memory, on 32-bit and 64-bit systems.
constexpr std::array<std::uint64_t, 4> array_bounds{268'435'455, 2'147'483'647, 0x7FFF'FFFF'FFFF,
                                                    1'125'899'906'842'623};

bool is_killed(std::string_view line) {
    const bool by_kernel =
        contains(line, "ut of memory: Kill") || contains(line, "oom-kill:constraint");
    if (by_kernel)
        return is_known_program(program_of_line(line)) ||
               (contains(line, "task=") &&
                is_known_program(line.substr(line.find("task=") + 5)
                                     .substr(0, line.substr(line.find("task=") + 5).find(','))));
    if (!contains_any(line, {"killed by the OOM killer", "Failed with result 'oom-kill'"}))
        return false;
    return std::ranges::any_of(
        std::array{"docker", "containerd", "etcd", "influx", "consul", "vault", "nomad", "buildkit",
                   "podman", "lnd", "k3s", "rke2", "k0s", "balena", "portainer"},
        [&](std::string_view unit) { return program_of_line(line).starts_with(unit); });
}

bool messages_have(const Trace& trace, std::initializer_list<std::string_view> parts) noexcept {
    return std::ranges::any_of(trace.messages,
                               [&](const std::string& one) { return contains_any(one, parts); });
}

bool is_tool(const Frame& frame) {
    std::string_view package = package_of(frame);
    package = package.substr(package.rfind('/') + 1);
    return frame.function == "panic" ||
           std::ranges::any_of(tool_packages, [&](std::string_view one) { return package == one; });
}

// The frame where it happened: the innermost that is no tool and no reader of bytes.
const Frame* place_of(const Trace& trace) {
    const auto passes_over = [](const Frame& frame) {
        if (is_tool(frame))
            return true;
        const std::string name = short_name(frame);
        return is_of_bolt(frame) && std::ranges::any_of(byte_readers, [&](std::string_view one) {
                   return name == one || name.ends_with("." + std::string(one));
               });
    };
    const auto at = std::ranges::find_if_not(trace.frames, passes_over);
    if (at != trace.frames.end())
        return &*at;
    const auto bolt = std::ranges::find_if(trace.frames, is_of_bolt);
    return bolt == trace.frames.end() ? nullptr : &*bolt;
}

bool has_call(const Trace& trace, std::string_view part) {
    return std::ranges::any_of(trace.frames, [&](const Frame& frame) {
        return is_of_bolt(frame) && contains(short_name(frame), part);
    });
}

// The code that reads, keeps or gives out the list of free pages.
bool is_of_freelist(const Frame& frame) {
    const std::string name = short_name(frame);
    return contains(frame.function, "internal/freelist.") || name.starts_with("freelist.") ||
           contains(name, "FreelistPage") || contains(name, "reelist");
}

std::optional<std::uint64_t> hex_after(std::string_view text, std::size_t at) noexcept {
    std::uint64_t number = 0;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number, 16);
    return error == std::errc{} && end != begin ? std::optional(number) : std::nullopt;
}

// The address that could not be read, as Go prints it.
std::optional<std::uint64_t> fault_address(const Trace& trace) {
    for (const std::string& message : trace.messages) {
        for (const std::string_view word : {"fault address 0x", "addr=0x"})
            if (const std::size_t at = message.find(word); at != std::string::npos)
                if (const auto address = hex_after(message, at + word.size()))
                    return address;
        // Windows: `Exception CODE KIND ADDRESS`.
        constexpr std::string_view number = " 0x";
        std::size_t at = message.starts_with("Exception 0x") ? 0 : std::string::npos;
        for (int i = 0; i < 3 && at != std::string::npos; ++i)
            at = message.find(number, at + 1);
        if (at != std::string::npos)
            return hex_after(message, at + number.size());
    }
    return std::nullopt;
}

// Go's bound of an array, or more, in `out of range [::301989912] with length 268435455`.
bool is_of_array_bound(const Trace& trace) {
    for (const std::string& message : trace.messages)
        for (const std::string_view word : {"with length ", "with capacity "})
            if (const auto bound = number_after(message, word);
                bound && std::ranges::find(array_bounds, *bound) != array_bounds.end())
                return true;
    return false;
}

Signature signature_of_nil(const Trace& trace, const Frame& place) {
    const std::string name = short_name(place);
    if (has_call(trace, "Tx.rollback") && has_call(trace, "DB.meta"))
        return Signature::remap_failed;
    const bool has_nil_receiver = !place.arguments.empty() && place.arguments.front().value == 0;
    if (name.starts_with("Bucket.") && (has_nil_receiver || !is_of_freelist(place)))
        return Signature::bucket_missing;
    return Signature::bolt_panic;
}

// bbolt stopped at a bound: which part of the file it was reading tells what is wrong.
Signature signature_of_bounds(const Trace& trace, const Frame& place) {
    const bool writes = has_call(trace, "node.write") || has_call(trace, "WriteInodeToPage");
    if (writes && is_of_array_bound(trace))
        return Signature::value_too_large;
    return is_of_freelist(place) ? Signature::freelist_damaged : Signature::key_out_of_range;
}

// A record of a program's own that it cannot read.
bool is_of_revision(const Trace& trace) {
    return std::ranges::any_of(trace.frames, [](const Frame& frame) {
        return contains_any(frame.function, {"mvcc.bytesToRev", "mvcc.BytesToRev",
                                             "mvcc.bytesToBucketKey", "mvcc.BytesToBucketKey"});
    });
}

bool has_bolt_frame(const Trace& trace) {
    return std::ranges::any_of(trace.frames, is_of_bolt);
}

// The kernel and other allocators speak of freed pages, too.
bool is_meant(const BoltWords& words, const Trace& trace, std::string_view message) {
    if (words.signature != Signature::page_freed_twice || has_bolt_frame(trace))
        return true;
    const bool is_of_others =
        std::ranges::any_of(trace.frames, [](const Frame& frame) { return !is_tool(frame); });
    return contains(message, "anic") && !is_of_others;
}

std::optional<Signature> signature_of_place(const Trace& trace) {
    const bool is_out_of_range =
        messages_have(trace, {"index out of range", "slice bounds out of range", "len out of range",
                              "cap out of range", "ptr is nil and len"});
    if (is_out_of_range && is_of_revision(trace))
        return Signature::record_invalid;
    const Frame* place = place_of(trace);
    if (place == nullptr || !is_of_bolt(*place))
        return std::nullopt;
    if (messages_have(trace, {"checkptr: "}))
        return Signature::bolt_panic;
    if (messages_have(trace, {"stack overflow", "goroutine stack exceeds"}))
        return Signature::tree_stack_overflow;
    if (messages_have(trace, {"out of memory", "cannot allocate memory"})) {
        if (is_of_freelist(*place))
            return Signature::freelist_damaged;
        return has_call(trace, "Cursor.") ? Signature::cursor_out_of_memory : Signature::bolt_panic;
    }
    if (is_out_of_range)
        return signature_of_bounds(trace, *place);
    const auto address = fault_address(trace);
    if (messages_have(trace, {"nil pointer dereference"}) || (address && *address < nil_pages_end))
        return signature_of_nil(trace, *place);
    if (messages_have(trace, {"unexpected fault address", "fatal error: fault", "SIGBUS", "SIGSEGV",
                              "[signal 0xc", "Exception 0xc"}))
        return Signature::fault_address;
    return Signature::bolt_panic;
}

} // namespace

std::string_view name_of(Signature signature) noexcept {
    constexpr std::array<std::string_view, signature_count> names{"cursor-out-of-memory",
                                                                  "tree-stack-overflow",
                                                                  "key-out-of-range",
                                                                  "page-type-invalid",
                                                                  "freelist-page-invalid",
                                                                  "pages-unreachable",
                                                                  "page-freed-twice",
                                                                  "fault-address",
                                                                  "page-id-mismatch",
                                                                  "circular-write",
                                                                  "page-above-high-water",
                                                                  "meta-invalid",
                                                                  "bolt-panic",
                                                                  "lock-timeout",
                                                                  "file-missing",
                                                                  "killed-for-memory",
                                                                  "freelist-damaged",
                                                                  "page-damaged",
                                                                  "bucket-missing",
                                                                  "record-invalid",
                                                                  "data-inconsistent",
                                                                  "file-too-small",
                                                                  "file-too-large",
                                                                  "address-space-exhausted",
                                                                  "mmap-unsupported",
                                                                  "file-still-mapped",
                                                                  "remap-failed",
                                                                  "value-too-large",
                                                                  "disk-full",
                                                                  "io-error",
                                                                  "read-only-file-system",
                                                                  "permission-denied",
                                                                  "database-closed",
                                                                  "start-hanging",
                                                                  "database-given"};
    return names[static_cast<std::size_t>(signature)];
}

bool may_have_signature(std::string_view line) {
    return has_error_text(line) ||
           contains_any(line, {"ut of memory: Kill", "oom-kill", "OOM killer"});
}

std::optional<Signature> signature_of_line(std::string_view line, const LineContext& context) {
    if (const auto signature = open_error_in(line, context))
        return signature;
    if (is_killed(line))
        return Signature::killed_for_memory;
    return std::nullopt;
}

std::vector<Signature> signatures_of_trace(const Trace& trace) {
    std::vector<Signature> signatures;
    const auto add = [&](Signature signature) {
        if (std::ranges::find(signatures, signature) == signatures.end())
            signatures.push_back(signature);
    };
    for (const std::string& message : trace.messages)
        if (const auto words = bolt_words_in(message); words && is_meant(*words, trace, message))
            add(words->signature);
    if (!signatures.empty())
        return signatures;
    // A panic with the text of an error: `panic: timeout`.
    const std::string_view program = program_of(trace);
    const bool is_of_user = !program.empty() || has_bolt_frame(trace);
    const Frame* place = place_of(trace);
    LineContext context{.program = program, .is_file_near = is_of_user};
    for (const std::string& message : trace.messages) {
        // Not Go's own: its memory is no file's.
        context.is_in_bolt =
            place != nullptr && is_of_bolt(*place) && message.starts_with("panic: ");
        if (const auto signature = open_error_in(message, context))
            add(*signature);
    }
    if (!signatures.empty())
        return signatures;
    if (const auto signature = signature_of_place(trace))
        add(*signature);
    return signatures;
}

std::optional<Signature> signature_of_dump(const Trace& trace) {
    const bool is_at_work = trace.state.starts_with("runn");
    const bool sleeps = trace.state.starts_with("sleep");
    for (const Frame& frame : trace.frames) {
        if (!is_of_bolt(frame))
            continue;
        const std::string name = short_name(frame);
        if (is_at_work && (name == "Cursor.first" || name == "Cursor.next"))
            return Signature::cursor_out_of_memory;
        if ((sleeps || is_at_work) && name.ends_with("flock"))
            return Signature::lock_timeout;
    }
    return std::nullopt;
}

} // namespace rebolt::diagnose
