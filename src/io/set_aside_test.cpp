#include "io/set_aside.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"

namespace rebolt::io {
namespace {

namespace fs = std::filesystem;

void write_text(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

class SetAside : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::string file() const { return path("local-kv.db"); }
    /// What is in the folder.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::directory_iterator(fs::path(file()).parent_path()))
            found.push_back(entry.path().filename().string());
        return found;
    }

private:
    test::TemporaryFolder folder_;
};

TEST_F(SetAside, GivesASecondNameToTheSameBytes) {
    write_text(file(), "content");
    const auto name = set_aside(file(), damaged_word, *stamp_of(file()));
    ASSERT_TRUE(name);
    EXPECT_TRUE(fs::equivalent(*name, file()));
    EXPECT_EQ(names_set_aside(file(), damaged_word), std::vector<std::string>{*name});
}

TEST_F(SetAside, GivesTheSameNameAgain) {
    write_text(file(), "content");
    const auto first = set_aside(file(), damaged_word, *stamp_of(file()));
    const auto second = set_aside(file(), damaged_word, *stamp_of(file()));
    EXPECT_EQ(*first, *second);
}

TEST_F(SetAside, LeavesAFileThatHasAppearedMeanwhileAlone) {
    write_text(file(), "what was judged");
    const FileStamp judged = *stamp_of(file());
    write_text(path("new"), "another program's");
    fs::rename(path("new"), file());
    const auto name = set_aside(file(), damaged_word, judged);
    ASSERT_FALSE(name);
    EXPECT_EQ(name.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(name.error().message(), "another program changed it meanwhile");
    EXPECT_EQ(names(), std::vector<std::string>{"local-kv.db"});
}

TEST_F(SetAside, NamesAreSortedNewestFirst) {
    for (const char* name :
         {"local-kv.db.damaged-20260101T000000Z", "local-kv.db.damaged-20260101T000000Z-2",
          "local-kv.db.damaged-20260101T000000Z-10", "local-kv.db.damaged-20260102T000000Z",
          "local-kv.db.damaged-20260103T000000Z.9.new"})
        write_text(path("") + name, "");
    EXPECT_THAT(names_set_aside(file(), damaged_word),
                testing::ElementsAre(path("local-kv.db.damaged-20260102T000000Z"),
                                     path("local-kv.db.damaged-20260101T000000Z-10"),
                                     path("local-kv.db.damaged-20260101T000000Z-2"),
                                     path("local-kv.db.damaged-20260101T000000Z")));
}

TEST_F(SetAside, NamesComeAfterAllThatAreThere) {
    write_text(file(), "");
    write_text(path("local-kv.db.damaged-29990101T000000Z-9"), "the clock was wrong");
    EXPECT_EQ(*set_aside(file(), damaged_word, *stamp_of(file())),
              path("local-kv.db.damaged-29990101T000000Z-10"));
}

} // namespace
} // namespace rebolt::io
