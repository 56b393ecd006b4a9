// TRY: takes the value out of a Result, or returns its Error to the caller.
#pragma once

#include <utility>

#include <rebolt/result.hpp>

// A statement expression (GCC, Clang): `auto page = TRY(source.page(id));`
#define TRY(expression)                                                                            \
    __extension__({                                                                                \
        auto&& try_result_ = (expression);                                                         \
        if (!try_result_.has_value())                                                              \
            return std::move(try_result_).error();                                                 \
        std::move(try_result_).value();                                                            \
    })
