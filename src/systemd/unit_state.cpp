#include "systemd/unit_state.hpp"

#include <charconv>
#include <chrono>
#include <filesystem>
#include <string_view>

#include "io/subprocess.hpp"

namespace rebolt::systemd {
namespace {

constexpr std::chrono::seconds longest{5};
constexpr std::size_t output_bytes_max = 65536;

// The value of a line `name=value`; empty if there is none.
std::string value_in(std::string_view text, std::string_view name) {
    const std::string wanted = "\n" + std::string(name) + "=";
    const std::string all = "\n" + std::string(text);
    const std::size_t at = all.find(wanted);
    if (at == std::string::npos)
        return {};
    const std::size_t begin = at + wanted.size();
    return all.substr(begin, all.find('\n', begin) - begin);
}

std::uint64_t number_in(std::string_view text, std::string_view name) {
    const std::string value = value_in(text, name);
    std::uint64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

std::string show(const std::string& unit) {
    const auto systemctl = io::Subprocess::start(
        {.command = {"systemctl", "show",
                     "--property=ActiveState,SubState,Result,MainPID,NRestarts,LoadState",
                     "--no-pager", "--", unit},
         .in = io::Stream::null,
         .out = io::Stream::pipe,
         .err = io::Stream::null});
    return systemctl ? systemctl->read_output(longest, output_bytes_max) : std::string();
}

} // namespace

UnitState unit_state(const std::string& unit) {
    UnitState state;
    std::error_code ignored;
    if (!std::filesystem::exists("/run/systemd/system", ignored)) {
        state.unavailable = "systemd does not run on this machine";
        return state;
    }
    const std::string text = show(unit);
    if (text.empty())
        state.unavailable = "systemctl gave no answer";
    else if (value_in(text, "LoadState") == "not-found")
        state.unavailable = "there is no such unit";
    state.active = value_in(text, "ActiveState");
    state.sub = value_in(text, "SubState");
    state.result = value_in(text, "Result");
    state.main_process = number_in(text, "MainPID");
    state.restarts = number_in(text, "NRestarts");
    return state;
}

} // namespace rebolt::systemd
