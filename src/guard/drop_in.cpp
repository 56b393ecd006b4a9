#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <rebolt/guard.hpp>

#include "systemd/drop_in.hpp"
#include "systemd/notify.hpp"

namespace rebolt {

// ExecStartPre runs before each start and may ask for more time (NotifyAccess). A
// start that hangs is ended, and a daemon whose memory keeps growing is stopped
// before the machine runs out: the limit is the daemon's alone, since Docker's
// containers have control groups of their own.
Result<GuardDropIn> guard_drop_in(std::string_view preset, const std::string& program) {
    constexpr std::array<std::string_view, 10> services{
        "docker", "containerd", "etcd", "consul",  "nomad",
        "vault",  "influxdb",   "lnd",  "otelcol", "podman"};
    for (const std::string_view service : services)
        if (preset == service)
            return GuardDropIn{
                .path = fmt::format("/etc/systemd/system/{}.service.d/10-rebolt.conf", service),
                .content = fmt::format("# Written by `rebolt guard install {0}`; "
                                       "`rebolt guard uninstall {0}` removes it.\n"
                                       "[Service]\n"
                                       "ExecStartPre={1} guard {0}\n"
                                       "NotifyAccess=exec\n"
                                       "TimeoutStartSec=5min\n"
                                       "MemoryMax=75%\n"
                                       "MemorySwapMax=0\n",
                                       service, program)};
    return Error(ErrorCode::invalid_argument,
                 fmt::format("there is no service of a preset `{}`; those that are: {}", preset,
                             fmt::join(services, ", ")));
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
