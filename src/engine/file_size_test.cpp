// How large files become, and do not become.
#include <rebolt/db.hpp>

#include <sys/mman.h>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "engine/test_writer.hpp"

namespace rebolt::test {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

class FileSize : public WriteTest {
protected:
    static void fill(const DB& db, int count, std::size_t value_bytes = 1000) {
        update(db, [&](Tx& tx) {
            Bucket bucket = must(tx.create_bucket_if_missing("b"));
            for (int i = 0; i < count; ++i)
                must(bucket.put(fmt::format("{:05}", i), repeat(value_bytes)));
        });
    }
};

TEST_F(FileSize, AFileReopenedDoesNotGrow) {
    for (const int count : {5000, 30'000}) {
        {
            fill(open({.no_sync = true}), count);
        }
        const std::uint64_t before = file_bytes();
        EXPECT_GT(before, static_cast<std::uint64_t>(count) * 1000);
        put(open(), "small", "value");
        EXPECT_EQ(file_bytes(), before);
        std::filesystem::remove(path());
    }
}

// From 16 MiB on it grows by as much at a time; half of that is never left over.
TEST_F(FileSize, GrowsInStepsWithAndWithoutAStoredFreelist) {
    for (const bool no_freelist_sync : {false, true}) {
        {
            const DB db = open({.no_sync = true, .no_freelist_sync = no_freelist_sync});
            for (int i = 0; file_bytes() <= 16 * mib; ++i) {
                put(db, std::to_string(i), repeat(16 * mib / 100));
                const std::uint64_t size = file_bytes();
                EXPECT_TRUE(size <= 16 * mib || size == 32 * mib) << size;
            }
        }
        std::filesystem::remove(path());
    }
}

TEST_F(FileSize, NeverExceedsItsBoundHoweverItGrows) {
    for (const bool no_grow_sync : {false, true}) {
        const std::uint64_t bound = 5 * mib;
        const DB db = open({.max_size_bytes = bound, .no_grow_sync = no_grow_sync});
        fill(db, 2000);
        const auto refused = db.update([](Tx& tx) -> Result<void> {
            Bucket bucket = must(tx.bucket("b"));
            for (int i = 0; i < 20; ++i)
                must(bucket.put(fmt::format("large {}", i), repeat(100'000)));
            return {};
        });
        EXPECT_EQ(code_of(refused), ErrorCode::max_size_reached);
        EXPECT_LE(file_bytes(), bound);
        put(db, "small", "value");
        EXPECT_EQ(get(db, "small"), "value");
        std::filesystem::remove(path());
    }
}

TEST_F(FileSize, BeyondItsBoundAFileOpensAndIsWrittenWhereThereIsRoom) {
    {
        fill(open(), 2000);
    }
    const std::uint64_t before = file_bytes();
    for (const std::uint64_t mapping : {std::uint64_t{0}, 2 * before}) {
        const DB db = open({.max_size_bytes = 1, .initial_mapping_bytes = mapping});
        EXPECT_EQ(get(db, "00000"), repeat(1000));
        EXPECT_EQ(file_bytes(), before);
    }
}

// bbolt refuses the value, though it fits: a mapping larger than the bound
// makes it grow past that at once.
TEST_F(FileSize, AMappingLargerThanItsBoundTakesNothingFromIt) {
    const DB db = open({.max_size_bytes = 4 * mib, .initial_mapping_bytes = 8 * mib});
    put(db, "large", repeat(3 * mib));
    EXPECT_LE(file_bytes(), 4 * mib);
    const auto refused =
        db.update([](Tx& tx) { return must(tx.bucket("b")).put("larger", repeat(4 * mib)); });
    EXPECT_EQ(code_of(refused), ErrorCode::max_size_reached);
    EXPECT_LE(file_bytes(), 4 * mib);
    EXPECT_EQ(get(db, "large"), repeat(3 * mib));
}

// In bbolt a reader holds up a writer that must map more, without this option.
TEST_F(FileSize, GrowthWaitsForNoReader) {
    for (const std::uint64_t mapping : {std::uint64_t{0}, 64 * mib}) {
        {
            const DB db = open({.initial_mapping_bytes = mapping, .no_sync = true});
            const Tx reader = must(db.begin());
            put(db, "large", repeat(32 * mib));
            EXPECT_EQ(reader.size_bytes(), 4U * 4096);
            EXPECT_TRUE(keys_of(reader.root()).empty());
            EXPECT_EQ(get(db, "large")->size(), 32 * mib);
        }
        std::filesystem::remove(path());
    }
}

TEST_F(FileSize, GrowsLockedInMemory) {
    const std::string as_much(64 * mib, '\0');
    if (::mlock(as_much.data(), as_much.size()) != 0)
        GTEST_SKIP() << "so much memory may not be locked";
    ::munlock(as_much.data(), as_much.size());
    const DB db = open({.lock_memory = true, .no_sync = true});
    fill(db, 10'000);
    const std::uint64_t before = file_bytes();
    fill(db, 20'000);
    EXPECT_GT(file_bytes(), before);
    EXPECT_EQ(get(db, "19999"), repeat(1000));
}

} // namespace
} // namespace rebolt::test
