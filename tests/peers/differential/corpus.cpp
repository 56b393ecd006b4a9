#include "corpus.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <rebolt/bytes.hpp>

#include "support/mutator.hpp"
#include "support/run_command.hpp"
#include "support/sample_files.hpp"
#include "support/tree_damage.hpp"

namespace rebolt::test {
namespace {

constexpr std::uint64_t seed = 20261128;
constexpr std::uint64_t mutants_for_each_kind = 4;

std::string text_of(const std::vector<std::byte>& bytes) {
    return std::string(as_text(bytes));
}

// Small pages make trees of several levels; 4096 are nearly everybody's.
const std::vector<const SampleFile*>& samples() {
    static const std::vector<const SampleFile*> chosen = [] {
        std::vector<const SampleFile*> found;
        for (const SampleFile& sample : sample_files())
            if (sample.page_size <= 4096)
                found.push_back(&sample);
        return found;
    }();
    return chosen;
}

void add_damages(std::vector<Case>& cases, std::uint64_t count) {
    for (std::size_t kind = 0; kind < damage_count; ++kind)
        for (std::uint64_t number = 0; number < count; ++number) {
            Random random(seed + kind * 1000 + number);
            const SampleFile& sample = *samples()[random.below(samples().size())];
            const auto damage = static_cast<Damage>(kind);
            const auto damaged = inflict(damage, sample.bytes, sample.page_size, random);
            if (damaged)
                cases.push_back({fmt::format("{}-{}-{}", name_of(damage), number, sample.name),
                                 text_of(damaged->bytes)});
        }
}

void add_mutants(std::vector<Case>& cases, std::uint64_t count) {
    for (std::uint64_t number = 0; number < count; ++number) {
        Random random(seed + 1'000'000 + number);
        const SampleFile& sample = *samples()[random.below(samples().size())];
        Mutator mutator(sample.bytes, sample.page_size, random.next());
        mutator.mutate();
        cases.push_back(
            {fmt::format("mutant-{}-{}", number, sample.name), text_of(mutator.bytes())});
    }
}

} // namespace

std::vector<Case> cases_in(const std::string& folder) {
    std::vector<Case> cases;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".db")
            cases.push_back({entry.path().stem().string(), bytes_of(entry.path().string())});
    std::ranges::sort(cases, {}, &Case::name);
    return cases;
}

std::vector<Case> recorded_cases() {
    return cases_in(REBOLT_TEST_DATA "/damaged");
}

std::vector<Case> made_cases(std::uint64_t count) {
    std::vector<Case> cases;
    add_damages(cases, count);
    add_mutants(cases, count * mutants_for_each_kind);
    return cases;
}

} // namespace rebolt::test
