// Many threads on one database. Also run under ThreadSanitizer: scripts/tsan.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/rebolt.hpp>

#include "support/random.hpp"
#include "support/temporary_folder.hpp"
#include "threads.hpp"

namespace rebolt::test {
namespace {

constexpr unsigned thread_count = 8;
constexpr std::uint64_t bank_count = 4;
constexpr std::uint64_t account_count = 60; // a bank: a page of 1024 bytes is too small
constexpr std::int64_t money = 1000;        // an account, at first

std::string bank(std::uint64_t number) {
    return fmt::format("bank-{}", number);
}

std::string account(std::uint64_t number) {
    return fmt::format("account-{:03}", number);
}

std::int64_t number_of(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

class Threads : public testing::Test {
protected:
    DB open(OpenOptions options = {}) {
        options.page_size_bytes = 1024;
        return must(DB::open(path_, options));
    }

    void TearDown() override { expect_clean(path_); }

    TemporaryFolder folder_;
    std::string path_ = folder_.path("test.db");
};

void open_accounts(const DB& db) {
    must(db.update([](Tx& tx) -> Result<void> {
        for (std::uint64_t i = 0; i < bank_count; ++i) {
            Bucket bucket = must(tx.create_bucket(bank(i)));
            for (std::uint64_t j = 0; j < account_count; ++j)
                must(bucket.put(account(j), std::to_string(money)));
        }
        return {};
    }));
}

Result<void> transfer(Tx& tx, Random& random) {
    Bucket from = must(tx.bucket(bank(random.below(bank_count))));
    Bucket to = must(tx.bucket(bank(random.below(bank_count))));
    const auto amount = static_cast<std::int64_t>(random.below(100));
    const std::string payer = account(random.below(account_count));
    const std::string payee = account(random.below(account_count));
    must(from.put(payer, std::to_string(number_of(*must(from.get(payer))) - amount)));
    must(to.put(payee, std::to_string(number_of(*must(to.get(payee))) + amount)));
    return {};
}

std::int64_t all_money(const Tx& tx) {
    std::int64_t sum = 0;
    for (std::uint64_t i = 0; i < bank_count; ++i)
        must(must(tx.bucket(bank(i))).for_each([&](const Entry& entry) -> Result<void> {
            sum += number_of(entry.value);
            return {};
        }));
    return sum;
}

constexpr std::int64_t all_money_there_is = bank_count * account_count * money;

// Each reader reads at least so often, and as long as the writer writes.
constexpr int readings_min = 50;
constexpr int transfers = 400;

TEST_F(Threads, ReadersSeeNoHalfOfATransfer) {
    const DB db = open();
    open_accounts(db);
    std::atomic<bool> is_done = false;
    const auto read = [&] {
        std::uint64_t newest = 0;
        for (int i = 0; i < readings_min || !is_done; ++i) {
            const Tx tx = must(db.begin());
            EXPECT_GE(number(tx.id()), newest);
            newest = number(tx.id());
            EXPECT_EQ(all_money(tx), all_money_there_is) << "transaction " << newest;
        }
    };
    const auto write = [&] {
        Random random(1);
        for (int i = 0; i < transfers; ++i)
            must(db.update([&](Tx& tx) { return transfer(tx, random); }));
    };
    run_threads(thread_count + 1, [&](unsigned thread) {
        if (thread != 0) {
            read();
            return;
        }
        try {
            write();
        } catch (...) {
            is_done = true;
            throw;
        }
        is_done = true;
    });
}

// The file grows from 32 KiB to many times that, while readers keep what they
// began with.
TEST_F(Threads, AHeldReaderKeepsItsStateWhileTheFileGrows) {
    const DB db = open();
    open_accounts(db);
    const std::uint64_t size_before = must(db.stats()).file_bytes;
    std::atomic<int> step = 0;
    constexpr int steps = 150;
    std::vector<Tx> readers;
    for (unsigned i = 0; i < thread_count; ++i)
        readers.push_back(must(db.begin()));
    const std::uint64_t txid = number(readers[0].id());
    const auto read = [&](unsigned thread) {
        const Tx& held = readers[thread - 1];
        Bucket filling = must(held.bucket(bank(0)));
        const auto value = must(filling.get(account(thread)));
        const std::string copy(*value);
        while (step < steps)
            EXPECT_EQ(all_money(held), all_money_there_is);
        EXPECT_EQ(number(held.id()), txid);
        EXPECT_EQ(*value, copy);
        EXPECT_FALSE(held.bucket("filling"));
    };
    run_threads(thread_count + 1, [&](unsigned thread) {
        if (thread != 0) {
            read(thread);
            return;
        }
        Random random(2);
        for (; step < steps; ++step)
            must(db.update([&](Tx& tx) -> Result<void> {
                Bucket bucket = must(tx.create_bucket_if_missing("filling"));
                must(bucket.put(std::to_string(step), std::string(20'000, 'v')));
                return transfer(tx, random);
            }));
    });
    EXPECT_GT(must(db.stats()).file_bytes, 8 * size_before);
}

Result<void> count_up(Tx& tx, const std::string& key) {
    Bucket bucket = must(tx.create_bucket_if_missing("counts"));
    const auto before = must(bucket.get(key));
    return bucket.put(key, std::to_string((before ? number_of(*before) : 0) + 1));
}

std::int64_t count_of(const DB& db, const std::string& key) {
    const Tx tx = must(db.begin());
    const auto text = must(must(tx.bucket("counts")).get(key));
    return text ? number_of(*text) : 0;
}

TEST_F(Threads, WritersWaitForEachOther) {
    const DB db = open();
    run_threads(thread_count, [&](unsigned) {
        for (int i = 0; i < 40; ++i)
            must(db.update([](Tx& tx) { return count_up(tx, "all"); }));
    });
    EXPECT_EQ(count_of(db, "all"), 40 * thread_count);
}

TEST_F(Threads, BatchSharesTransactions) {
    OpenOptions options;
    options.batch_size_max = thread_count;
    const DB db = open(options);
    const std::uint64_t before = number(must(db.begin()).id());
    run_threads(thread_count, [&](unsigned thread) {
        for (int i = 0; i < 50; ++i)
            must(db.batch([&](Tx& tx) -> Result<void> {
                must(count_up(tx, "all"));
                return count_up(tx, fmt::format("thread {}", thread));
            }));
    });
    EXPECT_EQ(count_of(db, "all"), 50 * thread_count);
    for (unsigned i = 0; i < thread_count; ++i)
        EXPECT_EQ(count_of(db, fmt::format("thread {}", i)), 50);
    const std::uint64_t transactions = number(must(db.begin()).id()) - before;
    EXPECT_LT(transactions, 50 * thread_count / 2);
    fmt::print("{} calls in {} transactions\n", 50 * thread_count, transactions);
}

TEST_F(Threads, ABatchThatFailsTakesNobodyAlong) {
    OpenOptions options;
    options.batch_size_max = thread_count;
    const DB db = open(options);
    run_threads(thread_count, [&](unsigned thread) {
        for (int i = 0; i < 30; ++i) {
            const bool fails = (i + static_cast<int>(thread)) % 5 == 0;
            const Result<void> result = db.batch([&](Tx& tx) -> Result<void> {
                must(count_up(tx, "all"));
                if (fails)
                    return Error(ErrorCode::invalid_argument, "as the test wants it");
                return {};
            });
            EXPECT_EQ(result.has_value(), !fails);
            if (fails && !result) {
                EXPECT_EQ(result.error().message(), "as the test wants it");
            }
        }
    });
    EXPECT_EQ(count_of(db, "all"), 24 * thread_count);
}

TEST_F(Threads, CloseWaitsForTheWriterAndLeavesReadersTheirState) {
    DB db = open();
    open_accounts(db);
    const Tx held = must(db.begin());
    std::atomic<bool> has_begun = false;
    run_threads(2, [&](unsigned thread) {
        if (thread == 0) {
            must(db.update([&](Tx& tx) -> Result<void> {
                has_begun = true;
                has_begun.notify_all();
                Random random(3);
                for (int i = 0; i < 200; ++i)
                    must(transfer(tx, random));
                return {};
            }));
            return;
        }
        has_begun.wait(false);
        db.close();
        EXPECT_EQ(db.begin().error().code(), ErrorCode::database_closed);
        EXPECT_EQ(db.begin(Access::write).error().code(), ErrorCode::database_closed);
    });
    EXPECT_EQ(all_money(held), all_money_there_is);
}

} // namespace
} // namespace rebolt::test
