// batch(): when a group's transaction is made, and what becomes of failures.
#include <rebolt/db.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using enum ErrorCode;

class Batches : public WriteTest {
protected:
    DB open_for(std::size_t size_max, milliseconds delay_max) const {
        DB db = open({.batch_size_max = size_max, .batch_delay_max = delay_max});
        update(db, [](Tx& tx) { must(tx.create_bucket("b")); });
        return db;
    }
    static Result<void> put_in_batch(const DB& db, const std::string& key) {
        return db.batch([&](Tx& tx) { return must(tx.bucket("b")).put(key, ""); });
    }
    static std::future<Result<void>> put_aside(const DB& db, const std::string& key) {
        return std::async(std::launch::async, [&db, key] { return put_in_batch(db, key); });
    }
};

TEST_F(Batches, TwoCallsAreBothThere) {
    const DB db = open_for(1000, milliseconds{10});
    auto one = put_aside(db, "one");
    auto two = put_aside(db, "two");
    EXPECT_TRUE(one.get());
    EXPECT_TRUE(two.get());
    EXPECT_EQ(get(db, "one"), "");
    EXPECT_EQ(get(db, "two"), "");
}

TEST_F(Batches, WaitUntilTheyAreFull) {
    const DB db = open_for(3, hours{1});
    const std::uint64_t before = number(must(db.begin()).id());
    auto one = put_aside(db, "one");
    auto two = put_aside(db, "two");
    EXPECT_EQ(one.wait_for(milliseconds{50}), std::future_status::timeout);
    EXPECT_EQ(two.wait_for(milliseconds{0}), std::future_status::timeout);
    EXPECT_TRUE(put_in_batch(db, "three"));
    EXPECT_TRUE(one.get());
    EXPECT_TRUE(two.get());
    EXPECT_EQ(number(must(db.begin()).id()), before + 1); // one transaction
    for (const char* key : {"one", "two", "three"})
        EXPECT_EQ(get(db, key), "");
}

TEST_F(Batches, WaitNoLongerThanTheDelay) {
    for (const milliseconds delay : {milliseconds{0}, milliseconds{5}}) {
        const DB db = must(DB::open(path(std::to_string(delay.count())),
                                    {.batch_size_max = 1000, .batch_delay_max = delay}));
        put(db, "before", "");
        EXPECT_TRUE(put_in_batch(db, "alone"));
        EXPECT_EQ(get(db, "alone"), "");
    }
}

struct Thrown {};

TEST_F(Batches, WhatACallThrowsIsItsCallersAndNobodyElses) {
    const DB db = open_for(3, hours{1});
    const auto throwing = [](Tx& tx) -> Result<void> {
        must(must(tx.bucket("b")).put("thrown", ""));
        throw Thrown();
    };
    auto one = put_aside(db, "one");
    auto thrown = std::async(std::launch::async, [&] { return db.batch(throwing); });
    auto two = put_aside(db, "two");
    EXPECT_TRUE(one.get());
    EXPECT_TRUE(two.get());
    EXPECT_THROW(static_cast<void>(thrown.get()), Thrown);
    EXPECT_EQ(get(db, "one"), "");
    EXPECT_EQ(get(db, "two"), "");
    EXPECT_EQ(get(db, "thrown"), std::nullopt);
}

TEST_F(Batches, WhatAHookThrowsLeavesNobodyWaiting) {
    const DB db = open_for(2, hours{1});
    const auto with_hook = [&] {
        return db.batch([](Tx& tx) -> Result<void> {
            tx.on_commit([] { throw Thrown(); });
            return {};
        });
    };
    auto one = std::async(std::launch::async, with_hook);
    auto two = std::async(std::launch::async, with_hook);
    int thrown = 0;
    int told = 0;
    for (auto* each : {&one, &two}) {
        try {
            told += code_of(each->get()) == cancelled ? 1 : 0;
        } catch (const Thrown&) {
            ++thrown;
        }
    }
    EXPECT_EQ(thrown, 1); // the leader
    EXPECT_EQ(told, 1);   // who followed
    put(db, "after", "");
}

TEST_F(Batches, AFailedCallIsTriedAloneAndItsErrorIsItsOwn) {
    const DB db = open_for(2, hours{1});
    std::atomic<int> runs = 0;
    auto failing = std::async(std::launch::async, [&] {
        return db.batch([&](Tx& tx) -> Result<void> {
            ++runs;
            must(must(tx.bucket("b")).put("failed", ""));
            return Error(cancelled, "as the test wants it");
        });
    });
    EXPECT_TRUE(put_in_batch(db, "good"));
    EXPECT_EQ(code_of(failing.get()), cancelled);
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(get(db, "good"), "");
    EXPECT_EQ(get(db, "failed"), std::nullopt);
}

} // namespace
} // namespace rebolt::test
