// What systemd says of a unit, by `systemctl show`.
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rebolt/evidence.hpp>

#include "diagnose/number_text.hpp"
#include "diagnose/unit_name.hpp"

namespace rebolt::diagnose {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds longest{5};
constexpr std::size_t output_bytes_max = 65536;

// Runs a program with its output in a pipe; empty if it cannot be run.
class Child {
public:
    explicit Child(std::array<const char*, 6> words) {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            return;
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        std::array<char*, 7> arguments{};
        for (std::size_t i = 0; i < words.size(); ++i)
            arguments[i] = const_cast<char*>(words[i]); // posix_spawn does not write to them
        if (::posix_spawnp(&process_, arguments[0], &actions, nullptr, arguments.data(), environ) !=
            0)
            process_ = -1;
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        output_ = ends[0];
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (output_ >= 0)
            ::close(output_);
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
    }

    // All output, or what came in time.
    [[nodiscard]] std::string output() const {
        std::string text;
        const auto deadline = Clock::now() + longest;
        while (output_ >= 0 && text.size() < output_bytes_max) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
            pollfd ready{.fd = output_, .events = POLLIN, .revents = 0};
            if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0)
                break;
            std::array<char, 4096> piece{};
            const ssize_t size = ::read(output_, piece.data(), piece.size());
            if (size <= 0)
                break;
            text.append(piece.data(), static_cast<std::size_t>(size));
        }
        return text;
    }

private:
    pid_t process_ = -1;
    int output_ = -1;
};

std::string value_in(std::string_view text, std::string_view name) {
    const std::string wanted = "\n" + std::string(name) + "=";
    const std::string all = "\n" + std::string(text);
    const std::size_t at = all.find(wanted);
    if (at == std::string::npos)
        return {};
    const std::size_t begin = at + wanted.size();
    return all.substr(begin, all.find('\n', begin) - begin);
}

} // namespace

std::string unit_name(std::string_view unit) {
    for (const std::string_view suffix : {".service", ".socket", ".scope", ".slice"})
        if (unit.ends_with(suffix))
            return std::string(unit);
    return std::string(unit) + ".service";
}

UnitEvidence inspect_unit(const std::string& unit) {
    UnitEvidence evidence;
    evidence.unit = unit_name(unit);
    if (!std::filesystem::exists("/run/systemd/system")) {
        evidence.unavailable = "systemd does not run on this machine";
        return evidence;
    }
    const Child child({"systemctl", "show",
                       "--property=ActiveState,SubState,Result,MainPID,NRestarts,LoadState",
                       "--no-pager", "--", evidence.unit.c_str()});
    const std::string text = child.output();
    if (text.empty())
        evidence.unavailable = "systemctl gave no answer";
    else if (value_in(text, "LoadState") == "not-found")
        evidence.unavailable = "there is no such unit";
    evidence.active = value_in(text, "ActiveState");
    evidence.sub = value_in(text, "SubState");
    evidence.result = value_in(text, "Result");
    evidence.main_process = leading_number(value_in(text, "MainPID")).value_or(0);
    evidence.restarts = leading_number(value_in(text, "NRestarts")).value_or(0);
    return evidence;
}

} // namespace rebolt::diagnose
