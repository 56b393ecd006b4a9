#include "box.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// A healthy start takes under 100 MiB. Go ends a stack of 1 GB itself, with a panic
// that is to be seen.
constexpr std::uint64_t too_much_memory = std::uint64_t{3} << 30;
constexpr std::chrono::milliseconds between_looks{50};

// What runs as the first process of the box. $1: its folder, $2: its cgroup. The
// daemon's own memory is bounded, as this machine is not its alone. With /run
// empty it finds no containerd of the system. $3: a folder with the file system
// that has another release's dockerd; empty: the system's own.
constexpr const char* script = R"(
mount --make-rprivate / && mount -t tmpfs tmpfs /run && ip link set lo up || exit 99
inside=
if [ -n "$3" ]; then
  mount --rbind "$3" "$3" && mkdir -p "$3$1" && mount --bind "$1" "$3$1" &&
    mount -t proc proc "$3/proc" && mount --rbind /sys "$3/sys" && mount --rbind /dev "$3/dev" &&
    mount -t tmpfs tmpfs "$3/run" || exit 99
  inside="chroot $3"
fi
ulimit -v 8000000
$inside /usr/sbin/dockerd --data-root "$1/root" --exec-root "$1/exec" -H "unix://$1/d.sock" \
  -p "$1/d.pid" --storage-driver vfs --dns 192.0.2.53 --cgroup-parent "/$2" >"$1/log" 2>&1 &
wait $!
exit $?
)";

[[noreturn]] void give_up(const std::string& what) {
    std::fputs((what + "\n").c_str(), stderr);
    std::abort();
}

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<pid_t> children_of(pid_t process) {
    std::istringstream text(
        text_of(fmt::format("/proc/{0}/task/{0}/children", static_cast<int>(process))));
    return {std::istream_iterator<pid_t>(text), {}};
}

std::uint64_t memory_of(pid_t process) {
    std::istringstream text(text_of(fmt::format("/proc/{}/statm", static_cast<int>(process))));
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    text >> total >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string name_of_process(pid_t process) {
    std::string name = text_of(fmt::format("/proc/{}/comm", static_cast<int>(process)));
    std::erase(name, '\n');
    return name;
}

// All control groups that dockerd made below ours, in each hierarchy.
void remove_cgroups(const std::string& name) {
    std::error_code error;
    std::vector<fs::path> found;
    const fs::path top("/sys/fs/cgroup");
    for (const fs::path& hierarchy : {top, top / "unified"})
        found.push_back(hierarchy / name);
    for (const auto& entry : fs::directory_iterator(top, error))
        found.push_back(entry.path() / name);
    for (const fs::path& group : found) {
        std::vector<fs::path> inside;
        for (fs::recursive_directory_iterator entry(group, error), end; !error && entry != end;
             entry.increment(error))
            if (entry->is_directory())
                inside.push_back(entry->path());
        std::ranges::sort(inside, std::ranges::greater{});
        for (const fs::path& one : inside)
            ::rmdir(one.c_str());
        ::rmdir(group.c_str());
    }
}

} // namespace

std::string_view name_of(DaemonFate fate) noexcept {
    switch (fate) {
    case DaemonFate::started:
        return "starts";
    case DaemonFate::exited:
        return "exits with an error";
    case DaemonFate::panicked:
        return "panics";
    case DaemonFate::grows:
        return "never starts, eats memory";
    case DaemonFate::hangs:
        return "never starts";
    }
    return "";
}

Box::Box(std::string folder)
    : folder_(std::move(folder)), cgroup_(fmt::format("rebolt-e2e-{}", ::getpid())) {
    fs::create_directories(root());
}

Box::~Box() {
    cut();
    remove_cgroups(cgroup_);
}

std::string Box::file_system() {
    const char* root = std::getenv("REBOLT_DOCKERD_ROOT");
    return root == nullptr ? "" : root;
}

std::optional<std::string> Box::what_is_missing() {
    if (::geteuid() != 0)
        return "dockerd needs root";
    for (const char* program : {"/usr/sbin/dockerd", "/usr/bin/containerd", "/usr/bin/unshare",
                                "/bin/busybox", "/usr/sbin/iptables"})
        if (!fs::exists(file_system() + program))
            return fmt::format("there is no {}{} (scripts/setup e2e installs the system's)",
                               file_system(), program);
    const auto tried =
        run_command({"/usr/bin/unshare", "--net", "--pid", "--mount", "--fork", "--mount-proc",
                     "/bin/sh", "-c", "mount --make-rprivate / && mount -t tmpfs tmpfs /run"});
    if (tried.exit_code != 0)
        return "the system allows no namespaces and mounts of one's own: " + tried.err;
    std::error_code error;
    const bool has_groups = fs::exists("/sys/fs/cgroup/memory", error) ||
                            fs::exists("/sys/fs/cgroup/cgroup.controllers", error);
    if (!has_groups || ::access("/sys/fs/cgroup", W_OK) != 0)
        return "there are no control groups that can be written";
    return std::nullopt;
}

void Box::spawn() {
    for (const char* left : {"/exec", "/d.pid", "/d.sock", "/log"})
        fs::remove_all(folder_ + left);
    std::vector<std::string> words{"/usr/bin/setpriv",
                                   "--pdeathsig",
                                   "KILL",
                                   "/usr/bin/unshare",
                                   "--net",
                                   "--pid",
                                   "--mount",
                                   "--fork",
                                   "--kill-child",
                                   "--mount-proc",
                                   "--",
                                   "/bin/bash",
                                   "-c",
                                   script,
                                   "box",
                                   folder_,
                                   cgroup_,
                                   file_system()};
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
    if (::posix_spawn(&process_, arguments[0], &actions, nullptr, arguments.data(), environ) != 0)
        give_up("cannot run unshare");
    ::posix_spawn_file_actions_destroy(&actions);
}

pid_t Box::init() const {
    const auto children = children_of(process_);
    return children.empty() ? 0 : children.front();
}

pid_t Box::daemon() const {
    const pid_t first = init();
    if (first == 0)
        return 0;
    for (const pid_t child : children_of(first))
        if (name_of_process(child) == "dockerd")
            return child;
    return 0;
}

std::string Box::log() const {
    return text_of(folder_ + "/log");
}

DaemonFate Box::fate_of_ended(std::string& last_words) const {
    std::istringstream text(log());
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("panic: ") || line.starts_with("fatal error: ") ||
            line.starts_with("unexpected fault address")) {
            last_words = line;
            return DaemonFate::panicked;
        }
        if (!line.empty())
            last_words = line;
    }
    return DaemonFate::exited;
}

DaemonStart Box::start(std::chrono::seconds longest) {
    spawn();
    const auto begun = Clock::now();
    DaemonStart result;
    while (true) {
        std::this_thread::sleep_for(between_looks);
        result.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
        if (::waitpid(process_, nullptr, WNOHANG) == process_) {
            process_ = 0;
            result.fate = fate_of_ended(result.last_words);
            return result;
        }
        if (log().find("API listen on") != std::string::npos)
            return result;
        if (const pid_t process = daemon(); process != 0)
            result.memory_bytes = std::max(result.memory_bytes, memory_of(process));
        const bool is_too_much = result.memory_bytes > too_much_memory;
        if (!is_too_much && result.took < longest)
            continue;
        result.fate = is_too_much ? DaemonFate::grows : DaemonFate::hangs;
        (void)fate_of_ended(result.last_words);
        cut();
        return result;
    }
}

void Box::cut() {
    if (process_ == 0)
        return;
    if (const pid_t first = init(); first != 0)
        ::kill(first, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
    process_ = 0;
}

void Box::stop() {
    const pid_t process = daemon();
    if (process != 0)
        ::kill(process, SIGTERM);
    for (int i = 0; i < 600 && daemon() == process; ++i)
        std::this_thread::sleep_for(between_looks);
    cut();
}

CommandResult Box::docker(std::vector<std::string> words) const {
    std::vector<std::string> all{"/usr/bin/env", "docker", "-H", "unix://" + folder_ + "/d.sock"};
    all.insert(all.end(), std::make_move_iterator(words.begin()),
               std::make_move_iterator(words.end()));
    return run_command(all);
}

std::vector<std::string> Box::lines(std::vector<std::string> words) const {
    const CommandResult result = docker(std::move(words));
    if (result.exit_code != 0)
        give_up("docker: " + result.err);
    std::istringstream text(result.out);
    std::vector<std::string> found;
    for (std::string line; std::getline(text, line);)
        if (!line.empty())
            found.push_back(line);
    std::ranges::sort(found);
    return found;
}

} // namespace rebolt::test
