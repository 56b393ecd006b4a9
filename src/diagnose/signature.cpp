#include "diagnose/signature.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "diagnose/frame.hpp"
#include "diagnose/text.hpp"

namespace rebolt::diagnose {
namespace {

using Words = std::pair<std::string_view, Signature>;

// Only bbolt says these; a number must stand where the mark # is.
constexpr std::array words_of_bolt{
    Words{"invalid page type: #", Signature::page_type_invalid},
    Words{"invalid freelist page: #", Signature::freelist_page_invalid},
    Words{"failed to get all reachable pages", Signature::pages_unreachable},
    Words{"cannot free page 0 or 1", Signature::page_freed_twice},
    Words{"Page expected to be: #", Signature::page_id_mismatch},
    Words{"write: circular dependency occurred", Signature::circular_write},
    Words{"above high water mark (#", Signature::page_above_high_water},
};

// Frames of these say what happened, not who did it.
constexpr std::array tool_packages{"runtime", "sort",   "sync",  "bytes",  "fmt",
                                   "log",     "slices", "debug", "unsafe", "syscall"};

constexpr std::array bolt_programs{"dockerd", "containerd", "etcd",  "influxd",
                                   "consul",  "vault",      "nomad", "buildkitd",
                                   "podman",  "lnd",        "k3s",   "docker-containe"};

bool contains(std::string_view text, std::string_view part) noexcept {
    return text.find(part) != std::string_view::npos;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) noexcept {
    return std::ranges::any_of(parts, [&](std::string_view part) { return contains(text, part); });
}

// The words with a number where # stands.
bool has_words(std::string_view text, std::string_view words) noexcept {
    if (!words.ends_with('#'))
        return contains(text, words);
    words.remove_suffix(1);
    return number_after(text, words).has_value();
}

bool is_already_freed(std::string_view text) noexcept {
    const std::size_t end = text.find(" already freed");
    if (end == std::string_view::npos)
        return false;
    const std::size_t space = text.substr(0, end).rfind(' ');
    return space != std::string_view::npos && text.substr(0, space).ends_with("page") &&
           leading_number(text.substr(space + 1)).has_value();
}

// A line that its own program does not call a failure.
bool is_calm(std::string_view line) noexcept {
    return contains_any(line, {"level=info", "level=debug", "level=warning", R"("level":"info")",
                               R"("level":"debug")", R"("level":"warn")", "lvl=info", "lvl=debug"});
}

std::string_view without_closing(std::string_view line) noexcept {
    line = trimmed(line);
    while (line.ends_with('"') || line.ends_with('}') || line.ends_with('\'') ||
           line.ends_with('.'))
        line.remove_suffix(1);
    return line;
}

bool is_lock_timeout(std::string_view line) noexcept {
    if (contains(line, "waiting for response from boltdb open"))
        return true;
    const std::string_view text = without_closing(line);
    const std::size_t field = text.find(" module=");
    const std::string_view said = without_closing(text.substr(0, field));
    if (!said.ends_with(": timeout"))
        return false;
    return contains_any(said, {"metadata database", "bolt", ".db", "starting daemon: timeout",
                               "start daemon: timeout", "start Raft"});
}

bool is_missing_file(std::string_view line) noexcept {
    if (is_calm(line))
        return false;
    if (contains(line, "database snapshot file") && contains(line, "doesn't exist"))
        return true;
    return contains_any(line, {".db: no such file or directory", ".bolt: no such file or directory",
                               "/snap/db: no such file or directory"});
}

bool is_invalid_meta(std::string_view line) noexcept {
    if (is_calm(line))
        return false;
    const std::string_view text = without_closing(line);
    const bool says = text.ends_with("invalid database") || text.ends_with("checksum error") ||
                      text.ends_with("version mismatch") || text.ends_with("file size too small");
    return says && contains_any(text, {"bolt", ".db", "database:", "raft", "snap/db",
                                       "=\"invalid database", "\":\"invalid database"});
}

bool is_killed(std::string_view line) noexcept {
    const bool by_kernel = contains(line, "ut of memory: Killed process ");
    if (by_kernel)
        return std::ranges::any_of(bolt_programs, [&](std::string_view program) {
            const std::size_t at = line.find(program);
            return at != std::string_view::npos && at > 0 && line[at - 1] == '(';
        });
    if (!contains_any(line, {"killed by the OOM killer", "Failed with result 'oom-kill'"}))
        return false;
    return std::ranges::any_of(
        std::array{"docker", "containerd", "etcd", "influx", "consul", "vault", "nomad", "buildkit",
                   "podman", "lnd", "k3s"},
        [&](std::string_view unit) { return trimmed(line).starts_with(unit); });
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

// The frame where it happened: the innermost that is no tool.
const Frame* place_of(const Trace& trace) {
    const auto at = std::ranges::find_if_not(trace.frames, is_tool);
    return at == trace.frames.end() ? nullptr : &*at;
}

bool has_method(const Trace& trace, std::string_view type) {
    return std::ranges::any_of(trace.frames, [&](const Frame& frame) {
        return is_of_bolt(frame) && short_name(frame).starts_with(type);
    });
}

} // namespace

std::string_view name_of(Signature signature) noexcept {
    constexpr std::array<std::string_view, signature_count> names{
        "cursor-out-of-memory", "tree-stack-overflow",   "key-out-of-range",
        "page-type-invalid",    "freelist-page-invalid", "pages-unreachable",
        "page-freed-twice",     "fault-address",         "page-id-mismatch",
        "circular-write",       "page-above-high-water", "meta-invalid",
        "bolt-panic",           "lock-timeout",          "file-missing",
        "killed-for-memory"};
    return names[static_cast<std::size_t>(signature)];
}

std::optional<Signature> signature_of_words(std::string_view text) noexcept {
    if (is_calm(text))
        return std::nullopt;
    for (const auto& [words, signature] : words_of_bolt)
        if (has_words(text, words))
            return signature;
    if (is_already_freed(text))
        return Signature::page_freed_twice;
    return std::nullopt;
}

std::optional<Signature> signature_of_line(std::string_view line) noexcept {
    if (is_lock_timeout(line))
        return Signature::lock_timeout;
    if (is_missing_file(line))
        return Signature::file_missing;
    if (is_invalid_meta(line))
        return Signature::meta_invalid;
    if (is_killed(line))
        return Signature::killed_for_memory;
    return std::nullopt;
}

std::optional<Signature> signature_of_trace(const Trace& trace) {
    for (const std::string& message : trace.messages)
        if (const auto signature = signature_of_words(message))
            return signature;
    const Frame* place = place_of(trace);
    if (place == nullptr || !is_of_bolt(*place))
        return std::nullopt;
    if (messages_have(trace, {"stack overflow", "goroutine stack exceeds"}))
        return Signature::tree_stack_overflow;
    if (messages_have(trace, {"out of memory", "cannot allocate memory"}))
        return has_method(trace, "Cursor.") ? Signature::cursor_out_of_memory
                                            : Signature::bolt_panic;
    if (messages_have(trace, {"index out of range", "slice bounds out of range"}))
        return Signature::key_out_of_range;
    if (messages_have(trace, {"unexpected fault address", "fatal error: fault", "signal SIGBUS"}))
        return Signature::fault_address;
    return Signature::bolt_panic;
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

bool begins_trace(std::string_view line) noexcept {
    line = trimmed(line);
    for (const std::string_view begin :
         {"panic: ", "fatal error: ", "unexpected fault address", "[signal SIG",
          "runtime: out of memory", "runtime: cannot allocate memory",
          "runtime: goroutine stack exceeds"})
        if (line.starts_with(begin))
            return true;
    return contains(line, "http: panic serving ") || signature_of_words(line).has_value();
}

std::string_view program_of(const Trace& trace) noexcept {
    // The innermost that is known decides: dockerd may hold containerd's code.
    using Program = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<Program, 14> programs{{
        {"containerd/containerd", "containerd"},
        {"moby/buildkit", "buildkitd"},
        {"github.com/docker/docker/", "dockerd"},
        {"github.com/docker/libnetwork", "dockerd"},
        {"DaemonCli", "dockerd"},
        {"coreos/etcd", "etcd"},
        {"go.etcd.io/etcd", "etcd"},
        {"influxdata/influxdb", "influxd"},
        {"hashicorp/consul", "consul"},
        {"hashicorp/vault", "vault"},
        {"hashicorp/nomad", "nomad"},
        {"containers/podman", "podman"},
        {"containers/libpod", "podman"},
        {"lightningnetwork/lnd", "lnd"},
    }};
    for (const Frame& frame : trace.frames) {
        // A vendored bbolt has the program's path before it.
        for (const auto& [part, program] : programs)
            if (contains(frame.function, part))
                return program;
    }
    return {};
}

std::string_view program_of_line(std::string_view line) noexcept {
    if (const std::size_t at = line.find("Killed process "); at != std::string_view::npos) {
        const std::size_t open = line.find('(', at);
        const std::size_t close = line.find(')', at);
        return open < close && close != std::string_view::npos
                   ? line.substr(open + 1, close - open - 1)
                   : std::string_view{};
    }
    // systemd's own lines begin with the unit's name.
    const std::string_view text = trimmed(line);
    const std::size_t unit = text.find(".service: ");
    if (unit != std::string_view::npos && unit == text.find('.') &&
        text.substr(0, unit).find(' ') == std::string_view::npos)
        return text.substr(0, unit) == "docker" ? "dockerd" : text.substr(0, unit);
    if (contains_any(line, {"starting daemon", "start daemon"}))
        return "dockerd";
    if (contains_any(line, {"containerd", "waiting for response from boltdb open"}))
        return "containerd";
    if (contains_any(line, {"etcdserver", "etcdmain", "v3 backend"}))
        return "etcd";
    return {};
}

} // namespace rebolt::diagnose
