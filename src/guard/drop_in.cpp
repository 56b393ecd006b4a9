#include <array>

#include <fmt/format.h>

#include <rebolt/guard.hpp>

namespace rebolt {

// ExecStartPre runs before each start, and may ask for more time while it works
// (NotifyAccess). A start that hangs ends after a while, and a daemon that eats
// memory is stopped before the machine is out of it: the ceiling is the daemon's
// alone, Docker's containers have control groups of their own.
Result<GuardDropIn> guard_drop_in(std::string_view preset, const std::string& program) {
    constexpr std::array<std::string_view, 3> services{"docker", "containerd", "etcd"};
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
                 fmt::format("there is no preset `{}`: docker, containerd and etcd are", preset));
}

} // namespace rebolt
