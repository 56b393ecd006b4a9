// bboltpeer in its batch mode: one process of Go for many commands.
#pragma once

#include <string>

#include <sys/types.h>

namespace rebolt::test {

class Peer {
public:
    struct Answer {
        std::string text;  ///< what the command printed
        std::string error; ///< empty if it did what it should
    };

    /// Starts `program batch`. Ends the test program if it cannot.
    explicit Peer(const std::string& program);
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    /// Waits for its end.
    ~Peer();

    /// Runs a command: `check FILE`.
    [[nodiscard]] Answer ask(const std::string& command);

private:
    pid_t child_ = -1;
    int socket_ = -1;
};

} // namespace rebolt::test
