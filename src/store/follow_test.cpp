#include <rebolt/store_follow.hpp>

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace rebolt::store {
namespace {

TEST(StoreFollow, CallsForEachEventUntilItIsStopped) {
    const auto store = open("memory://");
    ASSERT_TRUE(store && (*store)->put("a", "1"));
    const auto watch = (*store)->watch_tree("");
    ASSERT_TRUE(watch);
    std::stop_source stop;
    std::vector<std::string> seen;
    std::jthread writer([&] {
        EXPECT_TRUE((*store)->put("b", "2"));
        EXPECT_TRUE((*store)->remove("a"));
    });
    const auto followed = follow(**watch, stop.get_token(), [&](Event&& event) -> Result<void> {
        seen.push_back(event.pair.key + "=" + event.pair.value);
        if (event.kind == EventKind::removed)
            stop.request_stop();
        return {};
    });
    EXPECT_TRUE(followed);
    EXPECT_EQ(seen, (std::vector<std::string>{"a=1", "=", "b=2", "a="}));
}

TEST(StoreFollow, PassesErrorsOn) {
    const auto store = open("memory://");
    ASSERT_TRUE(store);
    const auto watch = (*store)->watch("a");
    const auto refused = follow(**watch, {}, [](Event&&) -> Result<void> {
        return Error(ErrorCode::invalid_argument, "enough");
    });
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
    (*store)->close();
    const auto closed = follow(**watch, {}, [](Event&&) { return Result<void>(); });
    EXPECT_EQ(closed.error().code(), ErrorCode::cancelled);
}

} // namespace
} // namespace rebolt::store
