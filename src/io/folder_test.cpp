// Where a path leads, and which links are followed on the way.
#include "io/folder.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include <sys/stat.h>

#include "support/temporary_folder.hpp"

namespace rebolt::io {
namespace {

namespace fs = std::filesystem;

class Places : public testing::Test {
protected:
    Places() {
        fs::create_directories(path("ours"));
        std::ofstream(path("ours/file")) << "content";
        fs::create_directories(path("theirs"));
        ::chmod(path("theirs").c_str(), 0777);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return root_ + "/" + name; }
    static std::string where(const std::string& path, LastLink last = LastLink::follow) {
        const auto place = place_of(path, last);
        return place ? place->path() : std::string(name_of(place.error().code()));
    }

private:
    test::TemporaryFolder folder_;
    const std::string root_ = fs::canonical(folder_.path(".")).string();
};

TEST_F(Places, AreWhereLinksOfOursLead) {
    fs::create_directory_symlink(path("ours"), path("folder"));
    fs::create_symlink("../ours/./file", path("ours/link"));
    EXPECT_EQ(where(path("folder/file")), path("ours/file"));
    EXPECT_EQ(where(path("folder/../ours/link")), path("ours/file"));
    EXPECT_EQ(where(path("ours/link"), LastLink::keep), path("ours/link"));
    EXPECT_EQ(where(path("ours/new")), path("ours/new"));
}

TEST_F(Places, AreNotWhereAnotherUserMayLead) {
    fs::create_symlink(path("ours/file"), path("theirs/link"));
    fs::create_directory_symlink(path("ours"), path("theirs/folder"));
    EXPECT_EQ(where(path("theirs/link")), "permission-denied");
    EXPECT_EQ(where(path("theirs/folder/file")), "permission-denied");
    EXPECT_EQ(where(path("theirs/link"), LastLink::keep), path("theirs/link"));
    fs::create_symlink(path("theirs/link"), path("ours/first")); // ours, which leads to theirs
    EXPECT_EQ(where(path("ours/first")), "permission-denied");
    ::chmod(path("theirs").c_str(), 01777); // as /tmp: what is ours there is ours
    EXPECT_EQ(where(path("theirs/link")), path("ours/file"));
}

TEST_F(Places, HaveANameAndAFolder) {
    fs::create_symlink(path("ours/loop"), path("ours/loop"));
    EXPECT_EQ(where(path("ours/..")), "invalid-argument");
    EXPECT_EQ(where("/"), "invalid-argument");
    EXPECT_EQ(where(""), "file-not-found");
    EXPECT_EQ(where(path("none/file")), "file-not-found");
    EXPECT_EQ(where(path("ours/loop")), "io");
}

TEST_F(Places, LeadThroughADescriptorToThatVeryFolder) {
    const Place place = *place_of(path("ours/file"), LastLink::follow);
    fs::rename(path("ours"), path("moved"));
    fs::create_directories(path("ours"));
    const auto again = place_of(place.folder->descriptor_path_of("file"), LastLink::keep);
    ASSERT_TRUE(again) << again.error().to_text();
    EXPECT_EQ(again->folder->status("file")->st_ino, place.folder->status("file")->st_ino);
}

TEST_F(Places, OpenRegularFilesAlone) {
    const Place place = *place_of(path("ours/file"), LastLink::follow);
    fs::create_symlink("file", path("ours/link"));
    ASSERT_EQ(::mkfifo(path("ours/fifo").c_str(), 0600), 0);
    EXPECT_TRUE(place.folder->open("file"));
    for (const char* name : {"link", "fifo", "."})
        EXPECT_EQ(place.folder->open(name).error().code(), ErrorCode::invalid_argument) << name;
    EXPECT_EQ(place.folder->open("none").error().code(), ErrorCode::file_not_found);
}

TEST_F(Places, PrivateFoldersAreTheirUsersAlone) {
    const Place place = *place_of(path("theirs/file"), LastLink::follow);
    std::string name;
    const auto made = place.folder->make_private("work-", name);
    ASSERT_TRUE(made);
    EXPECT_EQ(place.folder->status(name)->st_mode & 0777U, 0700U);
    EXPECT_THAT(name, testing::MatchesRegex("work-[0-9a-f]{16}"));
}

} // namespace
} // namespace rebolt::io
