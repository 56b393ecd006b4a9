// New files: what is under the name at each moment, and who may read it.
#include "io/new_file.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rebolt/interrupt.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::io {
namespace {

namespace fs = std::filesystem;

class NewFiles : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder_.path(".")))
            found.push_back(entry.path().filename());
        return found;
    }
    static mode_t mode_of(const std::string& path) {
        struct stat status{};
        return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
    }

private:
    test::TemporaryFolder folder_;
};

TEST_F(NewFiles, AreThereWhenTheyAreWhole) {
    auto file = NewFile::create(path("new"), 0640);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->append(as_bytes("content")));
    EXPECT_FALSE(fs::exists(path("new")));
    EXPECT_THAT(names(), testing::ElementsAre(testing::MatchesRegex("new\\.[0-9a-f]{16}\\.new")));
    ASSERT_TRUE(file->put_in_place());
    EXPECT_THAT(names(), testing::ElementsAre("new"));
    EXPECT_EQ(test::bytes_of(path("new")), "content");
    EXPECT_EQ(mode_of(path("new")), 0640U);
}

TEST_F(NewFiles, AreGoneUnlessTheyArePutInPlace) {
    {
        const auto file = NewFile::create(path("new"), 0600);
    }
    EXPECT_THAT(names(), testing::IsEmpty());
    const auto file = NewFile::create(path("new"), 0600);
    remove_unfinished_files(); // as a signal's handler does
    EXPECT_THAT(names(), testing::IsEmpty());
}

TEST_F(NewFiles, HaveNamesThatNobodyForesees) {
    const auto first = NewFile::create(path("new"), 0600);
    const auto second = NewFile::create(path("new"), 0600);
    const auto found = names();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_NE(found[0], found[1]);
}

TEST_F(NewFiles, TakeThePlaceOfALinkAndNotOfWhatItLeadsTo) {
    std::ofstream(path("victim")) << "not ours to change";
    fs::create_symlink("victim", path("new"));
    auto file = NewFile::create(path("new"), 0600);
    ASSERT_TRUE(file->append(as_bytes("content")));
    ASSERT_TRUE(file->put_in_place());
    EXPECT_EQ(test::bytes_of(path("victim")), "not ours to change");
    EXPECT_FALSE(fs::is_symlink(path("new")));
}

// Whoever owns the folder puts something else under the temporary name.
TEST_F(NewFiles, AreWrittenToThroughTheDescriptorAlone) {
    std::ofstream(path("victim")) << "not ours to change";
    ::chmod(path("victim").c_str(), 0600);
    std::ofstream(path("like")) << "";
    ::chmod(path("like").c_str(), 0666);
    auto file = NewFile::create(path("new"), 0600);
    std::string temporary;
    for (const std::string& name : names())
        if (name.ends_with(".new"))
            temporary = path(name);
    fs::remove(temporary);
    fs::create_symlink("victim", temporary);
    ASSERT_TRUE(file->append(as_bytes("content")));
    ASSERT_TRUE(file->take_attributes(**File::open_for_reading(path("like"))));
    EXPECT_EQ(test::bytes_of(file->open_path()), "content");
    ASSERT_TRUE(file->put_in_place());
    EXPECT_EQ(test::bytes_of(path("victim")), "not ours to change");
    EXPECT_EQ(mode_of(path("victim")), 0600U);
}

TEST_F(NewFiles, StayInTheirFolderWhateverItsNameBecomes) {
    fs::create_directories(path("folder"));
    auto file = NewFile::create(path("folder/new"), 0600);
    fs::rename(path("folder"), path("moved"));
    fs::create_directories(path("folder"));
    ASSERT_TRUE(file->put_in_place());
    EXPECT_TRUE(fs::exists(path("moved/new")));
    EXPECT_TRUE(fs::is_empty(path("folder")));
}

TEST_F(NewFiles, MayHaveLongNames) {
    const std::string name(255, 'n');
    auto file = NewFile::create(path(name), 0600);
    ASSERT_TRUE(file) << file.error().to_text();
    ASSERT_TRUE(file->put_in_place());
    EXPECT_TRUE(fs::exists(path(name)));
}

TEST_F(NewFiles, CopyAFileWithItsHoles) {
    constexpr off_t bytes = 8 << 20;
    const int source = ::open(path("source").c_str(), O_RDWR | O_CREAT, 0600);
    ASSERT_EQ(::ftruncate(source, bytes), 0);
    ASSERT_EQ(::pwrite(source, "begin", 5, 0), 5);
    ASSERT_EQ(::pwrite(source, "end", 3, bytes - 3), 3);
    ::close(source);
    auto file = NewFile::create(path("copy"), 0600);
    ASSERT_TRUE(file->copy_content(**File::open_for_reading(path("source")), [] { return true; }));
    ASSERT_TRUE(file->put_in_place());
    EXPECT_TRUE(test::bytes_of(path("copy")) == test::bytes_of(path("source")));
    struct stat status{};
    ASSERT_EQ(::stat(path("copy").c_str(), &status), 0);
    EXPECT_LT(status.st_blocks * 512, bytes / 2);
    std::string read;
    ASSERT_TRUE(read_all(
        **File::open_for_reading(path("copy")), [&](Bytes part) { read += as_text(part); },
        [] { return true; }));
    EXPECT_TRUE(read == test::bytes_of(path("source")));
}

TEST_F(NewFiles, StopCopyingWhenTheyAreTold) {
    std::ofstream(path("source")) << std::string(100, 'x');
    auto file = NewFile::create(path("copy"), 0600);
    const auto source = *File::open_for_reading(path("source"));
    if (!share_blocks(*source, file->file())) {
        EXPECT_EQ(file->copy_content(*source, [] { return false; }).error().code(),
                  ErrorCode::cancelled);
    }
}

} // namespace
} // namespace rebolt::io
