#include "harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    rebolt::fuzz::carve_image({data, size});
    return 0;
}
