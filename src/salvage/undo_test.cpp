#include <rebolt/undo.hpp>

#include <filesystem>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>
#include <rebolt/surgery.hpp>

#include "salvage/page_edit.hpp"
#include "salvage/test_files.hpp"
#include "salvage/undo_file.hpp"

namespace rebolt {
namespace {

using test::damaged_data;
using test::real_data;
using test::WorkFile;

EditPlan clear_first_leaf(const WorkFile& file) {
    auto plan = surgery::clear_page(file.open(), PageId{4});
    EXPECT_TRUE(plan) << plan.error().to_text();
    return *std::move(plan);
}

class Undo : public testing::Test {
protected:
    WorkFile file{real_data("docker-20.10-many")};
    EditPlan plan = clear_first_leaf(file);
};

TEST_F(Undo, PutsEveryByteBackAndRemovesItsFile) {
    test::expect_undo_restores(file, plan);
}

TEST_F(Undo, SaysWhatItTookBack) {
    ASSERT_TRUE(apply_in_place(file.path(), plan));
    const auto looked = read_undo(file.path());
    ASSERT_TRUE(looked);
    EXPECT_EQ(looked->title, plan.title);
    ASSERT_FALSE(looked->ranges.empty());
    EXPECT_EQ(looked->ranges[0].offset, 4U * 4096);
    EXPECT_EQ(looked->ranges[0].bytes_new, looked->ranges[0].bytes);
    EXPECT_FALSE(file.is_original());
}

TEST_F(Undo, WithoutAnUndoFileThereIsNothingToTakeBack) {
    const auto undone = undo(file.path());
    ASSERT_FALSE(undone);
    EXPECT_EQ(undone.error().code(), ErrorCode::file_not_found);
    EXPECT_TRUE(file.is_original());
}

TEST_F(Undo, ASecondChangeIsRefusedWhileTheFirstCanBeTakenBack) {
    ASSERT_TRUE(apply_in_place(file.path(), plan));
    const std::string changed = file.bytes();
    const auto second = apply_in_place(file.path(), clear_first_leaf(file));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), ErrorCode::invalid_argument);
    EXPECT_NE(second.error().to_text().find("rebolt undo"), std::string::npos);
    EXPECT_EQ(file.bytes(), changed);
}

TEST_F(Undo, HalfOfTheSectorsWrittenCanBeTakenBack) {
    ASSERT_TRUE(apply_in_place(file.path(), plan));
    for (const ByteChange& change : plan.changes)
        for (std::size_t at = 0; at < change.after.size(); at += 1024)
            file.overwrite(change.offset + at,
                           std::string(as_text(Bytes(change.before).subspan(at, 512))));
    const auto undone = undo(file.path());
    ASSERT_TRUE(undone) << undone.error().to_text();
    EXPECT_TRUE(file.is_original());
}

TEST_F(Undo, AChangeMadeSinceIsNotOverwritten) {
    ASSERT_TRUE(apply_in_place(file.path(), plan));
    file.overwrite(plan.changes[0].offset + 100, "somebody's");
    const std::string changed = file.bytes();
    const auto undone = undo(file.path());
    ASSERT_FALSE(undone);
    EXPECT_NE(undone.error().message().find("byte 16384"), std::string::npos)
        << undone.error().message();
    EXPECT_EQ(file.bytes(), changed);
    EXPECT_TRUE(std::filesystem::exists(file.undo()));
}

TEST_F(Undo, ACommitMadeSinceIsNotOverwritten) {
    ASSERT_TRUE(apply_in_place(file.path(), plan));
    {
        auto db = DB::open(file.path(), {.verify_freelist_up_to_bytes = 0});
        ASSERT_TRUE(db) << db.error().to_text();
        ASSERT_TRUE(db->update([](Tx& tx) -> Result<void> {
            auto bucket = tx.create_bucket("new");
            return bucket ? bucket->put("key", "value") : Result<void>(std::move(bucket).error());
        }));
    }
    const std::string changed = file.bytes();
    EXPECT_FALSE(undo(file.path()));
    EXPECT_EQ(file.bytes(), changed);
}

TEST_F(Undo, ADamagedUndoFileIsRefused) {
    ASSERT_TRUE(apply_in_place(file.path(), plan));
    const std::string whole = test::bytes_of(file.undo());
    const std::string changed = file.bytes();
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{9}, std::size_t{50}, whole.size() - 1}) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        test::write_file(file.undo(), as_bytes(bytes));
        const auto undone = undo(file.path());
        ASSERT_FALSE(undone) << at;
        EXPECT_EQ(undone.error().code(), ErrorCode::invalid_argument);
    }
    for (const std::size_t size : {std::size_t{0}, std::size_t{20}, whole.size() / 2}) {
        test::write_file(file.undo(), as_bytes(whole.substr(0, size)));
        EXPECT_FALSE(undo(file.path())) << size;
    }
    EXPECT_EQ(file.bytes(), changed);
    test::write_file(file.undo(), as_bytes(whole));
    EXPECT_TRUE(undo(file.path()));
    EXPECT_TRUE(file.is_original());
}

TEST_F(Undo, TheUndoFileHasTheFilesPermissions) {
    std::filesystem::permissions(file.path(), std::filesystem::perms::owner_read |
                                                  std::filesystem::perms::owner_write);
    ASSERT_TRUE(apply_in_place(file.path(), plan));
    struct stat status{};
    ASSERT_EQ(::stat(file.undo().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(Undo, NothingIsWrittenWhileAnotherHoldsTheFile) {
    const int descriptor = ::open(file.path().c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(descriptor, 0);
    ASSERT_EQ(::flock(descriptor, LOCK_SH), 0);
    const auto done = apply_in_place(file.path(), plan);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), ErrorCode::lock_timeout);
    EXPECT_NE(done.error().message().find("process"), std::string::npos);
    EXPECT_TRUE(file.is_original());
    EXPECT_FALSE(std::filesystem::exists(file.undo()));
    ::close(descriptor);
    ASSERT_TRUE(apply_in_place(file.path(), plan));
    const int other = ::open(file.path().c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(::flock(other, LOCK_SH), 0);
    EXPECT_EQ(undo(file.path()).error().code(), ErrorCode::lock_timeout);
    ::close(other);
    EXPECT_TRUE(undo(file.path()));
}

TEST_F(Undo, APlanOfAnOlderFileIsRefused) {
    file.overwrite(plan.changes[0].offset + 8, "x");
    const std::string changed = file.bytes();
    const auto done = apply_in_place(file.path(), plan);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(file.bytes(), changed);
    EXPECT_FALSE(std::filesystem::exists(file.undo()));
}

TEST_F(Undo, APlanMadeBeforeACommitIsRefused) {
    file.overwrite(16 + 48, "x"); // meta 0's transaction
    const auto done = apply_in_place(file.path(), plan);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message().find("run the command again"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(file.undo()));
}

TEST_F(Undo, AFileThatIsNotThereIsNotMade) {
    const std::string path = file.other("none.db");
    EXPECT_EQ(apply_in_place(path, plan).error().code(), ErrorCode::file_not_found);
    EXPECT_EQ(undo(path).error().code(), ErrorCode::file_not_found);
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(Undo, AFileThatGrewIsCutToItsOldSize) {
    salvage::PageEdit edit(*std::make_unique<PageSource>(file.open()));
    const PageSource source = file.open();
    salvage::PageEdit growing(source);
    const std::vector<std::byte> page(4096, std::byte{7});
    growing.put(PageId{source.page_count() + 1}, page);
    const EditPlan grown = growing.plan(PageId{0});
    EXPECT_EQ(grown.file_bytes_after, grown.file_bytes_before + 8192);
    {
        const PageSource given_up = *preview(source, grown);
        EXPECT_EQ(given_up.file_bytes(), grown.file_bytes_after);
    }
    WorkFile other(real_data("docker-20.10-many"));
    ASSERT_TRUE(apply_in_place(other.path(), grown));
    EXPECT_EQ(other.bytes().size(), grown.file_bytes_after);
    EXPECT_TRUE(undo(other.path()));
    EXPECT_TRUE(other.is_original());
}

TEST_F(Undo, ACopyIsWrittenAndTheFileLeftAlone) {
    const PageSource source = file.open();
    const std::string copy = file.other("copy.db");
    ASSERT_TRUE(apply_to_copy(source, plan, copy));
    EXPECT_TRUE(file.is_original());
    const std::string bytes = test::bytes_of(copy);
    ASSERT_TRUE(apply_to_copy(source, {}, copy)) << "an empty plan copies the file";
    EXPECT_EQ(apply_to_copy(source, plan, file.path()).error().code(), ErrorCode::invalid_argument);
    EXPECT_TRUE(file.is_original());
    {
        const PageSource shown = *preview(source, plan);
        EXPECT_TRUE(as_text(shown.file()) == bytes);
    }
}

TEST(UndoFile, ReadsWhatItWrote) {
    const salvage::UndoFile undo{
        .title = "a change",
        .file_bytes_before = 4096,
        .file_bytes_after = 8192,
        .ranges = {{.offset = 512, .before = {std::byte{1}}, .after = {std::byte{2}}},
                   {.offset = 4096, .before = {}, .after = {std::byte{3}, std::byte{4}}}}};
    const auto read = salvage::decode(salvage::encode(undo));
    ASSERT_TRUE(read) << read.error().to_text();
    EXPECT_EQ(read->title, "a change");
    EXPECT_EQ(read->file_bytes_after, 8192U);
    ASSERT_EQ(read->ranges.size(), 2U);
    EXPECT_EQ(read->ranges[1].offset, 4096U);
    EXPECT_TRUE(read->ranges[1].before.empty());
    EXPECT_EQ(read->ranges[1].after, undo.ranges[1].after);
}

TEST(UndoFile, NoPartOfItIsTakenForAWhole) {
    const auto bytes = salvage::encode(
        {.title = "t",
         .file_bytes_before = 1,
         .file_bytes_after = 1,
         .ranges = {{.offset = 0, .before = {std::byte{1}}, .after = {std::byte{2}}}}});
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(salvage::decode(Bytes(bytes).first(size))) << size;
}

} // namespace
} // namespace rebolt
