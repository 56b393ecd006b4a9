#include "harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    rebolt::fuzz::read_owners({data, size});
    return 0;
}
