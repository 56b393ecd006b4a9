// Subprocess: a program that another waits for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace rebolt::cli {

/// Runs `command` (found as a shell finds it) with this program's streams.
class Subprocess {
public:
    /// 0, or the error number of starting it.
    [[nodiscard]] int start(const std::vector<std::string>& command);
    /// Its exit code if it has ended, 128 + signal if one ended it.
    [[nodiscard]] std::optional<int> ended() const;
    void terminate() const;

private:
    pid_t process_ = -1;
};

} // namespace rebolt::cli
