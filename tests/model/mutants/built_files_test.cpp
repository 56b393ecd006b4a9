// Damage to files that are built here: every page size, and kinds of damage
// that dictate what must be found. REBOLT_SEED and REBOLT_MUTANTS choose others.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "properties.hpp"
#include "support/mutator.hpp"
#include "support/patched_file.hpp"
#include "support/sample_files.hpp"
#include "support/tree_damage.hpp"

namespace rebolt::test {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

const std::uint64_t seed = from_environment("REBOLT_SEED", 20261123);
// Beside those of mutants_test.cpp: a fifth as many anywhere in a file, and of
// each kind that dictates its finding so many a file.
const std::uint64_t mutants = from_environment("REBOLT_MUTANTS", 20000) / 5;
const std::uint64_t mutants_of_a_kind = mutants / 500;

std::string list(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings)
        text += fmt::format("\n  {} {}: {}", text_of(finding.code).name, to_text(finding.place),
                            finding.message);
    return text;
}

void expect_found(const CheckReport& report, const DamagedFile& damaged) {
    EXPECT_EQ(report.verdict, Verdict::damaged);
    if (damaged.codes.empty())
        return;
    const bool found = std::ranges::any_of(report.findings, [&](const Finding& finding) {
        return std::ranges::find(damaged.codes, finding.code) != damaged.codes.end() &&
               (!damaged.page || finding.place.page == damaged.page);
    });
    EXPECT_TRUE(found) << "expected " << text_of(damaged.codes.front()).name << ", found"
                       << list(report.findings);
}

// False if the file has no place for the damage.
bool expect_told(const SampleFile& sample, Damage damage, std::uint64_t number) {
    Random random(seed + number * 0x1000);
    const auto damaged = inflict(damage, sample.bytes, sample.page_size, random);
    if (!damaged)
        return false;
    SCOPED_TRACE(
        fmt::format("seed {}, {} number {}: {}", seed, sample.name, number, damaged->text));
    PatchedFile file(damaged->bytes);
    const std::string path = file.path();
    expect_found(check_everything(path), *damaged);
    const Reading reading = read_everything(path);
    EXPECT_FALSE(damaged->stops_reading && reading.sound) << "the engine read all of it";
    return true;
}

class EachDamage : public testing::TestWithParam<std::size_t> {};

TEST_P(EachDamage, IsFoundWhereItIs) {
    const auto damage = static_cast<Damage>(GetParam());
    std::size_t inflicted = 0;
    for (const SampleFile& sample : sample_files())
        for (std::uint64_t number = 0; number < mutants_of_a_kind; ++number)
            inflicted += expect_told(sample, damage, number) ? 1 : 0;
    EXPECT_TRUE(inflicted != 0 || mutants_of_a_kind == 0);
}

std::string name_of_test(const testing::TestParamInfo<std::size_t>& kind) {
    std::string name(name_of(static_cast<Damage>(kind.param)));
    std::ranges::replace(name, '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Kinds, EachDamage, testing::Range(std::size_t{0}, damage_count),
                         name_of_test);

// Large pages make large files: those seldom.
const SampleFile& choose_sample(Random& random) {
    const std::vector<SampleFile>& samples = sample_files();
    for (;;) {
        const SampleFile& sample = samples[random.below(samples.size())];
        if (random.below(sample.page_size / 512) < 4)
            return sample;
    }
}

TEST(BuiltMutants, EndInBoundsAndAreToldAlike) {
    for (std::uint64_t number = 0; number < mutants && !HasFailure(); ++number) {
        Random random(seed + number * 0x1000);
        const SampleFile& sample = choose_sample(random);
        Mutator mutator(sample.bytes, sample.page_size, random.next());
        std::string story = mutator.mutate().text;
        if (random.below(3) == 0)
            story += "; " + mutator.mutate().text;
        SCOPED_TRACE(fmt::format("seed {}, mutant {} of {}: {}", seed, number, sample.name, story));
        PatchedFile file(mutator.bytes());
        const std::string path = file.path();
        const CheckReport report = check_everything(path);
        const Reading reading = read_everything(path);
        EXPECT_TRUE(report.verdict != Verdict::clean || reading.sound) << reading.first_error;
    }
}

TEST(BuiltMutants, TheSoundFilesAreCleanAndReadWhole) {
    for (const SampleFile& sample : sample_files()) {
        SCOPED_TRACE(sample.name);
        PatchedFile file(sample.bytes);
        const std::string path = file.path();
        const CheckReport report = check_everything(path);
        EXPECT_EQ(report.verdict, Verdict::clean);
        EXPECT_TRUE(report.findings.empty()) << list(report.findings);
        const Reading reading = read_everything(path);
        EXPECT_TRUE(reading.sound) << reading.first_error;
        EXPECT_GT(reading.entries, 0U);
    }
}

} // namespace
} // namespace rebolt::test
