// Subprocess: another program, started and waited for.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <rebolt/result.hpp>

namespace rebolt::io {

enum class Stream : std::uint8_t {
    inherit, ///< this program's
    null,    ///< /dev/null
    pipe,    ///< for output: read by this program
};

struct SubprocessOptions {
    std::vector<std::string> command; ///< the program, searched in PATH, and its arguments
    Stream in = Stream::inherit;      ///< never pipe
    Stream out = Stream::inherit;
    Stream err = Stream::inherit;
    std::vector<std::string> environment = {}; ///< `NAME=value`, on top of this program's
};

/// Killed when it goes out of scope, if it still runs. Move-only.
class Subprocess {
public:
    /// Errors: io (the program cannot be run).
    static Result<Subprocess> start(const SubprocessOptions& options);

    Subprocess(Subprocess&& other) noexcept;
    Subprocess& operator=(Subprocess&&) = delete;
    Subprocess(const Subprocess&) = delete;
    Subprocess& operator=(const Subprocess&) = delete;
    ~Subprocess();

    [[nodiscard]] pid_t process() const noexcept { return process_; }
    /// The reading ends of its pipes; -1 where there is none.
    [[nodiscard]] int out() const noexcept { return out_; }
    [[nodiscard]] int err() const noexcept { return err_; }
    /// What it writes to its piped output until it closes it: at most about
    /// `bytes_max`, and only what comes within `longest`.
    [[nodiscard]] std::string read_output(std::chrono::milliseconds longest,
                                          std::size_t bytes_max) const;

    /// Its exit code if it has ended: 128 + signal if a signal ended it.
    [[nodiscard]] std::optional<int> poll();
    /// Waits for its end; returns its exit code.
    int wait();
    /// Sends a signal if it still runs.
    void signal(int number) const noexcept;

private:
    Subprocess() = default;

    pid_t process_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::optional<int> exit_code_;
};

} // namespace rebolt::io
