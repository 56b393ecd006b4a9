#include "harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    rebolt::fuzz::recover_with_donors({data, size});
    return 0;
}
