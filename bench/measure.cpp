#include "measure.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace rebolt::bench {
namespace {

volatile std::uint64_t sink = 0;

} // namespace

std::uint64_t splitmix64(std::uint64_t index) noexcept {
    std::uint64_t z = index + 0x9E37'79B9'7F4A'7C15;
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EB;
    return z ^ (z >> 31);
}

void use(std::uint64_t value) {
    sink = sink ^ value;
}

double median_seconds_of(unsigned runs, const std::function<double()>& measure) {
    std::vector<double> seconds;
    for (unsigned i = 0; i < runs; ++i)
        seconds.push_back(measure());
    std::ranges::sort(seconds);
    return (seconds[(runs - 1) / 2] + seconds[runs / 2]) / 2;
}

double median_seconds(unsigned runs, const std::function<void()>& work) {
    return median_seconds_of(runs, [&] {
        const auto begin = std::chrono::steady_clock::now();
        work();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    });
}

double peer_seconds(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    double seconds = 0;
    const bool read =
        pipe != nullptr && std::fscanf(pipe, "{\"median_seconds\":%lf}", &seconds) == 1;
    if (!read || ::pclose(pipe) != 0) {
        fmt::print(stderr, "bench: this failed: {}\n", command);
        std::exit(8);
    }
    return seconds;
}

std::vector<std::string> random_keys(std::uint64_t gets, std::uint64_t count) {
    std::vector<std::string> keys;
    keys.reserve(gets);
    for (std::uint64_t i = 0; i < gets; ++i)
        keys.push_back(fmt::format("{:016}", splitmix64(i) % count));
    return keys;
}

} // namespace rebolt::bench
