// The bolt store and Docker's libkv (through Go) on one file.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/check.hpp>
#include <rebolt/store.hpp>

#include "support/random.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

using store::KeyValue;
using store::PairView;

const std::string peer = std::string(REBOLT_BUILD_DIR) + "/peers/libkvpeer";

std::string hex(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes)
        text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

std::string line(const KeyValue& pair) {
    return fmt::format("{} {} {}\n", hex(pair.key), pair.last_index, hex(pair.value));
}

class LibkvInterop : public testing::Test {
protected:
    static void SetUpTestSuite() {
        const auto built = run_command(
            {std::string(REBOLT_SOURCE_DIR) + "/tests/peers/build-peer", peer, "libkvpeer"},
            std::chrono::seconds(300));
        ASSERT_EQ(built.exit_code, 0) << built.err;
    }
    LibkvInterop() : store_(open()) {}

    [[nodiscard]] std::unique_ptr<store::Store> open() const {
        auto store = store::open("bolt://" + path_ + "?bucket=libnetwork");
        EXPECT_TRUE(store) << store.error().to_text();
        return std::move(*store);
    }
    /// What one opener of libkv's answers to these operations.
    [[nodiscard]] std::string libkv(const std::vector<std::string>& operations) const {
        std::vector<std::string> words{peer, "run", path_, "libnetwork"};
        words.insert(words.end(), operations.begin(), operations.end());
        const auto result = run_command(words);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return result.out;
    }
    /// Both list the same keys, values and indexes. All keys begin with k: of the
    /// empty prefix libkv's List panics behind the last key.
    void expect_both_list(const std::map<std::string, KeyValue>& model) {
        std::string expected;
        for (const auto& [key, pair] : model)
            expected += line(pair);
        std::string ours;
        const auto listed = store_->for_each("", [&](const PairView& pair) -> Result<void> {
            ours += line(KeyValue::copy_of(pair));
            return {};
        });
        ASSERT_TRUE(listed) << listed.error().to_text();
        EXPECT_EQ(ours, expected);
        EXPECT_EQ(libkv({"list:" + hex("k")}),
                  model.empty() ? "error: Key not found in store\n" : expected + "done\n");
    }

    TemporaryFolder folder_;
    std::string path_ = folder_.path("local-kv.db");
    std::unique_ptr<store::Store> store_;
};

TEST_F(LibkvInterop, EachReadsWhatTheOtherWrote) {
    const std::string key = "docker/network/v1.0/network/1/";
    ASSERT_TRUE(store_->put(key, "{\"id\":1}"));
    EXPECT_EQ(libkv({"get:" + hex(key)}), line({key, "{\"id\":1}", 1}) + "done\n");
    EXPECT_EQ(libkv({"put:" + hex("a") + ":" + hex("1"), "put:" + hex("b") + ":"}), "done\ndone\n");
    EXPECT_EQ(*store_->get("a"), (KeyValue{"a", "1", 1}));
    EXPECT_EQ(*store_->get("b"), (KeyValue{"b", "", 2}));
    EXPECT_EQ(libkv({"delete:" + hex("a"), "exists:" + hex("a"), "exists:" + hex("b")}),
              "done\nfalse\ndone\ntrue\ndone\n");
    EXPECT_FALSE(*store_->exists("a"));
}

TEST_F(LibkvInterop, CompareAndSwapAgreesInBothDirections) {
    ASSERT_TRUE(store_->put("a", "1"));
    ASSERT_TRUE(store_->put("a", "2")); // index 2
    const std::string put = "atomic-put:" + hex("a") + ":" + hex("3") + ":";
    EXPECT_EQ(libkv({put + "none"}),
              "error: Previous K/V pair exists, cannot complete Atomic operation\n");
    EXPECT_EQ(libkv({put + "1"}), "error: Unable to complete atomic operation, key modified\n");
    EXPECT_EQ(libkv({put + "2"}), line({"a", "3", 1}) + "done\n");
    EXPECT_EQ(store_->atomic_put("a", "4", KeyValue{"a", "", 2}).error().code(),
              ErrorCode::key_modified);
    const auto changed = store_->atomic_put("a", "4", KeyValue{"a", "", 1});
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->last_index, 3U); // greater than any that was given
    EXPECT_EQ(libkv({"atomic-delete:" + hex("a") + ":1"}),
              "error: Unable to complete atomic operation, key modified\n");
    EXPECT_EQ(libkv({"atomic-delete:" + hex("a") + ":3"}), "done\n");
    EXPECT_EQ(store_->atomic_put("a", "5", *changed).error().code(), ErrorCode::key_not_found);
}

// The same operations on two new files: libkv's one opener and ours write the
// same indexes and values.
TEST_F(LibkvInterop, OnANewFileIndexesAreTheSame) {
    std::vector<std::string> operations;
    Random random(3);
    for (int i = 0; i < 60; ++i) {
        const std::string key = "key" + std::to_string(random.next() % 10);
        const std::string value = "value " + std::to_string(i);
        operations.push_back("put:" + hex(key) + ":" + hex(value));
        ASSERT_TRUE(store_->put(key, value));
    }
    std::map<std::string, KeyValue> model;
    const auto listed = store_->list("");
    ASSERT_TRUE(listed);
    for (const PairView& pair : *listed)
        model[std::string(pair.key)] = KeyValue::copy_of(pair);
    expect_both_list(model);
    const std::string ours = libkv({"list:" + hex("k")});
    std::filesystem::remove(path_);
    operations.push_back("list:" + hex("k"));
    std::string theirs = libkv(operations);
    for (std::size_t i = 0; i + 1 < operations.size(); ++i)
        theirs.erase(0, 5); // "done\n"
    EXPECT_EQ(theirs, ours);
}

// A seeded run: in each turn one of the two, as a new opener, writes a few
// times; after it both list what the model says.
TEST_F(LibkvInterop, TakesTurnsOnOneFile) {
    constexpr std::uint64_t seed = 11;
    constexpr int turns = 40;
    Random random(seed);
    std::map<std::string, KeyValue> model;
    std::uint64_t ours_greatest = 0; // the bucket's sequence
    for (int turn = 0; turn < turns && !HasFailure(); ++turn) {
        const bool is_ours = random.next() % 2 == 0;
        std::uint64_t theirs = 0; // this opener's counter
        std::vector<std::string> operations;
        for (int i = 0; i < 5; ++i) {
            const std::string key = "k" + std::to_string(random.next() % 12);
            const auto at = model.find(key);
            const bool removes = at != model.end() && random.next() % 3 == 0;
            const std::string value(random.next() % 300, 'x');
            if (removes && is_ours) {
                ours_greatest = std::max(ours_greatest, at->second.last_index);
                ASSERT_TRUE(store_->atomic_remove(key, at->second));
            } else if (removes) {
                operations.push_back(
                    fmt::format("atomic-delete:{}:{}", hex(key), at->second.last_index));
            } else if (is_ours) {
                const std::uint64_t old = at == model.end() ? 0 : at->second.last_index;
                ours_greatest = std::max(ours_greatest, old) + 1;
                ASSERT_TRUE(store_->put(key, value));
                model[key] = {key, value, ours_greatest};
            } else {
                operations.push_back("put:" + hex(key) + ":" + hex(value));
                model[key] = {key, value, ++theirs};
            }
            if (removes)
                model.erase(key);
        }
        if (!operations.empty()) {
            EXPECT_EQ(libkv(operations).find("error"), std::string::npos) << "seed " << seed;
        }
        expect_both_list(model);
    }
    const auto source = PageSource::open(path_);
    EXPECT_EQ(check(*source)->verdict, Verdict::clean);
}

// Go writes key after key, each in an opening of its own, and reads it back;
// meanwhile ours lists. Each listing is a state the file had: keys 0 to n with
// their indexes, n never less than before. The writer notices nothing.
TEST_F(LibkvInterop, AListingBetweenItsOperationsDisturbsNoWriter) {
    constexpr int listings = 30;
    const std::string stop = folder_.path("stop");
    CommandResult written;
    std::atomic<bool> has_ended = false;
    std::jthread writer([&] {
        written = run_command({peer, "write", path_, "libnetwork", "k", "50", stop});
        has_ended = true;
    });
    std::size_t before = 0;
    const auto list_again = [&] {
        std::vector<KeyValue> pairs;
        const auto listed = store_->for_each("k", [&](const PairView& pair) -> Result<void> {
            pairs.push_back(KeyValue::copy_of(pair));
            return {};
        });
        EXPECT_TRUE(listed) << listed.error().to_text();
        EXPECT_GE(pairs.size(), before);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const std::string key = fmt::format("k{:08}", i);
            EXPECT_EQ(pairs[i], (KeyValue{key, "value of " + key, i + 1}));
        }
        before = pairs.size();
    };
    while (before == 0 && !has_ended && !HasFailure())
        list_again(); // until the writer is at it
    for (int i = 0; i < listings && !HasFailure(); ++i)
        list_again();
    std::ofstream(stop).put('x');
    writer.join();
    EXPECT_EQ(written.exit_code, 0) << written.err;
    list_again();
    EXPECT_EQ(std::to_string(before) + "\n", written.out);
    const auto source = PageSource::open(path_);
    EXPECT_EQ(check(*source)->verdict, Verdict::clean);
}

TEST_F(LibkvInterop, AWatchFollowsAGoWriter) {
    constexpr std::size_t writes = 100;
    const auto watch = store_->watch_tree("k", {.current_first = false});
    ASSERT_TRUE(watch);
    CommandResult written;
    std::jthread writer([&] {
        written = run_command({peer, "write", path_, "libnetwork", "k", std::to_string(writes)});
    });
    for (std::size_t i = 0; i < writes; ++i) {
        const auto event = (*watch)->next({}, std::chrono::seconds(20));
        ASSERT_TRUE(event && *event) << i;
        const std::string key = fmt::format("k{:08}", i);
        ASSERT_EQ((*event)->pair, (KeyValue{key, "value of " + key, i + 1}));
    }
    writer.join();
    EXPECT_EQ(written.exit_code, 0) << written.err;
}

} // namespace
} // namespace rebolt::test
