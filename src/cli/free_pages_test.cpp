#include "cli/free_pages.hpp"

#include <cstddef>

#include <gtest/gtest.h>

#include "cli/test_run.hpp"

namespace rebolt::cli {
namespace {

constexpr std::uint32_t page_size = 4096;

// docker-20.10-running.db: meta 1 is current, its freelist 22 holds 2, 17, 19 and 20.
std::vector<std::uint64_t> free_in(const PageSource& source) {
    const auto meta = current_meta(source);
    const auto free = FreePages::of(source, *meta);
    std::vector<std::uint64_t> ids;
    for (std::uint64_t id = 0; id < source.page_count(); ++id)
        if (free && free->contains(PageId{id}))
            ids.push_back(id);
    return ids;
}

TEST(FreePages, AreThoseOfTheStoredFreelist) {
    const auto source = PageSource::open(real_file("docker-20.10-running.db"));
    ASSERT_TRUE(source);
    EXPECT_EQ(current_meta(*source)->txid, 99U);
    EXPECT_EQ(free_in(*source), (std::vector<std::uint64_t>{2, 17, 19, 20}));
}

// With no freelist stored, what the tree does not reach: the old freelist too.
TEST(FreePages, AreThoseTheTreeDoesNotReachWhereNoneIsStored) {
    test::PatchedFile file(real_file("docker-20.10-running.db"));
    const std::uint64_t field = page_size + 16 + offsetof(format::MetaFields, freelist);
    file.put(field, number(no_freelist)).seal_meta(1, page_size);
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    EXPECT_EQ(free_in(*source), (std::vector<std::uint64_t>{2, 17, 19, 20, 22}));
}

TEST(FreePages, ATreeThatMeetsAPageTwiceTellsNothing) {
    test::PatchedFile file(damaged_file("docker-cycle-next.db"));
    for (const std::uint64_t page : {0, 1}) {
        const std::uint64_t field = page * page_size + 16 + offsetof(format::MetaFields, freelist);
        file.put(field, number(no_freelist)).seal_meta(page, page_size);
    }
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    const auto free = FreePages::of(*source, *current_meta(*source));
    ASSERT_FALSE(free);
    EXPECT_EQ(free.error().finding()->code, FindingCode::page_shared);
}

TEST(FreePages, AFreelistThatIsNoneIsAnError) {
    const auto source = PageSource::open(damaged_file("docker-freelist-leaf.db"));
    ASSERT_TRUE(source);
    const auto free = FreePages::of(*source, *current_meta(*source));
    ASSERT_FALSE(free);
    EXPECT_EQ(free.error().finding()->code, FindingCode::freelist_type);
    EXPECT_EQ(free.error().finding()->place.page, PageId{22});
}

TEST(FreePages, AnIdBehindTheHighWaterMarkIsAnError) {
    test::PatchedFile file(real_file("docker-20.10-running.db"));
    file.put(std::uint64_t{22} * page_size + 16, std::uint64_t{1} << 60U);
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    const auto free = FreePages::of(*source, *current_meta(*source));
    ASSERT_FALSE(free);
    EXPECT_EQ(free.error().finding()->code, FindingCode::freelist_out_of_range);
}

TEST(CurrentMeta, IsTheOtherOneWhenTheNewerIsBroken) {
    const auto source = PageSource::open(damaged_file("docker-meta0.db"));
    ASSERT_TRUE(source);
    EXPECT_EQ(current_meta(*source)->txid, 98U);
}

TEST(CurrentMeta, IsNoneInWhatIsNoDatabase) {
    test::PatchedFile file(std::vector<std::byte>(8192));
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    EXPECT_FALSE(current_meta(*source));
    EXPECT_EQ(page_end(*source, std::nullopt), 2U);
}

} // namespace
} // namespace rebolt::cli
