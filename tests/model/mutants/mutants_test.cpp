// 20,000 damaged files a run. REBOLT_SEED and REBOLT_MUTANTS choose others.
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "properties.hpp"
#include "support/mutator.hpp"
#include "support/patched_file.hpp"

namespace rebolt::test {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

const std::uint64_t seed = from_environment("REBOLT_SEED", 20261123);
const std::uint64_t mutants = from_environment("REBOLT_MUTANTS", 20000);

struct Base {
    const char* name;
    std::uint32_t page_size;
    unsigned weight;
};

// Small files often, larger ones now and then.
constexpr Base bases[] = {
    {"docker-20.10-running.db", 4096, 8}, {"docker-20.10-stopped.db", 4096, 4},
    {"buildkit-cache.db", 4096, 4},       {"docker-20.10-volumes-metadata.db", 4096, 2},
    {"containerd-1.6-meta.db", 4096, 4},  {"docker-20.10-many.db", 4096, 1},
};

const Base& choose_base(Random& random) {
    unsigned total = 0;
    for (const Base& base : bases)
        total += base.weight;
    std::uint64_t at = random.below(total);
    for (const Base& base : bases) {
        if (at < base.weight)
            return base;
        at -= base.weight;
    }
    return bases[0];
}

// A page that the sound file's newest tree leads to.
bool is_in_use(const CheckReport& report, PageId page) {
    for (const Finding& finding : report.findings)
        if (finding.place.page == page)
            return true;
    return false;
}

void run_mutant(std::uint64_t number) {
    Random random(seed + number * 0x1000);
    const Base& base = choose_base(random);
    PatchedFile sound(std::string(REBOLT_TEST_DATA) + "/real/" + base.name);
    Mutator mutator(sound.bytes(), base.page_size, random.next());
    std::string story;
    const std::uint64_t changes = 1 + random.below(3) / 2;
    Mutation last;
    for (std::uint64_t i = 0; i < changes; ++i) {
        last = mutator.mutate();
        story += last.text + "; ";
    }
    SCOPED_TRACE(fmt::format("seed {}, mutant {} of {}: {}", seed, number, base.name, story));
    PatchedFile file(mutator.bytes());
    const std::string path = file.path();
    const CheckReport report = check_everything(path);
    const Reading reading = read_everything(path);
    EXPECT_TRUE(report.verdict != Verdict::clean || reading.sound) << reading.first_error;
    if (changes == 1 && last.must_find && is_in_use(report, *last.page)) {
        bool found = false;
        for (const Finding& finding : report.findings)
            found |= finding.code == *last.must_find && finding.place.page == last.page;
        EXPECT_TRUE(found);
    }
}

void run_share(std::uint64_t share, std::uint64_t shares) {
    for (std::uint64_t number = share; number < mutants; number += shares) {
        run_mutant(number);
        if (testing::Test::HasFailure())
            FAIL() << "set REBOLT_SEED=" << seed << " to repeat";
    }
}

TEST(Mutants, EndInBoundsAndAreToldAlikeFirstHalf) {
    run_share(0, 2);
}

TEST(Mutants, EndInBoundsAndAreToldAlikeSecondHalf) {
    run_share(1, 2);
}

TEST(Mutants, TheSoundFilesAreCleanAndReadWhole) {
    for (const Base& base : bases) {
        SCOPED_TRACE(base.name);
        const std::string path = std::string(REBOLT_TEST_DATA) + "/real/" + base.name;
        EXPECT_EQ(check_everything(path).verdict, Verdict::clean);
        const Reading reading = read_everything(path);
        EXPECT_TRUE(reading.sound) << reading.first_error;
        EXPECT_GT(reading.entries, 0U);
    }
}

} // namespace
} // namespace rebolt::test
