// libFuzzer's own mutation, after which the metas' checksums fit again (three
// times of four).
#include "harness.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
    const std::size_t mutated = LLVMFuzzerMutate(data, size, max_size);
    if (seed % 4 != 0)
        rebolt::fuzz::seal_metas({data, mutated});
    return mutated;
}
