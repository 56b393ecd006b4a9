#include <rebolt/page_source.hpp>

#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/patched_file.hpp"

namespace rebolt {
namespace {

std::string data(const std::string& name) {
    return std::string(REBOLT_TEST_DATA) + "/" + name;
}

TEST(PageSource, FindsThePageSizeOfARealFile) {
    const auto source = PageSource::open(data("real/docker-20.10-running.db"));
    ASSERT_TRUE(source);
    EXPECT_EQ(source->page_size_bytes(), 4096U);
    EXPECT_EQ(source->page_size_origin(), PageSizeOrigin::meta0);
    EXPECT_EQ(source->page_count(), 32U);
}

TEST(PageSource, FindsItByTheSecondMetaWhenTheFirstIsBroken) {
    test::PatchedFile file(data("real/docker-20.10-running.db"));
    file.put<std::uint32_t>(16, 0);
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    EXPECT_EQ(source->page_size_bytes(), 4096U);
    EXPECT_EQ(source->page_size_origin(), PageSizeOrigin::meta1);
}

TEST(PageSource, GuessesItFromThePagesWhenBothMetasAreBroken) {
    test::PatchedFile file(data("real/docker-20.10-running.db"));
    file.put<std::uint32_t>(16, 0).put<std::uint32_t>(4096 + 16, 0);
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    EXPECT_EQ(source->page_size_bytes(), 4096U);
    EXPECT_EQ(source->page_size_origin(), PageSizeOrigin::guessed);
}

// The high water mark of a sparse file over 1 GiB whose last pages were never
// written: free pages that are a hole, and part of the database.
TEST(PageSource, MapsTheHoleBehindTheDataAsFarAsTheMetasClaimIt) {
    constexpr std::uint64_t gib = std::uint64_t{1} << 30U;
    constexpr std::uint64_t pages = 2 * gib / 4096;
    constexpr std::uint64_t high_water_mark_at = 56;
    test::PatchedFile file(data("real/docker-20.10-running.db"));
    file.resize(8U << 20U); // data: a freelist of 2 GiB's pages takes 4 MiB
    for (const std::uint64_t meta : {0, 1})
        file.put(meta * 4096 + high_water_mark_at, pages).seal_meta(meta, 4096);
    const std::string path = file.path();
    ASSERT_EQ(::truncate(path.c_str(), 5 * gib), 0);
    const auto source = PageSource::open(path);
    ASSERT_TRUE(source);
    EXPECT_EQ(source->page_count(), pages);
}

TEST(PageSource, APageBehindTheFileIsAnErrorWithItsPlace) {
    const auto source = PageSource::open(data("real/docker-20.10-running.db"));
    ASSERT_TRUE(source);
    const auto page = source->page(PageId{32});
    ASSERT_FALSE(page);
    ASSERT_NE(page.error().finding(), nullptr);
    EXPECT_EQ(page.error().finding()->code, FindingCode::page_out_of_range);
    EXPECT_EQ(page.error().finding()->place.page, PageId{32});
}

TEST(PageSource, AnOverflowThatRunsOutOfTheFileIsCutOff) {
    test::PatchedFile file(data("real/docker-20.10-running.db"));
    file.put<std::uint32_t>(std::uint64_t{15} * 4096 + 12, 0xFFFFFFFF);
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    const auto page = source->page(PageId{15});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->bytes().size(), std::uint64_t{32 - 15} * 4096);
}

TEST(PageSource, AnEmptyFileHasNoPages) {
    test::PatchedFile file(std::vector<std::byte>{});
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    EXPECT_EQ(source->page_count(), 0U);
    EXPECT_FALSE(source->page(PageId{0}));
}

TEST(PageSource, WhatIsNoRegularFileIsRefused) {
    EXPECT_EQ(PageSource::open("/").error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(PageSource::open("/nowhere/at/all").error().code(), ErrorCode::file_not_found);
    EXPECT_EQ(PageSource::open(data("real/etcd-3.4.db"), {.page_size_bytes = 1000}).error().code(),
              ErrorCode::invalid_argument);
}

TEST(PageSource, ALockedFileNamesWhoHoldsIt) {
    test::PatchedFile file(data("real/docker-20.10-running.db"));
    const std::string path = file.path();
    int locked[2];
    ASSERT_EQ(::pipe(locked), 0);
    const pid_t holder = ::fork();
    if (holder == 0) {
        const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
        const char done = ::flock(descriptor, LOCK_EX) == 0 ? 'y' : 'n';
        if (::write(locked[1], &done, 1) == 1)
            ::pause();
        ::_exit(1);
    }
    char is_locked = 'n';
    ASSERT_EQ(::read(locked[0], &is_locked, 1), 1);
    ASSERT_EQ(is_locked, 'y');
    const auto refused = PageSource::open(path);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::lock_timeout);
    EXPECT_NE(refused.error().message().find(fmt::format("io_test (process {})", holder)),
              std::string::npos)
        << refused.error().message();
    const auto anyway = PageSource::open(path, {.lock = false});
    ASSERT_TRUE(anyway);
    EXPECT_NE(anyway->lock_holders(), "");
    ::kill(holder, SIGKILL);
    ASSERT_EQ(::waitpid(holder, nullptr, 0), holder);
    EXPECT_TRUE(PageSource::open(path));
    ::close(locked[0]);
    ::close(locked[1]);
}

TEST(PageSource, AFileThatThisProcessLocksSaysSo) {
    test::PatchedFile file(data("real/docker-20.10-running.db"));
    const std::string path = file.path();
    const int holder = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::flock(holder, LOCK_EX), 0);
    const auto refused = PageSource::open(path);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::lock_timeout);
    EXPECT_NE(refused.error().message().find("locked by this process itself"), std::string::npos)
        << refused.error().message();
    ::close(holder);
    EXPECT_TRUE(PageSource::open(path));
}

} // namespace
} // namespace rebolt
