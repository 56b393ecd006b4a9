// Box: a real dockerd in namespaces of its own (processes, network, mounts), so
// that a power cut is one SIGKILL: its containerd, shims and containers end with
// it, its bridges, rules and mounts are gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "support/run_command.hpp"

namespace rebolt::test {

/// What became of a start.
enum class DaemonFate : std::uint8_t {
    started,
    exited,   ///< with an error
    panicked, ///< Go's panic or fatal error
    grows,    ///< it eats memory, and does not get ready
    hangs,    ///< it does not get ready in time
};
[[nodiscard]] std::string_view name_of(DaemonFate fate) noexcept;

struct DaemonStart {
    DaemonFate fate = DaemonFate::started;
    std::chrono::milliseconds took{0};
    std::uint64_t memory_bytes = 0; ///< the most that was seen
    std::string last_words;         ///< the panic, or the last line that it logged
};

class Box {
public:
    /// Its data root is `folder`/root; `folder` must outlive it.
    explicit Box(std::string folder);
    Box(const Box&) = delete;
    Box& operator=(const Box&) = delete;
    ~Box(); ///< cuts

    /// Where another release's dockerd is, with its programs: REBOLT_DOCKERD_ROOT;
    /// empty: the system's own is run.
    [[nodiscard]] static std::string file_system();
    /// Why no dockerd can run here; nullopt: one can.
    [[nodiscard]] static std::optional<std::string> what_is_missing();

    /// Starts dockerd, and waits until its API listens or it has come to grief.
    /// One that does not get ready is ended.
    DaemonStart start(std::chrono::seconds longest = std::chrono::seconds{300});
    /// As a power cut: SIGKILL to all that runs in it, at once.
    void cut();
    /// As `systemctl stop`: SIGTERM to dockerd, which stops its containers.
    void stop();

    /// `docker <words…>`.
    [[nodiscard]] CommandResult docker(std::vector<std::string> words) const;
    /// Its output's lines, sorted; ends the test program if it fails.
    [[nodiscard]] std::vector<std::string> lines(std::vector<std::string> words) const;
    [[nodiscard]] std::string root() const { return folder_ + "/root"; }
    [[nodiscard]] std::string log() const;

private:
    void spawn();
    [[nodiscard]] pid_t init() const;   ///< the first process in it
    [[nodiscard]] pid_t daemon() const; ///< dockerd; 0: none
    [[nodiscard]] DaemonFate fate_of_ended(std::string& last_words) const;

    std::string folder_;
    std::string cgroup_;
    pid_t process_ = 0; ///< unshare, whose child is the first process in the box
};

} // namespace rebolt::test
