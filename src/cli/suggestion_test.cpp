#include "cli/suggestion.hpp"

#include <gtest/gtest.h>

namespace rebolt::cli {
namespace {

const std::vector<std::string> names{"check", "recover", "store", "revert-meta-page", "put"};

TEST(Suggestions, AreTheNearestName) {
    EXPECT_EQ(nearest_to("cehck", names), "check");
    EXPECT_EQ(nearest_to("stroe", names), "store");
    EXPECT_EQ(nearest_to("frobnicate", names), "");
}

TEST(Suggestions, AreWhatOtherProgramsMean) {
    EXPECT_EQ(nearest_to("restore", names), "recover");
    EXPECT_EQ(nearest_to("set", names), "put");
    EXPECT_EQ(nearest_to("restore", {"store"}), "store"); // nothing is called so here
}

TEST(Suggestions, AreTheOnlyNameThatBeginsSo) {
    EXPECT_EQ(nearest_to("revert-meta", names), "revert-meta-page");
    EXPECT_EQ(nearest_to("re", names), "");
}

} // namespace
} // namespace rebolt::cli
