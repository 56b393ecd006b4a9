#include "guard/set_aside.hpp"

#include <cerrno>
#include <memory>

#include <gmock/gmock.h>

#include "guard/test_folder.hpp"
#include "io/system_calls.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;

using io::damaged_word;
using io::files_set_aside;
using io::is_aside_name;
using io::replaced_word;
using io::require_unchanged;
using io::set_aside;
using io::stamp_of;

class SetAside : public GuardFolder {
protected:
    [[nodiscard]] io::Place place() const { return *io::place_of(file(), io::LastLink::follow); }
    [[nodiscard]] FileStamp stamp() const {
        return stamp_of(*place().folder->status("local-kv.db"));
    }
    [[nodiscard]] std::vector<std::string> aside() const {
        std::vector<std::string> found;
        for (const AsideFile& one : files_set_aside(place(), damaged_word))
            found.push_back(one.name);
        return found;
    }
};

TEST_F(SetAside, GivesASecondNameToTheSameBytes) {
    write_text(file(), "content");
    const auto one = set_aside(place(), damaged_word, stamp());
    ASSERT_TRUE(one);
    EXPECT_TRUE(fs::equivalent(path("data/") + one->name, file()));
    EXPECT_EQ(one->inode, stamp().inode);
    EXPECT_EQ(aside(), std::vector<std::string>{one->name});
}

TEST_F(SetAside, GivesTheSameNameAgain) {
    write_text(file(), "content");
    const auto first = set_aside(place(), damaged_word, stamp());
    const auto second = set_aside(place(), damaged_word, stamp());
    EXPECT_EQ(first->name, second->name);
}

TEST_F(SetAside, LeavesAFileThatHasAppearedMeanwhileAlone) {
    write_text(file(), "what was judged");
    const FileStamp judged = stamp();
    write_text(path("data/new"), "another program's");
    fs::rename(path("data/new"), file());
    const auto one = set_aside(place(), damaged_word, judged);
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(one.error().message(), "another program changed it meanwhile");
    EXPECT_EQ(names(), std::vector<std::string>{"local-kv.db"});
}

TEST_F(SetAside, CopiesWhereAFileHasOneNameOnly) {
    class NoLinks : public io::SystemCalls {
        int linkat(int, const char*, const char*) override {
            errno = EPERM;
            return -1;
        }
    };
    write_text(file(), "content");
    const io::ReplacedSystemCalls scope(std::make_shared<NoLinks>());
    const auto one = set_aside(place(), damaged_word, stamp());
    ASSERT_TRUE(one) << one.error().to_text();
    EXPECT_FALSE(fs::equivalent(path("data/") + one->name, file()));
    EXPECT_EQ(test::bytes_of(path("data/") + one->name), "content");
}

TEST_F(SetAside, NamesAreSortedNewestFirst) {
    for (const char* name :
         {"local-kv.db.damaged-20260101T000000Z", "local-kv.db.damaged-20260101T000000Z-2",
          "local-kv.db.damaged-20260101T000000Z-10", "local-kv.db.damaged-20260102T000000Z",
          "local-kv.db.damaged-20260103T000000Z.0123456789abcdef.new"})
        write_text(path("data/") + name, "");
    EXPECT_THAT(aside(), testing::ElementsAre("local-kv.db.damaged-20260102T000000Z",
                                              "local-kv.db.damaged-20260101T000000Z-10",
                                              "local-kv.db.damaged-20260101T000000Z-2",
                                              "local-kv.db.damaged-20260101T000000Z"));
}

TEST_F(SetAside, NamesHaveOneForm) {
    const auto is_one = [](std::string_view name) {
        return is_aside_name(name, "local-kv.db", damaged_word);
    };
    EXPECT_TRUE(is_one("local-kv.db.damaged-20260101T000000Z"));
    EXPECT_TRUE(is_one("local-kv.db.damaged-20260101T000000Z-7"));
    for (const char* name :
         {"local-kv.db.damaged-backup", "local-kv.db.damaged-1-KEEP-for-support",
          "local-kv.db.damaged-20260101T000000Z-", "local-kv.db.damaged-20260101T000000Z-07",
          "local-kv.db.damaged-20260101T000000Z-7a", "local-kv.db.damaged-20260101T000000",
          "local-kv.db.damaged-20260101T000000Z7", "local-kv.db.damaged-2026010xT000000Z",
          "local-kv.db.replaced-20260101T000000Z", "other.db.damaged-20260101T000000Z",
          "local-kv.db.damaged-20260101T000000Z-1234567890"})
        EXPECT_FALSE(is_one(name)) << name;
}

TEST_F(SetAside, FoldersAndLinksAreNoneOfThem) {
    write_text(file(), "content");
    fs::create_directories(path("data/local-kv.db.damaged-20260101T000000Z"));
    fs::create_symlink(file(), path("data/local-kv.db.damaged-20260102T000000Z"));
    EXPECT_THAT(aside(), testing::IsEmpty());
}

TEST_F(SetAside, NamesComeAfterAllThatAreThere) {
    write_text(file(), "");
    write_text(path("data/local-kv.db.damaged-29990101T000000Z-9"), "the clock was wrong");
    EXPECT_EQ(set_aside(place(), damaged_word, stamp())->name,
              "local-kv.db.damaged-29990101T000000Z-10");
}

} // namespace
} // namespace rebolt::guard
