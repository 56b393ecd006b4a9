#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "cli/app.hpp"
#include "cli/output.hpp"

int main(int argc, char** argv) {
    try {
        return static_cast<int>(
            rebolt::cli::run(std::vector<std::string>(argv + std::min(argc, 1), argv + argc)));
    } catch (const std::bad_alloc&) {
        rebolt::cli::print_out_of_memory();
        return static_cast<int>(rebolt::cli::ExitCode::failed);
    }
}
