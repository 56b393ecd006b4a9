// Many handles and many files at once.
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/rebolt.hpp>

#include "support/temporary_folder.hpp"
#include "threads.hpp"

namespace rebolt::test {
namespace {

Result<void> put(Tx& tx, const std::string& key, const std::string& value) {
    return must(tx.create_bucket_if_missing("b")).put(key, value);
}

// Each waits for the lock, which a process must ask for; the first makes the file.
TEST(ManyHandles, OpenOneFileInTurns) {
    const TemporaryFolder folder;
    for (int round = 0; round < 10; ++round) {
        const std::string path = folder.path(std::to_string(round));
        run_threads(8, [&](unsigned thread) {
            for (int i = 0; i < 3; ++i) {
                const DB db =
                    must(DB::open(path, {.timeout = std::chrono::hours{1}, .no_sync = true}));
                must(db.update([&](Tx& tx) { return put(tx, std::to_string(thread), "here"); }));
            }
        });
        expect_clean(path);
        const DB db = must(DB::open(path, {.read_only = true}));
        EXPECT_EQ(must(must(must(db.begin()).bucket("b")).stats()).key_count, 8U);
    }
}

TEST(ManyFiles, AreWrittenSideBySide) {
    const TemporaryFolder folder;
    constexpr int files_a_thread = 5;
    run_threads(8, [&](unsigned thread) {
        std::vector<DB> open;
        const auto path = [&](int file) { return folder.path(fmt::format("{} {}", thread, file)); };
        for (int file = 0; file < files_a_thread; ++file)
            open.push_back(must(DB::open(path(file), {.no_sync = true})));
        for (int i = 0; i < 100; ++i)
            for (const DB& db : open)
                must(db.update([&](Tx& tx) { return put(tx, fmt::format("key {}", i), ""); }));
        open.clear();
        for (int file = 0; file < files_a_thread; ++file)
            expect_clean(path(file));
    });
}

TEST(ManyCopies, MadeWhileOthersWriteHoldTheirTransactionsState) {
    const TemporaryFolder folder;
    const DB db = must(DB::open(folder.path("test.db"), {.page_size_bytes = 1024}));
    must(db.update([](Tx& tx) { return put(tx, "count", "0"); }));
    run_threads(5, [&](unsigned thread) {
        for (int i = 0; i < 20; ++i) {
            if (thread == 0) {
                must(db.update([&](Tx& tx) {
                    must(put(tx, fmt::format("key {}", i), std::string(3000, 'x')));
                    return put(tx, "count", std::to_string(i + 1));
                }));
                continue;
            }
            const Tx tx = must(db.begin());
            const std::string path = folder.path(fmt::format("copy {} {}", thread, i));
            must(tx.copy_file(path));
            expect_clean(path);
            const DB copy = must(DB::open(path, {.read_only = true}));
            const Tx copied = must(copy.begin());
            EXPECT_EQ(copied.id(), tx.id());
            for (const char* key : {"count", "key 0", "key 10", "key 19"})
                EXPECT_EQ(must(must(copied.bucket("b")).get(key)),
                          must(must(tx.bucket("b")).get(key)));
        }
    });
}

} // namespace
} // namespace rebolt::test
