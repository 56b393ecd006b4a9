#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include <sys/stat.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <rebolt/guard.hpp>
#include <rebolt/guard_install.hpp>

#include "base/try.hpp"
#include "guard/kubernetes_presets.hpp"
#include "io/file.hpp"
#include "systemd/drop_in.hpp"
#include "systemd/notify.hpp"

namespace rebolt {
namespace {

// A word of a command line in a unit: systemd.service(5), "Command lines", and
// systemd.syntax(7), "Quoting".
Result<std::string> unit_word(const std::string& text) {
    std::string quoted;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            return Error(ErrorCode::invalid_argument,
                         "the program's name has control characters, which no unit can hold")
                .in_file(text);
        if (c == '%' || c == '$') // a specifier, a variable
            quoted += c;
        else if (c == '"' || c == '\\')
            quoted += '\\';
        quoted += c;
    }
    const bool is_plain = std::ranges::none_of(
        text, [](char c) { return std::string_view(" \"'\\;").find(c) != std::string_view::npos; });
    return is_plain ? quoted : '"' + quoted + '"';
}

bool can_others_write(const std::filesystem::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return false; // it is not there: nobody's
    const bool is_sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
    return status.st_uid != 0 || ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !is_sticky);
}

// Root runs it at each start: nobody else may be able to put another there.
std::string warning_of(const std::string& program) {
    for (std::filesystem::path at = program; !at.empty(); at = at.parent_path()) {
        if (can_others_write(at))
            return fmt::format("users other than root can change {}, and root will run {} at each "
                               "start: install it where only root can write, /usr/bin or "
                               "/usr/local/bin",
                               at.string(), program);
        if (at == at.root_path())
            break;
    }
    return {};
}

// Presets with a service of their name.
constexpr std::array<std::string_view, 10> services{"docker",  "containerd", "etcd",     "consul",
                                                    "nomad",   "vault",      "influxdb", "lnd",
                                                    "otelcol", "podman"};

// Without `.service`; empty: the preset has none.
std::string_view unit_of(std::string_view preset) {
    const auto* service = std::ranges::find(services, preset);
    return service != services.end() ? *service : guard::kubernetes_unit(preset);
}

// The shell's `$0` is the program, `$1` the data root: no name of either is read as
// shell. If the program is gone, the service starts without it.
std::string shell_line(std::string_view how, std::string_view arguments,
                       const GuardDropInOptions& options, std::string_view words) {
    return fmt::format("/bin/sh -c 'test ! -x \"$$0\" || exec {}\"$$0\" guard {}{}' {}\n", how,
                       arguments, options.data_root.empty() ? "" : " --data-root \"$$1\"", words);
}

// ExecStartPre runs before each start and may ask for more time (NotifyAccess).
// ExecStartPost only asks systemd to take the snapshots that were put off, at low
// priority, beside the service. `+`: as root, whoever the service's user is, or the
// guard could neither keep snapshots nor give a file its owner.
std::string commands_of(std::string_view preset, const GuardDropInOptions& options,
                        std::string_view words) {
    const auto line = [&](std::string_view how, std::string_view when) {
        return shell_line(how, fmt::format("{} {}", when, preset), options, words);
    };
    constexpr std::string_view beside = "systemd-run --quiet --no-block --collect --nice=19 "
                                        "--property=IOSchedulingClass=idle ";
    return fmt::format("ExecStartPre=+{}ExecStartPost=-+{}ExecStopPost=-+{}",
                       line("", "--before-start"), line(beside, "--after-start"),
                       line("", "--after-stop"));
}

// A start that hangs is ended, and a daemon whose memory keeps growing is stopped
// before the machine runs out: the limit is the daemon's alone, since Docker's
// containers have control groups of their own.
std::string limits_of(const GuardDropInOptions& options) {
    std::string limits;
    if (options.start_timeout.count() != 0)
        limits += fmt::format("TimeoutStartSec={}\n", options.start_timeout.count());
    if (!options.memory_max.empty())
        limits += fmt::format("MemoryMax={}\nMemorySwapMax=0\n", options.memory_max);
    return limits;
}

} // namespace

Result<GuardDropIn> guard_drop_in(std::string_view preset, const GuardDropInOptions& options) {
    const std::string unit = options.unit.empty() ? std::string(unit_of(preset)) : options.unit;
    if (unit.empty())
        return Error(ErrorCode::invalid_argument,
                     fmt::format("there is no service of a preset `{}`; those that are: {}{}",
                                 preset, fmt::join(services, ", "),
                                 guard::kubernetes_preset_names()));
    std::string words = TRY(unit_word(options.program));
    if (!options.data_root.empty())
        words += " " + TRY(unit_word(options.data_root));
    return GuardDropIn{.unit = unit,
                       .path = fmt::format("/etc/systemd/system/{}.service.d/10-rebolt.conf", unit),
                       .content = fmt::format("# Written by `rebolt guard install {0}`; "
                                              "`rebolt guard uninstall {0}` removes it.\n"
                                              "[Service]\n{1}NotifyAccess=exec\n{2}",
                                              preset, commands_of(preset, options, words),
                                              limits_of(options)),
                       .warning = warning_of(options.program)};
}

Result<bool> is_guard_installed(const GuardDropIn& drop_in) {
    auto file = io::File::open_for_reading(drop_in.path);
    if (!file && file.error().code() == ErrorCode::file_not_found)
        return false;
    if (!file)
        return std::move(file).error();
    std::string text(drop_in.content.size() + 1, '\0');
    text.resize(TRY((*file)->read_at(0, std::as_writable_bytes(std::span(text)))));
    return text == drop_in.content;
}

Result<void> install_guard(const GuardDropIn& drop_in) {
    return systemd::write_drop_in(drop_in.path, drop_in.content);
}

Result<void> uninstall_guard(const GuardDropIn& drop_in) {
    return systemd::remove_drop_in(drop_in.path);
}

void notify_systemd(const std::string& path, std::chrono::milliseconds time_budget) {
    constexpr std::chrono::seconds margin{30};
    systemd::notify(systemd::starting("rebolt guard: checking " + path, time_budget + margin));
}

} // namespace rebolt
