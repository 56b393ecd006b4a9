#include "support/file_builder.hpp"

#include <gtest/gtest.h>

#include <rebolt/db.hpp>

#include "support/patched_file.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

// Numbers as bbolt-format.md gives them, written out by hand: the builder must
// not be judged by the structs it uses.
std::uint64_t number_at(const std::vector<std::byte>& bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
        value = value << 8U | std::to_integer<std::uint64_t>(bytes.at(at + i));
    return value;
}

TEST(FileBuilder, StartsAsBboltsFreshDatabase) {
    const std::vector<std::byte> bytes = FileBuilder(1024).bytes();
    ASSERT_EQ(bytes.size(), 4 * 1024U);
    EXPECT_EQ(number_at(bytes, 16, 4), 0xED0CDAEDU);
    EXPECT_EQ(number_at(bytes, 20, 4), 2U);
    EXPECT_EQ(number_at(bytes, 24, 4), 1024U);
    EXPECT_EQ(number_at(bytes, 16 + 16, 8), 3U);
    EXPECT_EQ(number_at(bytes, 16 + 32, 8), 2U);
    EXPECT_EQ(number_at(bytes, 16 + 40, 8), 4U);
    EXPECT_EQ(number_at(bytes, 16 + 48, 8), 0U);
    EXPECT_EQ(number_at(bytes, 1024 + 16 + 48, 8), 1U);
    EXPECT_EQ(number_at(bytes, 2048 + 8, 2), 0x10U);
    EXPECT_EQ(number_at(bytes, 3072 + 8, 2), 0x02U);
    EXPECT_EQ(number_at(bytes, 3072, 8), 3U);
}

TEST(FileBuilder, LaysElementsOutWithoutGaps) {
    const std::vector<std::byte> bytes =
        FileBuilder(512).leaf(3, {{"a", "one"}, {"bc", "two"}}).bytes();
    const std::size_t page = 3 * 512;
    EXPECT_EQ(number_at(bytes, page + 10, 2), 2U);
    EXPECT_EQ(number_at(bytes, page + 16 + 4, 4), 32U); // behind two elements
    EXPECT_EQ(number_at(bytes, page + 32 + 4, 4), 20U); // one element and `aone`
    EXPECT_EQ(number_at(bytes, page + 32 + 8, 4), 2U);
    EXPECT_EQ(number_at(bytes, page + 32 + 12, 4), 3U);
    EXPECT_EQ(std::to_integer<char>(bytes[page + 48]), 'a');
    EXPECT_EQ(std::to_integer<char>(bytes[page + 52]), 'b');
}

TEST(FileBuilder, GivesLongPagesOverflow) {
    const std::vector<std::byte> bytes =
        FileBuilder(512).leaf(3, {{"key", std::string(1400, 'v')}}).bytes();
    EXPECT_EQ(number_at(bytes, 3 * 512 + 12, 4), 2U);
    EXPECT_EQ(bytes.size(), 6 * 512U);
    EXPECT_EQ(number_at(bytes, 16 + 40, 8), 6U);
}

TEST(FileBuilder, WritesTheLongFreelistFrom65535IdsOn) {
    const std::size_t at = 512;
    std::vector<std::uint64_t> ids(65534, 9);
    FileBuilder file(512);
    EXPECT_EQ(number_at(file.freelist(2, ids).bytes(), 2 * at + 10, 2), 65534U);
    ids.push_back(9);
    const std::vector<std::byte> bytes = file.freelist(2, ids).bytes();
    EXPECT_EQ(number_at(bytes, 2 * at + 10, 2), 0xFFFFU);
    EXPECT_EQ(number_at(bytes, 2 * at + 16, 8), 65535U);
    EXPECT_EQ(number_at(bytes, 2 * at + 24, 8), 9U);
    EXPECT_EQ(FileBuilder::freelist_bytes(65535), 16U + 65536 * 8);
}

TEST(FileBuilder, TellsTheTransactionBefore) {
    const std::vector<std::byte> bytes =
        FileBuilder(512).root(3, 11).previous(8, 9).transaction(20).bytes();
    EXPECT_EQ(number_at(bytes, 16 + 48, 8), 20U);
    EXPECT_EQ(number_at(bytes, 16 + 16, 8), 3U);
    EXPECT_EQ(number_at(bytes, 16 + 24, 8), 11U);
    EXPECT_EQ(number_at(bytes, 512 + 16 + 48, 8), 19U);
    EXPECT_EQ(number_at(bytes, 512 + 16 + 16, 8), 8U);
    EXPECT_EQ(number_at(bytes, 512 + 16 + 32, 8), 9U);
}

TEST(FileBuilder, IsReadByTheEngine) {
    FileBuilder file(512);
    file.leaf(3, {{"inline", FileBuilder::inline_bucket({{"k", "v"}}, 5), 1},
                  {"paged", FileBuilder::bucket(4, 6), 1}});
    file.branch(4, {{"a", 5}, {"m", 6}}).leaf(5, {{"a", "1"}}).leaf(6, {{"m", "2"}});
    PatchedFile in_memory(file.bytes());
    auto db = DB::open(in_memory.path(), {.read_only = true});
    ASSERT_TRUE(db) << db.error().to_text();
    auto tx = db->begin();
    ASSERT_TRUE(tx) << tx.error().to_text();
    auto inside = tx->bucket("inline");
    ASSERT_TRUE(inside) << inside.error().to_text();
    EXPECT_EQ(inside->sequence(), 5U);
    EXPECT_EQ(inside->get("k").value(), "v");
    auto paged = tx->bucket("paged");
    ASSERT_TRUE(paged) << paged.error().to_text();
    EXPECT_EQ(paged->get("m").value(), "2");
}

TEST(FileBuilder, WritesToAFileThatIsGoneWithItsFolder) {
    std::string path;
    {
        const TemporaryFolder folder;
        path = folder.path("small.db");
        const FileBuilder file(512);
        file.write_to(path);
        EXPECT_EQ(as_bytes(bytes_of(path)).size(), file.bytes().size());
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(WithChecksum, FitsWhatTheViewExpects) {
    const std::vector<std::byte> bytes = FileBuilder().bytes();
    EXPECT_FALSE(format::MetaView::of(bytes)->validate());
    format::MetaFields fields = format::MetaView::of(bytes)->fields();
    fields.txid = 77;
    EXPECT_NE(with_checksum(fields).checksum, fields.checksum);
}

} // namespace
} // namespace rebolt::test
