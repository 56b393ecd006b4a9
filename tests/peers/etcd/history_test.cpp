// The judge of histories, judged: what it must let pass, and what not.
#include <gtest/gtest.h>

#include "peers/etcd/history.hpp"

namespace rebolt::test {
namespace {

const std::vector<Write> chain = {{5, "made"}, {7, "a"}, {9, "b"}};

Operation operation(Did did, std::uint64_t expected, Write write, std::pair<int, int> time) {
    const auto at = [](int seconds) { return Instant(std::chrono::seconds(seconds)); };
    return {.did = did,
            .expected = expected,
            .index = write.index,
            .value = write.value,
            .began = at(time.first),
            .ended = at(time.second)};
}

const Operation swap_a = operation(Did::swapped, 5, {7, "a"}, {1, 2});
const Operation swap_b = operation(Did::swapped, 7, {9, "b"}, {3, 4});

TEST(History, SwapsAndReadsInOrderAreLinearizable) {
    EXPECT_EQ(judge(chain, {swap_a, swap_b}), "");
    EXPECT_EQ(judge(chain, {swap_a, swap_b, operation(Did::read, 0, {7, "a"}, {2, 3}),
                            operation(Did::read, 0, {5, "made"}, {0, 2}),
                            operation(Did::refused, 5, {0, "c"}, {1, 9})}),
              "");
}

TEST(History, AnUnknownSwapMayBeThereOrNot) {
    EXPECT_EQ(judge(chain, {operation(Did::unknown, 5, {0, "a"}, {1, 1}), swap_b,
                            operation(Did::unknown, 5, {0, "c"}, {1, 2})}),
              "");
}

TEST(History, ALostAcknowledgementIsFound) {
    EXPECT_NE(judge({{5, "made"}, {7, "a"}}, {swap_a, swap_b}), "");
    EXPECT_NE(judge(chain, {swap_a, operation(Did::swapped, 7, {8, "b"}, {3, 4})}), "");
}

TEST(History, AWriteOfNobodyIsFound) {
    EXPECT_NE(judge(chain, {swap_a}), "");
}

TEST(History, ASwapOnAnotherIndexIsFound) {
    EXPECT_NE(judge(chain, {swap_a, operation(Did::swapped, 5, {9, "b"}, {3, 4})}), "");
}

TEST(History, ARefusedSwapThatWasCarriedOutIsFound) {
    EXPECT_NE(judge(chain, {swap_a, operation(Did::refused, 7, {0, "b"}, {3, 4})}), "");
}

TEST(History, ARefusalWithoutReasonIsFound) {
    EXPECT_NE(judge(chain, {swap_a, swap_b, operation(Did::refused, 9, {0, "c"}, {5, 6})}), "");
}

TEST(History, AStaleReadIsFound) {
    EXPECT_NE(judge(chain, {swap_a, swap_b, operation(Did::read, 0, {7, "a"}, {5, 6})}), "");
}

TEST(History, AReadOfTheFutureIsFound) {
    EXPECT_NE(judge(chain, {swap_a, swap_b, operation(Did::read, 0, {9, "b"}, {1, 2})}), "");
}

TEST(History, ARefusalOfTheFutureIsFound) {
    EXPECT_NE(judge(chain, {swap_a, swap_b, operation(Did::refused, 7, {0, "c"}, {1, 2})}), "");
}

TEST(History, ReadsThatGoBackAreFound) {
    EXPECT_NE(judge(chain, {operation(Did::swapped, 5, {7, "a"}, {1, 9}),
                            operation(Did::swapped, 7, {9, "b"}, {1, 9}),
                            operation(Did::read, 0, {7, "a"}, {2, 3}),
                            operation(Did::read, 0, {5, "made"}, {4, 5})}),
              "");
}

} // namespace
} // namespace rebolt::test
