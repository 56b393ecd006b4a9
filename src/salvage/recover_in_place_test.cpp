// recover_in_place: what stands where afterwards, what is refused, and that a
// failure at any step leaves the old file or the new one.
#include <rebolt/recover_in_place.hpp>

#include <algorithm>
#include <cerrno>

#include <sys/xattr.h>

#include <gmock/gmock.h>

#include "io/file.hpp"
#include "io/lock.hpp"
#include "io/system_calls.hpp"
#include "salvage/test_files.hpp"

namespace rebolt {
namespace {

namespace fs = std::filesystem;
using test::bytes_of;
using test::damaged_data;
using test::WorkFile;

std::vector<std::string> names_beside(const std::string& path) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(path).parent_path()))
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

TEST(RecoverInPlace, PutsTheDataInPlaceAndKeepsTheDamagedFile) {
    const WorkFile file(damaged_data("docker-cycle-next"));
    fs::permissions(file.path(), fs::perms(0640));
    const bool has_attributes = ::setxattr(file.path().c_str(), "user.rebolt", "label", 5, 0) == 0;
    const auto done = recover_in_place(file.path());
    ASSERT_TRUE(done) << done.error().to_text();
    EXPECT_EQ(done->outcome, InPlaceOutcome::replaced);
    EXPECT_EQ(done->recovery.counts.total(), 56U);
    EXPECT_EQ(file.verdict(), Verdict::clean);
    EXPECT_EQ(bytes_of(done->set_aside), file.original());
    EXPECT_THAT(done->set_aside, testing::StartsWith(file.path() + ".damaged-"));
    EXPECT_EQ(fs::status(file.path()).permissions(), fs::perms(0640));
    if (has_attributes) {
        std::string label(5, '\0');
        EXPECT_EQ(::getxattr(file.path().c_str(), "user.rebolt", label.data(), label.size()), 5);
        EXPECT_EQ(label, "label");
    }
    EXPECT_EQ(names_beside(file.path()).size(), 3U); // with the undo file
}

TEST(RecoverInPlace, ASecondRunChangesNothing) {
    const WorkFile file(damaged_data("docker-zero-leaf"));
    ASSERT_TRUE(recover_in_place(file.path()));
    const std::string recovered = file.bytes();
    const auto names = names_beside(file.path());
    const auto again = recover_in_place(file.path());
    ASSERT_TRUE(again) << again.error().to_text();
    EXPECT_EQ(again->outcome, InPlaceOutcome::not_damaged);
    EXPECT_EQ(file.bytes(), recovered);
    EXPECT_EQ(names_beside(file.path()), names);
}

TEST(RecoverInPlace, UndoGivesTheVeryFileBack) {
    const WorkFile file(damaged_data("docker-cycle-next"));
    const auto done = recover_in_place(file.path());
    ASSERT_TRUE(done) << done.error().to_text();
    const std::string recovered = file.bytes();
    const auto seen = read_undo(file.path());
    ASSERT_TRUE(seen) << seen.error().to_text();
    EXPECT_EQ(file.bytes(), recovered);
    const auto undone = undo(file.path());
    ASSERT_TRUE(undone) << undone.error().to_text();
    EXPECT_TRUE(file.is_original());
    EXPECT_EQ(bytes_of(undone->kept), recovered);
    EXPECT_FALSE(fs::exists(done->set_aside));
    EXPECT_FALSE(fs::exists(file.undo()));
    EXPECT_EQ(undo(file.path()).error().code(), ErrorCode::file_not_found);
}

TEST(RecoverInPlace, UndoLeavesAFileThatWasWrittenToSince) {
    const WorkFile file(damaged_data("docker-cycle-next"));
    const auto done = recover_in_place(file.path());
    ASSERT_TRUE(done) << done.error().to_text();
    file.overwrite(20'000, "x");
    const std::string changed = file.bytes();
    const auto undone = undo(file.path());
    ASSERT_FALSE(undone);
    EXPECT_EQ(undone.error().code(), ErrorCode::invalid_argument);
    EXPECT_THAT(undone.error().message(), testing::HasSubstr(done->set_aside));
    EXPECT_EQ(file.bytes(), changed);
}

TEST(RecoverInPlace, AFileInUseIsLeftAlone) {
    const WorkFile file(damaged_data("docker-cycle-next"));
    const auto reader = io::File::open_for_reading(file.path());
    ASSERT_TRUE(io::lock(**reader, io::LockMode::shared, std::nullopt));
    const auto done = recover_in_place(file.path());
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), ErrorCode::lock_timeout);
    EXPECT_EQ(names_beside(file.path()).size(), 1U);
}

TEST(RecoverInPlace, WhatCannotBePutInPlaceIsLeftAlone) {
    const WorkFile file(damaged_data("docker-truncate"));
    InPlaceOptions only_current;
    only_current.recover.policy = RecoverPolicy::current_only;
    const auto none = recover_in_place(file.path(), only_current);
    ASSERT_TRUE(none) << none.error().to_text();
    EXPECT_EQ(none->outcome, InPlaceOutcome::nothing_came_back);
    EXPECT_TRUE(file.is_original());
    EXPECT_EQ(names_beside(file.path()).size(), 1U);
    EXPECT_EQ(recover_in_place("/dev/null").error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(recover_in_place(file.other("none")).error().code(), ErrorCode::file_not_found);
    EXPECT_EQ(names_beside(file.path()).size(), 1U);
}

TEST(RecoverInPlace, AnIncompleteEtcdMemberNeedsToBeAskedFor) {
    const WorkFile file(damaged_data("etcd-zero-leaf"));
    const auto left = recover_in_place(file.path());
    ASSERT_TRUE(left) << left.error().to_text();
    EXPECT_EQ(left->outcome, InPlaceOutcome::incomplete_member);
    EXPECT_TRUE(file.is_original());
    InPlaceOptions options;
    options.allow_incomplete_member = true;
    EXPECT_EQ(recover_in_place(file.path(), options)->outcome, InPlaceOutcome::replaced);
}

TEST(RecoverInPlace, AnUndoFileOfARepairIsNotLost) {
    const WorkFile file(damaged_data("docker-cycle-next"));
    std::ofstream(file.undo()) << "the bytes of a repair";
    const auto done = recover_in_place(file.path());
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(bytes_of(file.undo()), "the bytes of a repair");
    EXPECT_TRUE(file.is_original());
}

TEST(RecoverInPlace, ALinkStaysALink) {
    const WorkFile file(damaged_data("docker-cycle-next"));
    fs::create_directory(file.other("links"));
    const std::string link = file.other("links/db");
    fs::create_symlink(file.path(), link);
    ASSERT_TRUE(recover_in_place(link));
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_FALSE(file.is_original());
    const auto undone = undo(link);
    ASSERT_TRUE(undone) << undone.error().to_text();
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_TRUE(file.is_original());
}

// Refuses the call with this number, counted over syncs and renames.
class RefusedCall final : public io::SystemCalls {
public:
    explicit RefusedCall(int number) : left_(number) {}
    int fsync(int descriptor) override {
        return is_refused() ? -1 : io::SystemCalls::fsync(descriptor);
    }
    int fdatasync(int descriptor) override {
        return is_refused() ? -1 : io::SystemCalls::fdatasync(descriptor);
    }
    int renameat(int old_folder, const char* from, int folder, const char* to) override {
        return is_refused() ? -1 : io::SystemCalls::renameat(old_folder, from, folder, to);
    }

private:
    bool is_refused() {
        errno = EIO;
        return left_-- == 0;
    }
    int left_;
};

TEST(RecoverInPlace, AfterAnyRefusalItCanBeRunAgainAndTakenBack) {
    bool was_refused = true;
    int number = 0;
    for (; was_refused; ++number) {
        SCOPED_TRACE(number);
        const WorkFile file(damaged_data("docker-cycle-next"));
        {
            const io::ReplacedSystemCalls calls(std::make_shared<RefusedCall>(number));
            was_refused = !recover_in_place(file.path());
        }
        EXPECT_TRUE(file.is_original() || file.verdict() == Verdict::clean);
        ASSERT_TRUE(recover_in_place(file.path()));
        EXPECT_EQ(file.verdict(), Verdict::clean);
        ASSERT_TRUE(undo(file.path()));
        EXPECT_TRUE(file.is_original());
    }
    EXPECT_GT(number, 4);
}

} // namespace
} // namespace rebolt
