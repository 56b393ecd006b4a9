// Threads for tests, and the errors they meet.
#pragma once

#include <exception>
#include <functional>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/rebolt.hpp>

namespace rebolt::test {

/// The value; a missing one ends the test with an exception.
template <class T>
T must(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().to_text());
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

/// Runs work(0) … work(count − 1) at once; what they throw fails the test.
inline void run_threads(unsigned count, const std::function<void(unsigned)>& work) {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            try {
                work(i);
            } catch (const std::exception& error) {
                ADD_FAILURE() << "thread " << i << ": " << error.what();
            }
        });
}

inline void expect_clean(const std::string& path) {
    const auto report = must(check(must(PageSource::open(path))));
    EXPECT_EQ(report.verdict, Verdict::clean) << sentence(report);
}

} // namespace rebolt::test
