// Power cuts: whatever a disk keeps of what it was not asked to sync, the file
// holds the last committed transaction, or the next if its meta was kept.
// REBOLT_SEED chooses other histories and other cuts.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "explorer.hpp"
#include "history.hpp"

namespace rebolt::test {
namespace {

std::uint64_t seed_from_environment() {
    const char* text = std::getenv("REBOLT_SEED");
    return text == nullptr ? 20261123 : std::strtoull(text, nullptr, 10);
}

const std::uint64_t seed = seed_from_environment();

OpenOptions pages_of(std::uint32_t page_size) {
    OpenOptions options;
    options.page_size_bytes = page_size;
    return options;
}

struct Script {
    std::string name;
    OpenOptions options;
    std::function<void(Recorder&, Random&)> run;
    ExplorerOptions exploring = {};
};

// Small transactions of all kinds.
void change_often(Recorder& recorder, Random& random) {
    for (int i = 0; i < 40; ++i)
        recorder.change(1 + random.below(8), {}, random);
}

// Values of several pages come, change and go.
void change_long_values(Recorder& recorder, Random& random) {
    const Style style{.keys = 6, .long_bytes = 9000, .long_percent = 60, .erase_percent = 35};
    for (int i = 0; i < 25; ++i)
        recorder.change(1 + random.below(4), style, random);
}

void change_buckets(Recorder& recorder, Random& random) {
    const Style style{.keys = 10, .bucket_percent = 60, .depth = 5};
    for (int i = 0; i < 30; ++i)
        recorder.change(1 + random.below(6), style, random);
}

// Freed pages must wait for readers; then many become free at once.
void change_under_readers(Recorder& recorder, Random& random) {
    for (int i = 0; i < 40; ++i) {
        if (random.below(4) == 0)
            recorder.hold_reader();
        if (random.below(9) == 0)
            recorder.release_readers();
        recorder.change(1 + random.below(5), {}, random);
    }
}

// From 4 pages to many, and down to almost none.
void grow_and_empty(Recorder& recorder, Random& random) {
    const Style filling{.keys = 500, .value_bytes = 400, .erase_percent = 0};
    for (int i = 0; i < 12; ++i)
        recorder.change(15, filling, random);
    for (int i = 0; i < 4; ++i) {
        recorder.update([](Tx& tx, Contents& contents) -> Result<void> {
            if (contents.buckets.empty())
                return {};
            const std::string name = contents.buckets.begin()->first;
            contents.buckets.erase(name);
            return tx.delete_bucket(name);
        });
        recorder.change(3, filling, random);
    }
}

// Freelists are stored, not stored, and stored again.
void reopen_often(Recorder& recorder, Random& random, std::uint32_t page_size) {
    OpenOptions options = pages_of(page_size);
    for (int i = 0; i < 12; ++i) {
        options.no_freelist_sync = i % 3 != 2;
        options.freelist_type = i % 2 == 0 ? FreelistType::hashmap : FreelistType::array;
        recorder.reopen(options);
        for (int j = 0; j < 3; ++j)
            recorder.change(1 + random.below(6), {}, random);
    }
}

// Each script is run so often, with other random numbers.
constexpr int rounds = 3;

void add_scripts(std::vector<Script>& all, std::uint32_t page_size) {
    const auto add = [&](const std::string& name, const auto& run, const OpenOptions& options) {
        all.push_back({fmt::format("{}, pages of {}", name, page_size), options, run});
    };
    const OpenOptions usual = pages_of(page_size);
    OpenOptions no_freelist = usual;
    no_freelist.no_freelist_sync = true;
    OpenOptions hashmap = usual;
    hashmap.freelist_type = FreelistType::hashmap;
    add("small changes", change_often, usual);
    add("small changes, hashmap", change_often, hashmap);
    add("small changes, no freelist", change_often, no_freelist);
    add("long values", change_long_values, usual);
    add("buckets", change_buckets, usual);
    add("readers", change_under_readers, usual);
    add("readers, no freelist", change_under_readers, no_freelist);
    add("growing", grow_and_empty, usual);
    OpenOptions no_grow_sync = usual;
    no_grow_sync.no_grow_sync = true;
    add("growing, not synced", grow_and_empty, no_grow_sync);
    const auto reopening = [page_size](Recorder& recorder, Random& random) {
        reopen_often(recorder, random, page_size);
    };
    add("reopening", reopening, usual);
    all.back().exploring.whole = Trees::newest;
}

std::vector<Script> scripts() {
    std::vector<Script> all;
    for (int round = 0; round < rounds; ++round)
        for (const std::uint32_t page_size : {512U, 1024U, 4096U})
            add_scripts(all, page_size);
    return all;
}

// Where a failure's file can be looked at: with rebolt check, for one.
std::string keep(const Failure& failure, std::size_t number) {
    const std::string path = fmt::format("{}/power-cut-{}.db", REBOLT_BUILD_DIR, number);
    std::ofstream(path, std::ios::binary) << failure.image;
    return path;
}

History record(const Script& script, Random& random) {
    Recorder recorder(script.name, script.options, new_file(script.options), Contents());
    script.run(recorder, random);
    return recorder.finish();
}

// Runs scripts on all cores, and reports from this thread.
class Playing {
public:
    void play(const std::vector<Script>& all) {
        {
            std::vector<std::jthread> threads;
            const unsigned count = std::max(1U, std::thread::hardware_concurrency());
            for (unsigned i = 0; i < count; ++i)
                threads.emplace_back([&] {
                    for (std::size_t next = next_++; next < all.size(); next = next_++)
                        play_one(all[next], next);
                });
        }
        for (std::size_t i = 0; i < failures_.size(); ++i)
            ADD_FAILURE() << failures_[i].text << "\nthe file: " << keep(failures_[i], i);
        fmt::print("seed {}: {} crash states, {} with the transaction in flight\n", seed,
                   state_count_.load(), early_count_.load());
        if (testing::Test::HasFailure())
            fmt::print("set REBOLT_SEED={} to repeat\n", seed);
    }

    [[nodiscard]] std::size_t state_count() const noexcept { return state_count_; }
    [[nodiscard]] std::size_t early_count() const noexcept { return early_count_; }

private:
    void play_one(const Script& script, std::size_t number) {
        Random random(seed + number * 0x1000);
        std::vector<Failure> failures;
        try {
            const History history = record(script, random);
            Explorer explorer(history, script.exploring, random.next());
            explorer.run();
            state_count_ += explorer.state_count();
            early_count_ += explorer.early_count();
            failures = explorer.failures();
        } catch (const std::exception& error) {
            failures.push_back({script.name + ": " + error.what(), {}});
        }
        const std::scoped_lock lock(mutex_);
        failures_.insert(failures_.end(), failures.begin(), failures.end());
    }

    std::atomic<std::size_t> next_ = 0;
    std::atomic<std::size_t> state_count_ = 0;
    std::atomic<std::size_t> early_count_ = 0;
    std::mutex mutex_;
    std::vector<Failure> failures_;
};

TEST(PowerCut, LeavesTheLastTransactionOrTheNext) {
    Playing playing;
    playing.play(scripts());
    EXPECT_GE(playing.state_count(), 100'000U);
    EXPECT_GE(playing.early_count(), 1000U);
}

// Every subset of sectors that is tried must open: as a new database, for none
// of them could be written to.
TEST(PowerCut, LeavesANewFileThatOpens) {
    for (const std::uint32_t page_size : {512U, 1024U, 4096U}) {
        Random random(seed);
        const History history =
            Recorder(fmt::format("making a file, pages of {}", page_size), pages_of(page_size))
                .finish();
        Explorer explorer(
            history,
            {.limits = {.torn_sectors_max = 64, .random_count = 500}, .second_cut_every = 20},
            random.next());
        explorer.run();
        EXPECT_GT(explorer.state_count(), 10U);
        for (const Failure& failure : explorer.failures())
            ADD_FAILURE() << failure.text << "\nthe file: " << keep(failure, page_size);
    }
}

// What this test is worth: it must find an engine that forgets to sync.
TEST(PowerCut, IsNotSurvivedWithoutSyncs) {
    Random random(seed);
    Recorder recorder("no syncs", pages_of(1024), new_file(pages_of(1024)), Contents());
    change_often(recorder, random);
    const History whole = recorder.finish();
    for (const std::size_t parity : {0U, 1U}) { // data before meta; meta before the return
        History history = whole;
        std::size_t syncs = 0;
        for (Effect& effect : history.effects)
            if (effect.is_sync() && syncs++ % 2 == parity)
                effect = {Effect::Kind::write, 0, {}}; // of nothing
        Explorer explorer(history, {}, seed);
        explorer.run();
        EXPECT_FALSE(explorer.failures().empty());
    }
}

} // namespace
} // namespace rebolt::test
