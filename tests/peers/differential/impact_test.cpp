// What check says that a damaged file means is what bbolt does with it.
#include <cstring>

#include <gtest/gtest.h>

#include <rebolt/format.hpp>
#include <rebolt/impact.hpp>

#include "support/patched_file.hpp"

namespace rebolt::test {
namespace {

constexpr std::uint64_t page_bytes = 4096;
const std::string sound = std::string(REBOLT_TEST_DATA) + "/real/docker-20.10-running.db";

std::string impact(PatchedFile& file) {
    const auto source = PageSource::open(file.path());
    const auto report = check(*source);
    return impact_of(*source, *report);
}

std::string impact_on(const char* name) {
    PatchedFile file(std::string(REBOLT_TEST_DATA) + "/damaged/" + name + ".db");
    return impact(file);
}

void zero(PatchedFile& file, std::uint64_t begin, std::uint64_t length) {
    std::memset(file.bytes().data() + begin, 0, length);
}

// The newest meta is page 1's.
std::uint64_t freelist_of(const PatchedFile& file) {
    return file.get<std::uint64_t>(page_bytes + 16 + 32);
}

TEST(Impact, ALoopHangsDockerd) {
    EXPECT_EQ(impact_on("docker-cycle-next"),
              "bbolt loops forever and exhausts memory; dockerd hangs on startup");
}

// etcd stores no freelist: bbolt looks for free pages in the tree when it opens.
TEST(Impact, ALoopInAFileWithoutFreelistIsAPanicAtOpening) {
    EXPECT_EQ(impact_on("etcd-cycle-next"),
              "bbolt panics when it opens the file for writing: freepages: failed to get all "
              "reachable pages (page 212: multiple references); etcd does not start");
}

TEST(Impact, AFreelistThatIsNoneIsAPanicAtOpening) {
    EXPECT_EQ(impact_on("docker-freelist-leaf"),
              "bbolt panics when it opens the file for writing: invalid freelist page: 22, page "
              "type is leaf; dockerd does not start");
}

TEST(Impact, OneMetaOfZerosIsNotNoticed) {
    PatchedFile file(sound);
    zero(file, page_bytes, page_bytes);
    EXPECT_EQ(impact(file), "bbolt silently uses the older meta: the newest commit may be missing");
}

TEST(Impact, TheOlderMetaIsNotNeeded) {
    PatchedFile file(sound);
    file.put<std::uint64_t>(72, 1); // the checksum of meta 0, of transaction 98
    EXPECT_EQ(impact(file), "bbolt notices nothing: it uses the newer meta, and overwrites the "
                            "damaged one with the next commit");
}

TEST(Impact, MetasWithoutChecksumAreRefusedByNewerReleasesOnly) {
    PatchedFile file(sound);
    file.put<std::uint64_t>(72, 0).put<std::uint64_t>(page_bytes + 72, 0);
    EXPECT_EQ(impact(file), "bbolt up to 1.3.6 opens, reads and writes the file; newer ones refuse "
                            "the file: checksum error");
}

TEST(Impact, NoMetaIsARefusal) {
    PatchedFile file(sound);
    zero(file, 0, 2 * page_bytes);
    EXPECT_TRUE(impact(file).starts_with("bbolt refuses the file: invalid database"));
}

TEST(Impact, NothingButZerosIsARefusal) {
    PatchedFile file(sound);
    zero(file, 0, file.bytes().size());
    EXPECT_EQ(impact(file), "bbolt refuses the file: invalid database");
}

TEST(Impact, LessThanTwoPagesIsARefusal) {
    PatchedFile file(sound);
    file.resize(page_bytes + 100);
    EXPECT_EQ(impact(file), "bbolt refuses the file: file size too small");
}

TEST(Impact, ARootThatIsTheFreelistIsAPanic) {
    PatchedFile file(sound);
    file.put<std::uint64_t>(page_bytes + 16 + 16, freelist_of(file));
    file.seal_meta(1, page_bytes);
    const std::string words = impact(file);
    EXPECT_NE(words.find("panics when it reads the damaged part: invalid page type: 22: 10"),
              std::string::npos)
        << words;
}

TEST(Impact, AFreelistThatListsAMetaIsAPanicAtAWrite) {
    PatchedFile file(sound);
    file.put<std::uint64_t>(freelist_of(file) * page_bytes + 16, 0);
    EXPECT_EQ(impact(file),
              "bbolt reads the file, but panics at the next write: invalid page allocation: 0");
}

TEST(Impact, ACopyOfMetaZeroIsNotNoticed) {
    PatchedFile file(sound);
    std::memcpy(file.bytes().data() + page_bytes, file.bytes().data(), page_bytes);
    EXPECT_EQ(impact(file), "bbolt silently uses the older meta: the newest commit may be missing");
}

} // namespace
} // namespace rebolt::test
