#include "diagnose/start_watch.hpp"

#include <cstdlib>

#include "diagnose/line_route.hpp"
#include "diagnose/line_text.hpp"
#include "diagnose/programs.hpp"

namespace rebolt::diagnose {
namespace {

constexpr std::uint64_t lines_after_max = 5; ///< of others, at the log's end
constexpr double large_memory = 1e9;

// Bytes of `12.3G`, as systemd prints them.
double bytes_of(std::string_view text) {
    const std::string number(text.substr(0, text.find_first_of(" \t(")));
    char* end = nullptr;
    double bytes = std::strtod(number.c_str(), &end);
    for (const char unit : std::string_view("KMGT")) {
        bytes *= 1024;
        if (*end == unit)
            return bytes;
    }
    return 0;
}

// `dockerd` of `Main PID: 812 (dockerd)`.
std::string_view program_in(std::string_view process) noexcept {
    const std::size_t open = process.find('(');
    const std::size_t close = process.find(')', open == std::string_view::npos ? 0 : open);
    return open == std::string_view::npos || close == std::string_view::npos
               ? std::string_view{}
               : process.substr(open + 1, close - open - 1);
}

} // namespace

void StartWatch::take(std::string_view line, std::uint64_t number) {
    if (contains(line, "Loading containers: start.")) {
        loading_ = trimmed(without_prefix(line)).substr(0, 256);
        loading_line_ = number;
        lines_since_ = 0;
    } else if (loading_line_ != 0 && !trimmed(line).empty()) {
        ++lines_since_;
        if (contains_any(line, {"Loading containers: done", "completed initialization",
                                "API listen on", "level=fatal", "Error starting daemon",
                                "failed to start daemon", "Processing signal"}))
            loading_line_ = 0;
    }
    take_status(trimmed(line), number);
}

void StartWatch::take_status(std::string_view line, std::uint64_t number) {
    if (line.starts_with("Active: "))
        is_activating_ = line.starts_with("Active: activating (start");
    else if (line.starts_with("Main PID: ")) {
        process_ = line.substr(0, 128);
        process_line_ = number;
    } else if (line.starts_with("Memory: ")) {
        last_memory_ = bytes_of(line.substr(std::string_view("Memory: ").size()));
        first_memory_ = first_memory_ == 0 ? last_memory_ : first_memory_;
    }
}

std::optional<Symptom> StartWatch::conclusion() const {
    const bool is_loading = loading_line_ != 0 && lines_since_ <= lines_after_max;
    const bool takes_memory = last_memory_ > first_memory_ || last_memory_ >= large_memory;
    const std::string_view program = program_in(process_);
    const bool is_status =
        is_activating_ && is_known_program(program) && (takes_memory || loading_line_ != 0);
    if (!is_status && !is_loading)
        return std::nullopt;
    return Symptom{.signature = Signature::start_hanging,
                   .program = is_status ? std::string(program) : "dockerd",
                   .writer = {},
                   .text = is_status ? process_ : loading_,
                   .line = is_status ? process_line_ : loading_line_,
                   .time = {},
                   .trace = {}};
}

} // namespace rebolt::diagnose
