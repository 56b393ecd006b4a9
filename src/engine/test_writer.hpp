// New files for this folder's tests of writers; each is checked when its test
// ends.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>
#include <rebolt/db.hpp>

#include "support/temporary_folder.hpp"

namespace rebolt::test {

/// The value; a missing one ends the test with an exception.
template <class T>
T must(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().to_text());
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

/// Pages are of 4096 bytes where a test does not say otherwise.
class WriteTest : public testing::Test {
protected:
    void TearDown() override {
        if (!std::filesystem::exists(path()))
            return;
        const CheckReport report = checked();
        EXPECT_EQ(report.verdict, Verdict::clean) << sentence(report);
    }

    [[nodiscard]] std::string path(const std::string& name = "test.db") const {
        return folder_.path(name);
    }
    [[nodiscard]] DB open(OpenOptions options = {}) const {
        if (options.page_size_bytes == 0)
            options.page_size_bytes = 4096;
        return must(DB::open(path(), options));
    }
    [[nodiscard]] CheckReport checked(const std::string& name = "test.db") const {
        return must(check(must(PageSource::open(path(name), {.lock = false}))));
    }
    [[nodiscard]] std::uint64_t file_bytes() const { return std::filesystem::file_size(path()); }

    /// A write transaction that must succeed.
    static void update(const DB& db, const std::function<void(Tx&)>& work) {
        const auto updated = db.update([&](Tx& tx) -> Result<void> {
            work(tx);
            return {};
        });
        EXPECT_TRUE(updated) << updated.error().to_text();
    }
    static void put(const DB& db, const std::string& key, const std::string& value,
                    const std::string& bucket = "b") {
        update(db,
               [&](Tx& tx) { must(must(tx.create_bucket_if_missing(bucket)).put(key, value)); });
    }
    /// The value in the newest state; nullopt if it is not there.
    static std::optional<std::string> get(const DB& db, const std::string& key,
                                          const std::string& bucket = "b") {
        const Tx tx = must(db.begin());
        const auto value = must(must(tx.bucket(bucket)).get(key));
        return value ? std::optional(std::string(*value)) : std::nullopt;
    }

private:
    TemporaryFolder folder_;
};

/// The keys from first() on, buckets with a `/` behind them.
inline std::vector<std::string> keys_of(const Bucket& bucket) {
    std::vector<std::string> keys;
    must(bucket.for_each([&](const Entry& entry) -> Result<void> {
        keys.push_back(std::string(entry.key) + (entry.is_bucket ? "/" : ""));
        return {};
    }));
    return keys;
}

/// The error's code; nullopt if there was none.
template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code());
}

/// What a text consists of, so often.
inline std::string repeat(std::size_t count, char byte = 'x') {
    return std::string(count, byte);
}

} // namespace rebolt::test
