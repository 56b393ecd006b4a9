// Files of many shapes with a history, damaged in many ways, recovered, and
// scored. Each test is one shape and one kind of damage. Environment:
//   REBOLT_SEED=n        begin with this seed (else 1)
//   REBOLT_RECOVERIES=n  try so many seeds (else one; scripts/recovery tries many)
//   REBOLT_SCORES=file   append the scores there, a line a test
//   REBOLT_SURGERY=1     also score what bbolt's surgery saves
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "damage.hpp"
#include "recovered.hpp"
#include "score.hpp"
#include "score_book.hpp"
#include "shape_file.hpp"
#include "support/patched_file.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"
#include "surgery.hpp"
#include "targets.hpp"

namespace rebolt::test {
namespace {

// As many files of a shape; damage is another with each seed.
constexpr std::uint64_t files_of_a_shape = 3;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string as_test_name(std::string name) {
    std::ranges::replace(name, '-', '_');
    return name;
}

class Recoveries : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {
protected:
    [[nodiscard]] static const Shape& shape() { return all_shapes()[std::get<0>(GetParam())]; }
    [[nodiscard]] static const Harm& harm() { return all_harms()[std::get<1>(GetParam())]; }

    // The seed chooses file and damage. nullopt: there is no place for it.
    static std::optional<Score> try_seed(std::uint64_t seed) {
        const ShapeFile& file = shape_file(shape(), 1 + seed % files_of_a_shape);
        Random random(seed * 0x1'0001);
        const auto harmed = harm().inflict({file.bytes, file.tree}, random);
        if (!harmed)
            return std::nullopt;
        SCOPED_TRACE(fmt::format("REBOLT_SEED={}: {}", seed, harmed->text));
        PatchedFile damaged(harmed->bytes);
        const std::string path = damaged.path();
        if (const char* copy = std::getenv("REBOLT_KEEP"))
            std::filesystem::copy_file(path, copy,
                                       std::filesystem::copy_options::overwrite_existing);
        const TemporaryFolder folder;
        const Recovered recovered = recover(path, folder.path("whole.db"));
        EXPECT_EQ(recovered.error, "");
        for (const std::string& fault : recovered.faults)
            ADD_FAILURE() << fault;
        EXPECT_TRUE(bytes_of(path) == as_text(harmed->bytes)) << "the input was changed";
        Score result = score(file, *harmed, recovered);
        if (std::getenv("REBOLT_SURGERY") != nullptr)
            result.surgery = best_of_surgery(file, *harmed);
        const Target target = target_of(harm().promise, shape());
        EXPECT_TRUE(!target.truth || result.lies == 0)
            << result.lies << " lies:" << list(result.lies_told);
        if (result.recall.fraction() < target.recall)
            short_ += fmt::format("\nREBOLT_SEED={}: {}: {} of {}{}", seed, harmed->text,
                                  result.recall.back, result.recall.wanted, list(result.missing));
        return result;
    }

    static std::string list(const std::vector<std::string>& texts) {
        std::string all;
        for (const std::string& text : texts)
            all += "\n  " + text;
        return all;
    }

    static inline std::string short_; ///< trials below their target, with what is missing
};

TEST_P(Recoveries, TellTheTruthAndBringBackWhatIsUndamaged) {
    const std::uint64_t first = number_from("REBOLT_SEED", 1);
    const std::uint64_t count = number_from("REBOLT_RECOVERIES", 1);
    Score sum;
    std::uint64_t trials = 0;
    short_.clear();
    for (std::uint64_t seed = first; seed < first + count; ++seed)
        if (const auto one = try_seed(seed)) {
            sum += *one;
            ++trials;
        }
    if (trials == 0)
        return; // a file of one leaf has no branch
    ScoreBook::get().add(shape(), harm(), trials, sum);
    const Target target = target_of(harm().promise, shape());
    EXPECT_GE(sum.recall.fraction(), target.recall)
        << sum.recall.back << " of " << sum.recall.wanted << " came back" << short_.substr(0, 4000);
    EXPECT_GE(sum.own.fraction(), target.own)
        << sum.own.back << " of " << sum.own.wanted << " in sound leaves came back";
}

INSTANTIATE_TEST_SUITE_P(All, Recoveries,
                         testing::Combine(testing::Range(std::size_t{0}, all_shapes().size()),
                                          testing::Range(std::size_t{0}, all_harms().size())),
                         [](const auto& test) {
                             return as_test_name(all_shapes()[std::get<0>(test.param)].name) +
                                    "_x_" + as_test_name(all_harms()[std::get<1>(test.param)].name);
                         });

class ScorePrinter : public testing::Environment {
public:
    void TearDown() override {
        fmt::print("{}", ScoreBook::get().table());
        if (const char* path = std::getenv("REBOLT_SCORES"))
            std::ofstream(path, std::ios::app) << ScoreBook::get().lines();
    }
};

const testing::Environment* const printer =
    testing::AddGlobalTestEnvironment(new ScorePrinter); // GoogleTest's from here on

class EachShape : public testing::TestWithParam<std::size_t> {};

// The harness itself: what the program that wrote the file says is live is what
// the file's bytes say.
TEST_P(EachShape, HoldsWhatItsHistorySays) {
    const ShapeFile& file = shape_file(all_shapes()[GetParam()], 1);
    EXPECT_EQ(file.tree.fields.txid, file.states->last_transaction());
    EXPECT_EQ(file.tree.items.size(), file.states->live_count());
    EXPECT_GT(file.tree.items.size(), 20U);
    for (const LiveItem& item : file.tree.items) {
        const BucketNames& bucket = file.tree.buckets[item.bucket].path;
        EXPECT_TRUE(file.states->is_live(bucket, item.key, item.value))
            << to_text(bucket) << ": " << printable(item.key);
    }
}

TEST_P(EachShape, HasAPlaceForMostKindsOfDamage) {
    const ShapeFile& file = shape_file(all_shapes()[GetParam()], 1);
    std::size_t inflicted = 0;
    for (const Harm& harm : all_harms()) {
        Random random(7);
        const auto harmed = harm.inflict({file.bytes, file.tree}, random);
        inflicted += harmed ? 1 : 0;
        if (!harmed || (harm.promise != HarmClass::outside && harm.promise != HarmClass::newest))
            continue;
        const auto intact = intact_pages({file.bytes, file.tree}, *harmed);
        EXPECT_EQ(std::ranges::count(intact, false), 0) << harm.name;
    }
    EXPECT_GT(inflicted, all_harms().size() / 2);
}

INSTANTIATE_TEST_SUITE_P(All, EachShape, testing::Range(std::size_t{0}, all_shapes().size()),
                         [](const auto& test) {
                             return as_test_name(all_shapes()[test.param].name);
                         });

} // namespace
} // namespace rebolt::test
