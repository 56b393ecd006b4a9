// Whoever would wait for himself is told so at once.
#include <rebolt/db.hpp>

#include <chrono>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

using testing::HasSubstr;
using enum ErrorCode;

Result<void> nothing(Tx&) {
    return {};
}

class OwnWaits : public WriteTest {};

TEST_F(OwnWaits, NoUpdateBatchOrTransactionBeginsInsideAnUpdate) {
    const DB db = open({.batch_size_max = 2, .batch_delay_max = std::chrono::hours{1}});
    update(db, [&](Tx&) {
        const auto inner = db.update(nothing);
        EXPECT_EQ(code_of(inner), invalid_argument);
        EXPECT_THAT(inner.error().to_text(), HasSubstr("this thread has a write transaction open"));
        EXPECT_EQ(code_of(db.batch(nothing)), invalid_argument);
        EXPECT_EQ(code_of(db.begin(Access::write)), invalid_argument);
        EXPECT_EQ(code_of(db.sync()), invalid_argument);
        EXPECT_TRUE(db.view(nothing)); // readers wait for nobody
    });
    put(db, "after", "");
}

TEST_F(OwnWaits, NoSecondTransactionBeginsBesideAnOpenOne) {
    const DB db = open();
    Tx first = must(db.begin(Access::write));
    EXPECT_EQ(code_of(db.begin(Access::write)), invalid_argument);
    EXPECT_EQ(code_of(db.update(nothing)), invalid_argument);
    first.rollback();
    EXPECT_TRUE(db.begin(Access::write));
}

TEST_F(OwnWaits, AnotherThreadWaitsUntilTheTransactionHasEnded) {
    const DB db = open();
    Tx first = must(db.begin(Access::write));
    auto second = std::async(std::launch::async, [&] { return db.update(nothing); });
    EXPECT_EQ(second.wait_for(std::chrono::milliseconds{20}), std::future_status::timeout);
    must(first.commit());
    EXPECT_TRUE(second.get());
}

TEST_F(OwnWaits, CloseInsideAnUpdateClosesWhenItHasEnded) {
    DB db = open();
    update(db, [&](Tx& tx) {
        db.close();
        EXPECT_EQ(code_of(db.begin()), database_closed);
        must(must(tx.create_bucket("b")).put("put after", "close"));
    });
    EXPECT_EQ(code_of(db.update(nothing)), database_closed);
    EXPECT_EQ(get(open(), "put after"), "close"); // its lock is free
}

TEST_F(OwnWaits, ASecondOpenWithoutTimeoutIsAnError) {
    const DB db = open();
    for (const bool read_only : {false, true}) {
        const auto second = DB::open(path(), {.read_only = read_only});
        ASSERT_EQ(code_of(second), lock_timeout);
        EXPECT_THAT(second.error().to_text(),
                    HasSubstr("the file is locked by this process itself"));
    }
    EXPECT_EQ(code_of(PageSource::open(path(), {.timeout = std::nullopt})), lock_timeout);
}

TEST_F(OwnWaits, ASecondOpenWithTimeoutWaitsForTheFirst) {
    DB db = open();
    const auto brief = DB::open(path(), {.timeout = std::chrono::milliseconds{1}});
    ASSERT_EQ(code_of(brief), lock_timeout);
    EXPECT_THAT(brief.error().to_text(), HasSubstr("the file is locked by this process itself"));
    auto patient = std::async(std::launch::async, [&] {
        return code_of(DB::open(path(), {.timeout = std::chrono::hours{1}}));
    });
    EXPECT_EQ(patient.wait_for(std::chrono::milliseconds{20}), std::future_status::timeout);
    db.close();
    EXPECT_EQ(patient.get(), std::nullopt);
}

TEST_F(OwnWaits, ReadersOpenOneFileBesideEachOther) {
    put(open(), "key", "value");
    const DB one = open({.read_only = true});
    const DB two = open({.read_only = true});
    EXPECT_EQ(get(two, "key"), "value");
    EXPECT_EQ(code_of(DB::open(path())), lock_timeout);
}

} // namespace
} // namespace rebolt::test
