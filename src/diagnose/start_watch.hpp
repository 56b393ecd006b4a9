// Whether a log or the output of `systemctl status` shows a service that does
// not come up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

class StartWatch {
public:
    /// Cost: O(line).
    void take(std::string_view line, std::uint64_t number);
    /// What to say when the log has ended; nullopt: nothing.
    [[nodiscard]] std::optional<Symptom> conclusion() const;

private:
    void take_status(std::string_view line, std::uint64_t number);

    std::string loading_;            ///< dockerd's line before it reads its networks
    std::uint64_t loading_line_ = 0; ///< 0: it went on
    std::uint64_t lines_since_ = 0;
    std::string process_; ///< `Main PID: 812 (dockerd)`
    std::uint64_t process_line_ = 0;
    bool is_activating_ = false;
    double first_memory_ = 0;
    double last_memory_ = 0;
};

} // namespace rebolt::diagnose
