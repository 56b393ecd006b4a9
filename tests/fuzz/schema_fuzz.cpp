#include "schema_harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    rebolt::fuzz::judge_value({data, size});
    return 0;
}
