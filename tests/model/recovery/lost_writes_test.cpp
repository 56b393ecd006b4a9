// Lost writes of real histories, recovered and scored: of the keys whose own
// pages are whole, how many stand in their place, in lost+found, or nowhere.
// What check calls clean is counted apart, as `unseen`: such a file may as well be
// what a program wrote, and recovery gives exactly its content.
// REBOLT_SEED, REBOLT_RECOVERIES and REBOLT_KEEP as in shapes_test.cpp.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/check.hpp>

#include "lost_writes.hpp"
#include "recovered.hpp"
#include "support/patched_file.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Of what check sees as damaged, in each file; docs/recovery.md has the figures.
constexpr std::uint64_t in_place_percent_min = 97;
constexpr std::uint64_t lies_max = 2;

// The others have figures in docs/recovery.md, and no goal that is held to yet.
bool has_goal(const Shape& shape, const LostWrite& kind) {
    constexpr std::array<std::string_view, 9> kinds{
        "root", "branch", "bucket-root",      "root-and-freelist", "leaf",
        "pair", "sector", "meta-before-data", "of-two-commits"};
    return shape.group != ShapeGroup::owner &&
           std::ranges::find(kinds, std::string_view(kind.name)) != kinds.end();
}

struct Tally {
    bool is_unseen = false; ///< check calls the file clean
    std::uint64_t files = 0;
    std::uint64_t wanted = 0;
    std::uint64_t in_place = 0;
    std::uint64_t lost_found = 0;
    std::uint64_t nowhere = 0;
    std::uint64_t items = 0;
    std::uint64_t current = 0;
    std::uint64_t lies = 0;
    std::string told; ///< the first few of each

    Tally& operator+=(const Tally& other) {
        files += other.files;
        wanted += other.wanted;
        in_place += other.in_place;
        lost_found += other.lost_found;
        nowhere += other.nowhere;
        items += other.items;
        current += other.current;
        lies += other.lies;
        told += other.told;
        return *this;
    }
};

using Truth = std::map<std::pair<BucketNames, std::string>, std::optional<std::string>>;

Truth truth_of(const LiveTree& tree) {
    Truth truth;
    for (const LiveItem& item : tree.items)
        truth.emplace(std::pair(tree.buckets[item.bucket].path, std::string(item.key)),
                      item.value ? std::optional<std::string>(*item.value) : std::nullopt);
    return truth;
}

class LostWriteScore {
public:
    LostWriteScore(const ShapeFile& shape, const Commit& commit, const Harmed& harmed)
        : shape_(shape), tree_(commit.tree), truth_(truth_of(commit.tree)),
          before_(truth_of(commit.tree_before)),
          intact_(intact_pages({commit.after, commit.tree}, harmed)) {}

    Tally count(const Recovered& recovered) {
        tally_.files = 1;
        std::set<std::pair<std::string, std::optional<std::string>>> put_aside;
        for (const auto& [place, item] : recovered.items)
            if (!place.first.empty() && place.first[0] == "lost+found")
                put_aside.emplace(place.second, item.value);
        for (const LiveItem& item : tree_.items)
            if (intact_[item.leaf])
                count_wanted(item, recovered, put_aside);
        for (const auto& [place, item] : recovered.items)
            count_truth(place.first, place.second, item);
        return tally_;
    }

private:
    void count_wanted(const LiveItem& item, const Recovered& recovered,
                      const std::set<std::pair<std::string, std::optional<std::string>>>& aside) {
        const BucketNames& bucket = tree_.buckets[item.bucket].path;
        const auto found = recovered.items.find({bucket, std::string(item.key)});
        const auto value = item.value ? std::optional<std::string>(*item.value) : std::nullopt;
        ++tally_.wanted;
        if (found != recovered.items.end() && found->second.value == value) {
            ++tally_.in_place;
            return;
        }
        const bool is_aside = aside.contains({std::string(item.key), value});
        ++(is_aside ? tally_.lost_found : tally_.nowhere);
        tell(fmt::format("{}: {} of page {} {}", to_text(bucket), printable(item.key),
                         tree_.pages[item.leaf].id,
                         is_aside                         ? "is in lost+found"
                         : found == recovered.items.end() ? "is nowhere"
                                                          : "has another value"));
    }

    void count_truth(const BucketNames& bucket, const std::string& key, const ToldItem& item) {
        ++tally_.items;
        tally_.current += item.provenance == Provenance::current ? 1 : 0;
        if (!bucket.empty() && bucket[0] == "lost+found")
            return;
        if (bucket.empty() && key == "lost+found")
            return;
        const auto place = std::pair(bucket, key);
        const auto live = truth_.find(place);
        const auto old = before_.find(place);
        const bool is_live = live != truth_.end() && live->second == item.value;
        const bool is_current = item.provenance == Provenance::current && !item.is_partial;
        std::optional<std::string_view> value;
        if (item.value)
            value = *item.value;
        if (is_live || (!is_current && ((old != before_.end() && old->second == item.value) ||
                                        shape_.states->was_committed(bucket, key, value))))
            return;
        ++tally_.lies;
        tell(fmt::format("LIE {}: {} of page {}, {}", to_text(bucket), printable(key), item.page,
                         name_of(item.provenance)));
    }

    void tell(std::string text) {
        if (std::ranges::count(tally_.told, '\n') < 8)
            tally_.told += text + "\n";
    }

    const ShapeFile& shape_;
    const LiveTree& tree_;
    Truth truth_;
    Truth before_;
    std::vector<bool> intact_;
    Tally tally_;
};

std::map<std::string, Tally>& all_tallies() {
    static std::map<std::string, Tally> tallies;
    return tallies;
}

class LostWrites : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {
protected:
    [[nodiscard]] static const Shape& shape() { return all_shapes()[std::get<0>(GetParam())]; }
    [[nodiscard]] static const LostWrite& kind() {
        return all_lost_writes()[std::get<1>(GetParam())];
    }

    static std::optional<Tally> try_seed(std::uint64_t seed) {
        const ShapeFile& file = shape_file(shape(), 1 + seed % 3);
        Random random(seed * 0x1'0001 + 17);
        const std::size_t at = 2 + random.below(file.history.size() - 2);
        const auto& after = file.history[at];
        const auto page_size = file.states->page_size();
        const LiveTree tree = read_live_tree(after, page_size);
        const LiveTree before = read_live_tree(file.history[at - 1], page_size);
        const bool is_in_flight = std::string_view(kind().name) == "commit-in-flight";
        Commit commit{file.history[at - 2], file.history[at - 1], after, tree, before};
        const auto harmed = kind().inflict(commit, random);
        if (!harmed)
            return std::nullopt;
        SCOPED_TRACE(fmt::format("REBOLT_SEED={}: {}", seed, harmed->text));
        PatchedFile damaged(harmed->bytes);
        const bool is_unseen = check(*PageSource::open(damaged.path()))->verdict == Verdict::clean;
        if (const char* copy = std::getenv("REBOLT_KEEP")) {
            std::filesystem::copy_file(damaged.path(), copy,
                                       std::filesystem::copy_options::overwrite_existing);
            PatchedFile sound(std::vector<std::byte>(after.begin(), after.end()));
            std::filesystem::copy_file(sound.path(), std::string(copy) + ".sound",
                                       std::filesystem::copy_options::overwrite_existing);
        }
        const TemporaryFolder folder;
        const Recovered recovered = recover(damaged.path(), folder.path("whole.db"));
        EXPECT_EQ(recovered.error, "");
        for (const std::string& fault : recovered.faults)
            ADD_FAILURE() << fault;
        // What check calls clean comes back exactly. Of a raft log that lost pages of two
        // commits recovery takes more for the newest than check does: not mended yet.
        const bool is_known_miss = std::string_view(kind().name) == "of-two-commits" &&
                                   std::string_view(shape().name) == "raft";
        EXPECT_TRUE(!is_unseen || is_known_miss ||
                    content_of(recovered) == content_of(damaged.path()));
        if (is_in_flight) {
            const Commit newest{file.history[at - 2], file.history[at - 2], file.history[at - 1],
                                before, before};
            return told(LostWriteScore(file, newest, *harmed).count(recovered), seed, harmed->text);
        }
        Tally tally = LostWriteScore(file, commit, *harmed).count(recovered);
        tally.is_unseen = is_unseen;
        return told(std::move(tally), seed, harmed->text);
    }

private:
    static Tally told(Tally tally, std::uint64_t seed, const std::string& text) {
        if (std::getenv("REBOLT_TELL") != nullptr && !tally.told.empty())
            fmt::print("{} {} seed {}{}: {}: {} of {} in place, {} nowhere, {} lies\n{}",
                       shape().name, kind().name, seed, tally.is_unseen ? " (clean for check)" : "",
                       text, tally.in_place, tally.wanted, tally.nowhere, tally.lies, tally.told);
        return tally;
    }
};

TEST_P(LostWrites, GiveBackWhatIsWhole) {
    const std::uint64_t first = number_from("REBOLT_SEED", 1);
    const std::uint64_t count = number_from("REBOLT_RECOVERIES", 1);
    Tally sum;
    Tally unseen;
    for (std::uint64_t seed = first; seed < first + count; ++seed)
        if (const auto one = try_seed(seed))
            (one->is_unseen ? unseen : sum) += *one;
    if (sum.files != 0 && has_goal(shape(), kind())) {
        EXPECT_GE(sum.in_place * 100, sum.wanted * in_place_percent_min) << sum.told;
        EXPECT_LE(sum.lies, sum.files * lies_max) << sum.told;
    }
    all_tallies()[kind().name] += sum;
    all_tallies()[std::string("shape ") + shape().name] += sum;
    if (unseen.files != 0)
        all_tallies()[std::string("unseen ") + kind().name] += unseen;
}

INSTANTIATE_TEST_SUITE_P(All, LostWrites,
                         testing::Combine(testing::Range(std::size_t{0}, all_shapes().size()),
                                          testing::Range(std::size_t{0}, all_lost_writes().size())),
                         [](const auto& test) {
                             std::string name =
                                 std::string(all_shapes()[std::get<0>(test.param)].name) + "_x_" +
                                 all_lost_writes()[std::get<1>(test.param)].name;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

class TallyPrinter : public testing::Environment {
public:
    void TearDown() override {
        if (all_tallies().empty())
            return;
        fmt::print("{:28}{:>6}{:>9}{:>9}{:>9}{:>9}{:>9}{:>7}\n", "lost write", "files", "keys",
                   "in place", "aside", "nowhere", "current", "lies");
        for (const auto& [name, tally] : all_tallies())
            fmt::print("{:28}{:>6}{:>9}{:>9.2f}{:>9}{:>9}{:>9.2f}{:>7}\n", name, tally.files,
                       tally.wanted,
                       tally.wanted == 0 ? 100.0
                                         : 100.0 * static_cast<double>(tally.in_place) /
                                               static_cast<double>(tally.wanted),
                       tally.lost_found, tally.nowhere,
                       tally.items == 0 ? 100.0
                                        : 100.0 * static_cast<double>(tally.current) /
                                              static_cast<double>(tally.items),
                       tally.lies);
    }
};

const testing::Environment* const printer =
    testing::AddGlobalTestEnvironment(new TallyPrinter); // GoogleTest's from here on

} // namespace
} // namespace rebolt::test
