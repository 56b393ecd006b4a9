// All at once on one file, for as long as asked: a writer under which it grows and
// shrinks, readers, copies. Each transaction says what it holds: a reader whose state
// is another's, or half of one, sees it. scripts/soak runs it for hours.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include <rebolt/rebolt.hpp>

#include "support/random.hpp"
#include "support/temporary_folder.hpp"
#include "threads.hpp"

namespace rebolt::test {
namespace {

constexpr std::size_t keys_most = 5000;  // then it shrinks …
constexpr std::size_t keys_fewest = 500; // … down to these
constexpr unsigned transactions_of_a_short_run = 60;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::uint64_t hash_of(std::string_view key, std::string_view value) {
    return std::hash<std::string_view>()(std::string(key) + "=" + std::string(value));
}

// What is in a state, and what it says of itself.
void verify(const Tx& tx) {
    const auto sum = tx.bucket("sum");
    if (!sum)
        return; // nothing was committed yet
    std::uint64_t count = 0;
    std::uint64_t hash = 0;
    for (auto& found : must(tx.bucket("data"))) {
        const Entry entry = must(std::move(found));
        ++count;
        hash ^= hash_of(entry.key, entry.value);
    }
    EXPECT_EQ(big_endian_number(*must(sum->get("count"))), count);
    EXPECT_EQ(big_endian_number(*must(sum->get("hash"))), hash);
}

class Soak : public testing::Test {
protected:
    void write(std::uint64_t seed) {
        Random random(seed);
        bool grows = true;
        for (unsigned i = 0; goes_on(i); ++i, ++transactions_) {
            if (i % 64 == 0)
                db_.set_commit_sync(i % 128 == 0 ? CommitSync::on : CommitSync::off);
            grows = grows ? model_.size() < keys_most : model_.size() < keys_fewest;
            auto model = model_;
            const auto done = db_.update([&](Tx& tx) { return change(tx, random, grows, model); });
            if (done)
                model_ = std::move(model);
            else
                ASSERT_EQ(done.error().code(), ErrorCode::cancelled) << done.error().to_text();
        }
        ended_ = true;
    }

    void read() {
        for (; !ended_; ++scans_)
            verify(must(db_.begin()));
    }

    void back_up() {
        const std::string copy = folder_.path("copy.db");
        for (; !ended_; ++copies_) {
            must(must(db_.begin()).copy_file(copy));
            expect_clean(copy);
            verify(must(must(DB::open(copy, {.read_only = true})).begin()));
        }
    }

    void report() const {
        if (seconds_ != 0)
            std::printf("soak: %ju transactions, %ju scans, %ju copies, %zu keys, %ju bytes\n",
                        std::uintmax_t{transactions_}, std::uintmax_t{scans_},
                        std::uintmax_t{copies_}, model_.size(),
                        std::uintmax_t{must(db_.stats()).file_bytes});
    }

    const TemporaryFolder folder_;
    DB db_ = must(DB::open(folder_.path("soak.db"), {.growth_bytes = 1 << 20}));

private:
    using Model = std::map<std::uint64_t, std::uint64_t>; ///< a key's number, its entry's hash

    bool goes_on(unsigned transactions) const {
        return seconds_ == 0 ? transactions < transactions_of_a_short_run
                             : std::chrono::steady_clock::now() < end_;
    }

    static Result<void> change(Tx& tx, Random& random, bool grows, Model& model) {
        auto data = REBOLT_TRY(tx.create_bucket_if_missing("data"));
        for (std::uint64_t i = random.below(100); i > 0; --i) {
            const std::uint64_t number = random.below(2 * keys_most);
            const BigEndianKey key(number);
            if (!grows || random.below(4) == 0) {
                REBOLT_TRY(data.erase(key));
                model.erase(number);
                continue;
            }
            const std::uint64_t longest = random.below(50) == 0 ? 20'000 : 500;
            const std::string value(random.below(longest), static_cast<char>(random.below(256)));
            REBOLT_TRY(data.put(key, value));
            model[number] = hash_of(key, value);
        }
        std::uint64_t hash = 0;
        for (const auto& [number, of_entry] : model)
            hash ^= of_entry;
        auto sum = REBOLT_TRY(tx.create_bucket_if_missing("sum"));
        REBOLT_TRY(sum.put("count", BigEndianKey(model.size())));
        REBOLT_TRY(sum.put("hash", BigEndianKey(hash)));
        if (random.below(8) == 0)
            return Error(ErrorCode::cancelled, "as the test wants it");
        return {};
    }

    const std::uint64_t seconds_ = number_from("REBOLT_SOAK_SECONDS", 0);
    const std::chrono::steady_clock::time_point end_ =
        std::chrono::steady_clock::now() + std::chrono::seconds(seconds_);
    Model model_;
    std::atomic<bool> ended_ = false;
    std::atomic<std::uint64_t> transactions_ = 0;
    std::atomic<std::uint64_t> scans_ = 0;
    std::atomic<std::uint64_t> copies_ = 0;
};

TEST_F(Soak, EveryStateIsWhole) {
    const std::uint64_t seed = number_from("REBOLT_SEED", 1);
    SCOPED_TRACE(seed);
    run_threads(4, [&](unsigned thread) {
        if (thread == 0)
            write(seed);
        else if (thread == 1)
            back_up();
        else
            read();
    });
    verify(must(db_.begin()));
    report();
    db_.close();
    expect_clean(folder_.path("soak.db"));
    verify(must(must(DB::open(folder_.path("soak.db"))).begin()));
}

} // namespace
} // namespace rebolt::test
