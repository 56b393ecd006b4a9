// REBOLT_TRY: takes the value out of a Result, or returns its Error to the caller.
//
//   auto db = REBOLT_TRY(rebolt::DB::open("my.db"));
//   rebolt::Tx tx = REBOLT_TRY(db.begin(rebolt::Access::write));
//   auto fruit = REBOLT_TRY(tx.create_bucket_if_missing("fruit"));
//   REBOLT_TRY(fruit.put("apple", "red"));
//   return tx.commit();
//
// In functions and lambdas that return a Result: name that type of a lambda. GCC and
// Clang only: it is one of their statement expressions.
#pragma once

#include <utility>

#include <rebolt/result.hpp>

// Each has a name of its own, so that one may stand in another's expression.
#define REBOLT_TRY(...) REBOLT_TRY_NUMBERED(__COUNTER__, __VA_ARGS__)
#define REBOLT_TRY_NUMBERED(number, ...) REBOLT_TRY_NAMED(number, __VA_ARGS__)
#define REBOLT_TRY_NAMED(number, ...)                                                              \
    __extension__({                                                                                \
        auto&& rebolt_try_##number = (__VA_ARGS__);                                                \
        if (!rebolt_try_##number.has_value())                                                      \
            return std::move(rebolt_try_##number).error();                                         \
        std::move(rebolt_try_##number).value();                                                    \
    })
