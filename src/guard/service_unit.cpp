// How a preset's service is run on this system, where no unit of its name starts it.
#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include <rebolt/guard_install.hpp>

namespace rebolt {
namespace {

namespace fs = std::filesystem;

constexpr std::array unit_folders{"/etc/systemd/system", "/run/systemd/system",
                                  "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                  "/lib/systemd/system"};

bool is_there(const std::string& path) {
    std::error_code error;
    return fs::exists(path, error);
}

// In systemd's order. Empty: there is none.
std::string unit_file_of(const std::string& root, const std::string& unit) {
    for (const char* folder : unit_folders) {
        std::string path = fmt::format("{}{}/{}.service", root, folder, unit);
        std::error_code error;
        if (fs::symlink_status(path, error).type() != fs::file_type::not_found && !error)
            return path;
    }
    return {};
}

bool is_masked(const std::string& path) {
    std::error_code error;
    return fs::read_symlink(path, error) == "/dev/null";
}

// The unit of the first user who runs Docker without root. Empty: nobody does.
std::string rootless_unit(const std::string& root) {
    constexpr const char* unit = ".config/systemd/user/docker.service";
    std::error_code error;
    for (fs::directory_iterator home(root + "/home", error), end; !error && home != end;
         home.increment(error))
        if (is_there((home->path() / unit).string()))
            return (home->path() / unit).string();
    return {};
}

std::string docker_advice(const std::string& root) {
    constexpr const char* snap = "/var/snap/docker/common/var-lib-docker";
    if (is_there(root + "/var/snap/docker"))
        return fmt::format(
            "Docker is a snap here: rebolt guard install docker --unit snap.docker.dockerd "
            "--data-root {}",
            snap);
    if (const std::string unit = rootless_unit(root); !unit.empty())
        return fmt::format(
            "Docker is rootless here ({}): as that user, run this before it starts, as "
            "ExecStartPre= of `systemctl --user edit docker`: rebolt guard docker --data-root "
            "~/.local/share/docker --state-folder ~/.local/state/rebolt",
            unit);
    return {};
}

std::string advice_for(std::string_view preset, const std::string& root) {
    if (preset == "docker")
        return docker_advice(root);
    if (preset == "etcd" && is_there(root + "/etc/kubernetes/manifests/etcd.yaml"))
        return "etcd is a static pod here, which kubelet starts: rebolt guard install kubeadm";
    return {};
}

} // namespace

std::string missing_unit_advice(std::string_view preset, const GuardDropIn& drop_in,
                                const std::string& system_root) {
    const std::string file = unit_file_of(system_root, drop_in.unit);
    if (!file.empty() && !is_masked(file))
        return {};
    if (const std::string advice = advice_for(preset, system_root); !advice.empty())
        return fmt::format("there is no {}.service here. {}", drop_in.unit, advice);
    if (!file.empty())
        return fmt::format("{}.service is masked here ({})", drop_in.unit, file);
    return fmt::format("there is no {0}.service here. If another unit starts it: rebolt guard "
                       "install {1} --unit NAME. Without one, run this before it starts: rebolt "
                       "guard {1}",
                       drop_in.unit, preset);
}

} // namespace rebolt
