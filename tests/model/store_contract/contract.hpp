// The contract of rebolt/store.hpp: one suite that runs on every backend.
//
// A backend joins with a file of its own in this folder:
//
//   class MyPlace : public Place { … url() … };
//   const BackendRegistration mine({"mine", [] { return std::make_unique<MyPlace>(); }});
//
// `make` returns null where the backend cannot run (its server is not
// installed): its tests are skipped. Each test gets a new place. To run one
// backend: store_contract_test --gtest_filter='*/mine'
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/store.hpp>

namespace rebolt::test {

/// Where the stores of one test live; empty at the begin. All clients that
/// connect to it see the same keys.
class Place {
public:
    Place() = default;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    virtual ~Place() = default;

    [[nodiscard]] virtual std::string url() const = 0;
    [[nodiscard]] virtual store::StoreOptions options() const { return {}; }

    // What the backend can do, where the interface leaves it open.
    [[nodiscard]] virtual bool has_time_to_live() const { return true; }
    [[nodiscard]] virtual bool resumes_watches() const { return true; } ///< after_index
    /// Each change is an event; else changes of a key may come as the last one.
    [[nodiscard]] virtual bool tells_each_change() const { return true; }
    [[nodiscard]] virtual std::size_t huge_value_bytes() const { return std::size_t{1} << 20U; }
    /// Compare-and-swaps that each of eight clients wins in the test of that.
    [[nodiscard]] virtual int wins_per_client() const { return 50; }
};

struct Backend {
    std::string name; ///< letters, digits and _
    std::function<std::unique_ptr<Place>()> make;
};

/// Adds a backend to those the suite runs on. A global of a .cpp in this folder.
struct BackendRegistration {
    explicit BackendRegistration(Backend backend);
};

[[nodiscard]] std::vector<Backend>& backends();

class StoreContract : public testing::TestWithParam<Backend> {
protected:
    using Ms = std::chrono::milliseconds;
    static constexpr Ms patience{20'000}; ///< for what must come
    static constexpr Ms a_while{150};     ///< for what must not

    void SetUp() override;

    /// Another client of the same keys. The test fails if it cannot connect.
    [[nodiscard]] std::unique_ptr<store::Store> connect() const;
    [[nodiscard]] store::Store& kv() { return *first_; }
    [[nodiscard]] const Place& place() const { return *place_; }

    /// The keys that begin with `prefix`, in order; none is no failure.
    [[nodiscard]] std::vector<std::string> keys(std::string_view prefix);
    /// The value, or what the error is called.
    [[nodiscard]] std::string value(std::string_view key);

    /// The next event; fails the test and returns an empty one if none comes.
    static store::Event next(store::Watch& watch);
    static void expect_next(store::Watch& watch, store::EventKind kind, std::string_view key = {},
                            std::string_view value = {});
    static void expect_quiet(store::Watch& watch);

private:
    std::unique_ptr<Place> place_;
    std::unique_ptr<store::Store> first_;
};

/// The name of the code, or "" for success: `EXPECT_EQ(failure(kv.remove("a")), "key-not-found")`.
template <class T>
[[nodiscard]] std::string failure(const Result<T>& result) {
    return result ? std::string() : std::string(name_of(result.error().code()));
}

/// The value, which must be there: else the test fails, saying why.
template <class T>
T must(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().to_text());
    return std::move(*result);
}
inline void must(Result<void> result) {
    if (!result)
        throw std::runtime_error(result.error().to_text());
}

} // namespace rebolt::test
