// FreePages against a naive model: a set of pages, and runs found by looking.
#include "engine/free_pages.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "support/random.hpp"

namespace rebolt::engine {
namespace {

using Pages = std::set<std::uint64_t>;

Pages all_of(const FreePages& pages) {
    Pages all;
    pages.for_each([&](std::uint64_t page) { EXPECT_TRUE(all.insert(page).second); });
    return all;
}

std::optional<std::uint64_t> lowest_run(const Pages& free, std::uint64_t count) {
    std::uint64_t length = 0;
    std::uint64_t last = 0;
    for (const std::uint64_t page : free) {
        length = length != 0 && page == last + 1 ? length + 1 : 1;
        last = page;
        if (length == count)
            return page + 1 - count;
    }
    return std::nullopt;
}

TEST(FreePages, GivesTheLowestRunThatFits) {
    FreePages pages;
    for (const std::uint64_t page : {3U, 5U, 6U, 9U, 10U, 11U, 64U, 65U})
        EXPECT_TRUE(pages.add(page));
    EXPECT_FALSE(pages.add(5));
    EXPECT_EQ(pages.take(2), 5U);
    EXPECT_EQ(pages.take(1), 3U);
    EXPECT_EQ(pages.take(4), std::nullopt);
    EXPECT_EQ(pages.take(3), 9U);
    EXPECT_EQ(pages.take(0), std::nullopt);
    EXPECT_EQ(all_of(pages), (Pages{64, 65}));
    EXPECT_EQ(pages.free_count(), 2U);
}

TEST(FreePages, ARunThatBecomesWholeIsFound) {
    FreePages pages;
    pages.add(10);
    pages.add(12);
    EXPECT_EQ(pages.take(3), std::nullopt);
    pages.add(11);
    EXPECT_EQ(pages.take(3), 10U);
}

TEST(FreePages, WhatATransactionFreedIsGivenOnlyAfterRelease) {
    FreePages pages;
    EXPECT_TRUE(pages.set_pending(7, {20, 2}));
    EXPECT_TRUE(pages.set_pending(8, {30, 1}));
    EXPECT_FALSE(pages.set_pending(9, {19, 2})); // 20 is pending: nothing changed
    EXPECT_FALSE(pages.contains(19));
    EXPECT_EQ(pages.pending_count(), 3U);
    EXPECT_EQ(pages.take(1), std::nullopt);
    pages.release(7);
    EXPECT_EQ(pages.take(2), 20U);
    EXPECT_EQ(pages.take(1), std::nullopt);
    EXPECT_TRUE(pages.contains(30));
}

TEST(FreePages, ATransactionThatFailedFreedNothing) {
    FreePages pages;
    pages.set_pending(7, {20, 2});
    pages.forget_pending(1337); // one that freed nothing
    EXPECT_EQ(pages.pending_count(), 2U);
    pages.forget_pending(7);
    pages.release(100);
    EXPECT_EQ(pages.free_count(), 0U);
    EXPECT_EQ(pages.pending_count(), 0U);
    EXPECT_FALSE(pages.contains(20));
    EXPECT_TRUE(pages.set_pending(7, {20, 2}));
}

TEST(FreePages, TheHashmapTypeGoesOnWhereItTookLast) {
    FreePages pages(FreelistType::hashmap);
    for (std::uint64_t page = 10; page < 20; ++page)
        pages.add(page);
    EXPECT_EQ(pages.take(2), 10U);
    pages.give_back({10, 2});
    EXPECT_EQ(pages.take(2), 12U);
    EXPECT_EQ(pages.take(8), std::nullopt);
    EXPECT_EQ(pages.take(6), 14U);
    EXPECT_EQ(pages.take(2), 10U); // from the start again
}

class Model {
public:
    Model(FreelistType type, std::uint64_t seed) : type_(type), pages_(type), random_(seed) {}

    void step() {
        switch (random_.below(5)) {
        case 0:
            return take(1 + random_.below(40));
        case 1:
            return take(1 + random_.below(3));
        case 2:
            return free_some();
        case 3:
            return release();
        default:
            return give_back();
        }
    }
    void compare() const {
        Pages all = free_;
        for (const auto& [txid, pages] : pending_)
            all.insert(pages.begin(), pages.end());
        ASSERT_EQ(all_of(pages_), all);
        ASSERT_EQ(pages_.free_count(), free_.size());
        ASSERT_EQ(pages_.free_count() + pages_.pending_count(), all.size());
    }

private:
    void take(std::uint64_t count) {
        const auto expected = lowest_run(free_, count);
        const auto taken = pages_.take(count);
        ASSERT_EQ(taken.has_value(), expected.has_value()) << count;
        if (!taken)
            return use(count);
        if (type_ == FreelistType::array) {
            ASSERT_EQ(*taken, *expected);
        }
        for (std::uint64_t page = *taken; page < *taken + count; ++page)
            ASSERT_EQ(free_.erase(page), 1U) << page;
        used_.push_back({*taken, count});
    }
    void use(std::uint64_t count) {
        used_.push_back({end_, count});
        end_ += count;
    }
    void free_some() {
        for (std::uint64_t i = random_.below(4); i > 0 && !used_.empty(); --i) {
            const PageRun run = pick();
            ASSERT_TRUE(pages_.set_pending(txid_, run));
            for (const std::uint64_t page : run.pages())
                pending_[txid_].insert(page);
        }
        ++txid_;
    }
    void release() {
        const std::uint64_t txid = txid_ - random_.below(4);
        pages_.release(txid);
        while (!pending_.empty() && pending_.begin()->first <= txid) {
            free_.merge(pending_.begin()->second);
            pending_.erase(pending_.begin());
        }
    }
    void give_back() {
        if (used_.empty())
            return;
        const PageRun run = pick();
        pages_.give_back(run);
        for (const std::uint64_t page : run.pages())
            free_.insert(page);
    }
    PageRun pick() {
        std::swap(used_[random_.below(used_.size())], used_.back());
        const PageRun run = used_.back();
        used_.pop_back();
        return run;
    }

    FreelistType type_;
    FreePages pages_;
    test::Random random_;
    Pages free_;
    std::map<std::uint64_t, Pages> pending_;
    std::vector<PageRun> used_;
    std::uint64_t end_ = 2;
    std::uint64_t txid_ = 10;
};

TEST(FreePages, DoAsANaiveModelDoes) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed)
        for (const FreelistType type : {FreelistType::array, FreelistType::hashmap}) {
            SCOPED_TRACE(seed);
            Model model(type, seed);
            for (int i = 0; i < 400 && !HasFatalFailure(); ++i) {
                model.step();
                if (i % 20 == 0)
                    model.compare();
            }
            model.compare();
        }
}

} // namespace
} // namespace rebolt::engine
