// The mutator's files through recover: it ends, and what comes out is clean.
// REBOLT_SEED and REBOLT_MUTANTS choose others; scripts/recovery runs 20,000.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "recovered.hpp"
#include "support/mutator.hpp"
#include "support/patched_file.hpp"
#include "support/run_command.hpp"
#include "support/sample_files.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

const std::uint64_t seed = from_environment("REBOLT_SEED", 20261123);
const std::uint64_t mutants = from_environment("REBOLT_MUTANTS", 500);
// To repeat one: its number, with the same seed.
const std::uint64_t first_mutant = from_environment("REBOLT_MUTANT", 0);

constexpr int failures_max = 20; // then it is enough

struct Base {
    std::string name;
    std::uint32_t page_size;
    std::vector<std::byte> bytes;
};

// Real files, mostly small ones, and built files of all page sizes.
Base choose_base(Random& random) {
    static constexpr std::array<const char*, 8> real = {
        "docker-20.10-running.db", "docker-20.10-running.db", "docker-20.10-stopped.db",
        "buildkit-cache.db",       "containerd-1.6-meta.db",  "docker-20.10-volumes-metadata.db",
        "buildkit-cache.db",       "docker-20.10-stopped.db"};
    if (random.below(3) != 0) {
        const char* name = real[random.below(real.size())];
        PatchedFile file(std::string(REBOLT_TEST_DATA) + "/real/" + name);
        return {name, 4096, file.bytes()};
    }
    for (;;) { // large pages make large files: those seldom
        const auto& samples = sample_files();
        const SampleFile& sample = samples[random.below(samples.size())];
        if (random.below(sample.page_size / 512) < 4)
            return {sample.name, sample.page_size, sample.bytes};
    }
}

// False if something was wrong with what came of it.
bool run_mutant(std::uint64_t number, const std::string& target) {
    Random random(seed + number * 0x1000);
    const Base base = choose_base(random);
    Mutator mutator(base.bytes, base.page_size, random.next());
    std::string story;
    for (std::uint64_t changes = 1 + random.below(3) / 2; changes != 0; --changes)
        story += mutator.mutate().text + "; ";
    SCOPED_TRACE(fmt::format("REBOLT_SEED={} REBOLT_MUTANT={} REBOLT_MUTANTS=1, {}: {}", seed,
                             number, base.name, story));
    PatchedFile file(mutator.bytes());
    const std::string path = file.path();
    const Recovered recovered = recover(path, target);
    for (const std::string& fault : recovered.faults)
        ADD_FAILURE() << fault;
    EXPECT_TRUE(bytes_of(path) == as_text(mutator.bytes())) << "the input was changed";
    // Small files may be left without a whole page.
    EXPECT_TRUE(recovered.error.empty() ||
                recovered.error.find("there is nothing to recover") != std::string::npos)
        << recovered.error;
    return recovered.faults.empty();
}

TEST(RecoveredMutants, EndAndAreClean) {
    const TemporaryFolder folder;
    int failures = 0;
    for (std::uint64_t i = 0; i < mutants && failures < failures_max; ++i)
        failures += run_mutant(first_mutant + i, folder.path("whole.db")) ? 0 : 1;
    EXPECT_EQ(failures, 0);
}

} // namespace
} // namespace rebolt::test
