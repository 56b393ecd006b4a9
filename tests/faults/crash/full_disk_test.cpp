// A disk that is really full: a small tmpfs, for whoever may mount one.
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/mount.h>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "contents.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

class SmallDisk {
public:
    explicit SmallDisk(const char* size)
        : is_mounted_(::mount("tmpfs", folder_.path("").c_str(), "tmpfs", 0,
                              fmt::format("size={}", size).c_str()) == 0) {}
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (is_mounted_)
            ::umount2(folder_.path("").c_str(), MNT_DETACH);
    }

    [[nodiscard]] bool is_mounted() const noexcept { return is_mounted_; }
    [[nodiscard]] std::string path(const char* name) const { return folder_.path(name); }

private:
    TemporaryFolder folder_;
    bool is_mounted_;
};

Result<void> put_one(const DB& db, Contents& contents, int number) {
    const std::string key = fmt::format("key-{:04}", number);
    const std::string value(3000, 'v');
    Result<void> result = db.update([&](Tx& tx) -> Result<void> {
        auto bucket = tx.create_bucket_if_missing("b");
        return bucket ? bucket->put(key, value) : std::move(bucket).error();
    });
    if (result)
        contents.buckets["b"].values[key] = value;
    return result;
}

void expect_contents(const DB& db, const Contents& contents) {
    const Result<void> same = compare(db, contents);
    EXPECT_TRUE(same) << same.error().to_text();
}

TEST(FullDisk, LeavesTheLastTransactionAndGoesOnWhenThereIsRoom) {
    const SmallDisk disk("1m");
    if (!disk.is_mounted())
        GTEST_SKIP() << "only root may mount a tmpfs";
    const std::string other = disk.path("other");
    std::ofstream(other, std::ios::binary) << std::string(512UL << 10, 'x');
    Contents contents;
    {
        auto db = DB::open(disk.path("test.db"));
        ASSERT_TRUE(db) << db.error().to_text();
        int number = 0;
        Result<void> put;
        while (number < 1000 && (put = put_one(*db, contents, number)))
            ++number;
        ASSERT_FALSE(put);
        EXPECT_EQ(put.error().code(), ErrorCode::io) << put.error().to_text();
        EXPECT_NE(put.error().to_text().find("No space left"), std::string::npos);
        EXPECT_GT(number, 20);
        expect_contents(*db, contents);
        EXPECT_FALSE(put_one(*db, contents, number));
        std::filesystem::remove(other);
        for (int i = 0; i < 20; ++i, ++number)
            ASSERT_TRUE(put_one(*db, contents, number));
        expect_contents(*db, contents);
    }
    const Result<void> clean = require_clean(disk.path("test.db"));
    EXPECT_TRUE(clean) << clean.error().to_text();
    const auto db = DB::open(disk.path("test.db"));
    ASSERT_TRUE(db) << db.error().to_text();
    expect_contents(*db, contents);
}

} // namespace
} // namespace rebolt::test
