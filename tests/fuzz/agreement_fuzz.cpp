#include "agreement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    rebolt::fuzz::judge_agreement({data, size});
    return 0;
}
