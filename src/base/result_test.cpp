// A Result that is a temporary hands out its value, never a reference into itself.
#include <rebolt/try.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace rebolt {
namespace {

using Words = std::vector<std::string>;

// What an expression gives: a value, or a reference that may outlive its owner.
static_assert(std::is_same_v<decltype(*std::declval<Result<Words>>()), Words>);
static_assert(std::is_same_v<decltype(std::declval<Result<Words>>().value()), Words>);
static_assert(std::is_same_v<decltype(std::declval<Result<Words>>().error()), Error>);
static_assert(std::is_same_v<decltype(std::declval<Result<void>>().error()), Error>);
static_assert(std::is_same_v<decltype(*std::declval<Result<Words>&>()), Words&>);
static_assert(std::is_same_v<decltype(*std::declval<const Result<Words>&>()), const Words&>);

template <class R>
concept GivesReferenceFromConstTemporary = requires { *std::declval<const R>(); };
static_assert(!GivesReferenceFromConstTemporary<Result<Words>>);

// Success is said, not forgotten: only a Result<void> has one by default.
static_assert(!std::is_default_constructible_v<Result<Words>>);
static_assert(std::is_default_constructible_v<Result<void>>);

Result<Words> words() {
    return Words{"a word that is too long to be kept inside a string", "another"};
}

Result<std::unique_ptr<int>> number() {
    return std::make_unique<int>(7);
}

TEST(Result, ALoopOverATemporaryReadsWhatIsStillThere) {
    std::string all;
    for (const std::string& word : *words())
        all += word;
    for (const std::string& word : words().value())
        all += word;
    EXPECT_EQ(all.size(), 2 * 57U);
}

TEST(Result, AReferenceToTheValueOfATemporaryKeepsIt) {
    const Words& kept = *words();
    EXPECT_EQ(kept.size(), 2U);
    const Error& error = Result<Words>(Error(ErrorCode::io, "a message of some length")).error();
    EXPECT_EQ(error.message(), "a message of some length");
}

Result<int> twice(Result<int> number) {
    const int value = REBOLT_TRY(std::move(number));
    return 2 * value;
}

Result<int> twice_twice(Result<int> number) {
    return REBOLT_TRY(twice(REBOLT_TRY(twice(std::move(number)))));
}

Result<void> only_seven(Result<std::unique_ptr<int>> number) {
    const std::unique_ptr<int> value = REBOLT_TRY(std::move(number));
    REBOLT_TRY(*value == 7 ? Result<void>{} : Error(ErrorCode::invalid_argument, "not seven"));
    return {};
}

TEST(Try, TakesTheValueOrReturnsTheError) {
    EXPECT_EQ(*twice(4), 8);
    EXPECT_EQ(*twice_twice(1), 4);
    EXPECT_EQ(twice(Error(ErrorCode::io, "no disk")).error().message(), "no disk");
    EXPECT_TRUE(only_seven(std::make_unique<int>(7)));
    EXPECT_EQ(only_seven(std::make_unique<int>(8)).error().message(), "not seven");
    EXPECT_EQ(only_seven(Error(ErrorCode::io, "no disk")).error().code(), ErrorCode::io);
}

TEST(Result, MovesWhatCannotBeCopied) {
    EXPECT_EQ(**number(), 7);
    Result<std::unique_ptr<int>> result = number();
    const std::unique_ptr<int> taken = *std::move(result);
    EXPECT_EQ(*taken, 7);
}

} // namespace
} // namespace rebolt
