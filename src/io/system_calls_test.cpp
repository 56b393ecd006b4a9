#include "io/system_calls.hpp"

#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace rebolt::io {
namespace {

TEST(SystemCalls, AreReplacedInOneThreadAndOneScope) {
    const auto real = SystemCalls::current();
    const auto outer = std::make_shared<SystemCalls>();
    const auto inner = std::make_shared<SystemCalls>();
    {
        const ReplacedSystemCalls first(outer);
        EXPECT_EQ(SystemCalls::current(), outer);
        std::jthread([&] { EXPECT_EQ(SystemCalls::current(), real); }).join();
        {
            const ReplacedSystemCalls second(inner);
            EXPECT_EQ(SystemCalls::current(), inner);
        }
        EXPECT_EQ(SystemCalls::current(), outer);
    }
    EXPECT_EQ(SystemCalls::current(), real);
}

} // namespace
} // namespace rebolt::io
