// extract_samples ROOT OUTPUT DOCUMENT…: writes the test program of all samples.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "extract.hpp"

namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 3) {
        std::fputs("usage: extract_samples ROOT OUTPUT DOCUMENT...\n", stderr);
        return 16;
    }
    std::vector<rebolt::samples::Sample> samples;
    for (std::size_t at = 2; at < arguments.size(); ++at)
        for (auto& sample : rebolt::samples::samples_in(
                 arguments[at], text_of(arguments[0] + "/" + arguments[at])))
            samples.push_back(std::move(sample));
    std::ofstream output(arguments[1], std::ios::binary);
    output << rebolt::samples::test_program(samples);
    output.close();
    return output ? 0 : 8;
}
