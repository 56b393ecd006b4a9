// SIGBUS, for real: a file that shrinks, and a page that cannot be read.
#include "io/mapping.hpp"

#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/patched_file.hpp"

namespace rebolt::io {
namespace {

constexpr std::uint64_t page = 4096;

std::vector<std::byte> pages_of_ones(std::uint64_t count) {
    return std::vector<std::byte>(count * page, std::byte{1});
}

std::shared_ptr<const Mapping> map(const std::string& path, std::uint64_t size) {
    auto file = File::open_for_reading(path);
    EXPECT_TRUE(file);
    auto mapping = Mapping::map(std::move(*file), size);
    EXPECT_TRUE(mapping);
    return std::move(*mapping);
}

std::byte read(const Mapping& mapping, std::uint64_t at) {
    return *static_cast<const volatile std::byte*>(mapping.bytes().data() + at);
}

// A page in the middle that cannot be read, as after EIO: behind the end of
// another, empty file, which the kernel answers with the same signal.
void make_unreadable(const Mapping& mapping, std::uint64_t index) {
    const int empty = ::memfd_create("empty", MFD_CLOEXEC);
    void* at = const_cast<std::byte*>(mapping.bytes().data() + index * page);
    ASSERT_NE(::mmap(at, page, PROT_READ, MAP_SHARED | MAP_FIXED, empty, 0), MAP_FAILED);
    ::close(empty);
}

TEST(Mapping, OneWithRoomShowsWhatTheFileHasGrownBy) {
    test::PatchedFile file(pages_of_ones(2));
    auto opened = File::open_for_reading(file.path());
    ASSERT_TRUE(opened);
    const auto mapping = Mapping::map_with_room(std::move(*opened), 2 * page, 4 * page);
    ASSERT_TRUE(mapping);
    const Bytes before = (*mapping)->bytes();
    EXPECT_EQ(before.size(), 2 * page);
    ASSERT_EQ(::truncate(file.path().c_str(), 4 * page), 0);
    EXPECT_TRUE((*mapping)->extend(4 * page));
    EXPECT_EQ((*mapping)->bytes().data(), before.data());
    EXPECT_EQ((*mapping)->bytes().size(), 4 * page);
    EXPECT_EQ(read(**mapping, 4 * page - 1), std::byte{0});
    EXPECT_EQ((*mapping)->fault_count(), 0U);
    EXPECT_FALSE((*mapping)->extend(4 * page + 1));
    EXPECT_EQ((*mapping)->bytes().size(), 4 * page);
}

TEST(Mapping, AShrunkenFileReadsAsZerosAndIsKnownToBeFaulted) {
    test::PatchedFile file(pages_of_ones(8));
    const auto mapping = map(file.path(), 8 * page);
    EXPECT_EQ(read(*mapping, 5 * page), std::byte{1});
    ASSERT_EQ(::truncate(mapping->file().path().c_str(), 3 * page), 0);
    EXPECT_EQ(mapping->fault_count(), 0U);
    EXPECT_EQ(read(*mapping, 5 * page), std::byte{0});
    EXPECT_EQ(mapping->fault_count(), 1U);
    EXPECT_TRUE(mapping->faulted(5 * page, 1));
    // The whole tail is answered at once; what came before is untouched.
    EXPECT_TRUE(mapping->faulted(7 * page, page));
    EXPECT_EQ(read(*mapping, 7 * page), std::byte{0});
    EXPECT_EQ(mapping->fault_count(), 1U);
    EXPECT_FALSE(mapping->faulted(0, 3 * page));
    EXPECT_EQ(read(*mapping, 2 * page), std::byte{1});
}

TEST(Mapping, AnUnreadablePageIsOneFaultAndLeavesItsNeighbours) {
    test::PatchedFile file(pages_of_ones(8));
    const auto mapping = map(file.path(), 8 * page);
    make_unreadable(*mapping, 4);
    EXPECT_FALSE(mapping->touch(4 * page + 100, 10));
    EXPECT_TRUE(mapping->faulted(4 * page, 1));
    EXPECT_FALSE(mapping->faulted(5 * page, 3 * page));
    EXPECT_FALSE(mapping->faulted(0, 4 * page));
    EXPECT_TRUE(mapping->touch(5 * page, 3 * page));
    EXPECT_EQ(read(*mapping, 5 * page), std::byte{1});
}

TEST(Mapping, TouchReadsWhatIsToBeReadLater) {
    test::PatchedFile file(pages_of_ones(8));
    const auto mapping = map(file.path(), 8 * page);
    EXPECT_TRUE(mapping->touch(0, 8 * page));
    EXPECT_FALSE(mapping->touch(0, 8 * page + 1)); // more than is mapped
}

TEST(Mapping, ManyMappingsAreToldApart) {
    std::vector<std::unique_ptr<test::PatchedFile>> files;
    std::vector<std::shared_ptr<const Mapping>> mappings;
    for (int i = 0; i < 100; ++i) {
        files.push_back(std::make_unique<test::PatchedFile>(pages_of_ones(2)));
        mappings.push_back(map(files.back()->path(), 2 * page));
    }
    mappings.erase(mappings.begin(), mappings.begin() + 50); // slots are used again
    mappings.push_back(map(files[0]->path(), 2 * page));
    make_unreadable(*mappings.back(), 1);
    EXPECT_EQ(read(*mappings.back(), page), std::byte{0});
    EXPECT_EQ(mappings.back()->fault_count(), 1U);
    for (std::size_t i = 0; i + 1 < mappings.size(); ++i)
        EXPECT_EQ(mappings[i]->fault_count(), 0U);
}

using MappingDeathTest = testing::Test;

TEST(MappingDeathTest, ASignalThatIsNotOursStillKills) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            std::signal(SIGBUS, SIG_DFL); // not the sanitizer's, to see the plain end
            test::PatchedFile file(pages_of_ones(1));
            const auto mapping = map(file.path(), page);
            const int empty = ::memfd_create("empty", MFD_CLOEXEC);
            const void* other = ::mmap(nullptr, page, PROT_READ, MAP_SHARED, empty, 0);
            static_cast<void>(*static_cast<const volatile char*>(other));
        },
        testing::KilledBySignal(SIGBUS), "");
}

} // namespace
} // namespace rebolt::io
