// Seals: the kinds of damage that no look at a single state can show.
#include <algorithm>
#include <array>
#include <functional>

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <rebolt/db.hpp>
#include <rebolt/guard_history.hpp>

#include "guard/guard_record.hpp"
#include "guard/seal.hpp"
#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A database of two buckets whose leaves fill pages of their own.
class Seals : public GuardFolder {
protected:
    Seals() {
        update([](Tx& tx) -> Result<void> {
            for (const char* name : {"a", "b"}) {
                auto bucket = tx.create_bucket(name);
                for (int key = 0; key < 200; ++key)
                    if (auto put = bucket->put(std::to_string(key), std::string(100, 'x')); !put)
                        return put;
            }
            return {};
        });
        change("0", "first");
    }

    void update(const std::function<Result<void>(Tx&)>& work) const {
        const auto db = DB::open(file());
        ASSERT_TRUE(db);
        ASSERT_TRUE(db->update(work));
    }
    void change(const std::string& key, const std::string& value) const {
        update([&](Tx& tx) { return tx.bucket("a")->put(key, value); });
    }
    void seal() {
        ASSERT_EQ(run().outcome, GuardOutcome::clean);
        ASSERT_EQ(run().broken_seal, "");
    }
    // Writes in place, which keeps the inode.
    void write(const std::string& bytes) const {
        std::fstream(file(), std::ios::in | std::ios::out | std::ios::binary) << bytes;
    }
    void expect_told(const std::string& what) {
        const std::string before = test::bytes_of(file());
        const GuardReport report = run();
        EXPECT_EQ(report.outcome, GuardOutcome::clean);
        EXPECT_TRUE(report.may_start);
        EXPECT_THAT(report.broken_seal, HasSubstr(what));
        EXPECT_THAT(report.line, HasSubstr(report.broken_seal));
        EXPECT_TRUE(test::bytes_of(file()) == before);
        const auto states = guarded_states(options_.state_folder);
        ASSERT_TRUE(states);
        ASSERT_THAT(*states, SizeIs(1));
        ASSERT_THAT(states->front().events, SizeIs(1));
        EXPECT_EQ(states->front().events.front().damage, report.broken_seal);
    }
    // Where this text first is in a page that is in use.
    [[nodiscard]] std::size_t place_of_last(const std::string& text) const {
        return test::bytes_of(file()).rfind(text);
    }
    [[nodiscard]] std::timespec modified() const {
        struct stat status{};
        EXPECT_EQ(::stat(file().c_str(), &status), 0);
        return status.st_mtim;
    }
    void set_modified(const std::timespec& time) const {
        const std::array<std::timespec, 2> times{time, time};
        EXPECT_EQ(::utimensat(AT_FDCWD, file().c_str(), times.data(), 0), 0);
    }
};

// The byte of a value: no structure of the file is wrong.
TEST_F(Seals, TellABitThatFlippedInAValue) {
    seal();
    const std::timespec time = modified();
    std::string bytes = test::bytes_of(file());
    const auto snapshot =
        test::bytes_of(guarded_states(options_.state_folder)->front().snapshots.front().path);
    // A value of bucket b, which is in one state alone.
    const std::size_t at = bytes.rfind("xxxxxxxx");
    bytes[at] = 'y';
    write(bytes);
    set_modified(time);
    if (verdict_of(file()) != Verdict::clean)
        FAIL() << "the flip can be seen without a seal";
    expect_told("bit rot: nothing was written to the file since");
    EXPECT_TRUE(
        test::bytes_of(guarded_states(options_.state_folder)->front().snapshots.front().path) ==
        snapshot);
}

// A leaf that is as it was two transactions before: its write never reached the disk.
TEST_F(Seals, TellALeafWhoseWriteWasLost) {
    const std::string before = test::bytes_of(file());
    update([](Tx& tx) { return tx.bucket("b")->put("5", std::string(100, 'z')); });
    seal();
    std::string bytes = test::bytes_of(file());
    const std::size_t at = bytes.rfind(std::string(100, 'z'));
    bytes.replace(at, 100, std::string(100, 'x'));
    write(bytes);
    ASSERT_EQ(verdict_of(file()), Verdict::clean);
    expect_told("a write was lost, or the file was edited in place");
}

// All of the last commits is gone, the metas too: what is left is whole.
TEST_F(Seals, TellThatTheLastTransactionsAreGone) {
    const std::string before = test::bytes_of(file());
    change("1", "second");
    change("2", "third");
    seal();
    write(before);
    ASSERT_EQ(verdict_of(file()), Verdict::clean);
    expect_told("the last writes were lost, or an older state was put back");
}

// One commit came since; a page that it left alone has changed all the same.
TEST_F(Seals, TellAChangedPageThatTheNextCommitLeftAlone) {
    seal();
    update([](Tx& tx) { return tx.bucket("a")->put("7", "seventh"); });
    std::string bytes = test::bytes_of(file());
    // Bucket b was not touched by that commit: both states use its pages.
    const std::size_t key = bytes.rfind("150" + std::string(100, 'x'));
    ASSERT_NE(key, std::string::npos);
    bytes[key + 50] = 'y';
    write(bytes);
    const GuardReport report = run();
    EXPECT_TRUE(report.may_start);
    EXPECT_THAT(report.broken_seal, HasSubstr("and no commit did that"));
}

TEST_F(Seals, SayNothingOfAServiceThatWritesAsItShould) {
    for (int start = 0; start < 20; ++start) {
        for (int commit = 0; commit < start % 4; ++commit)
            change(std::to_string(commit), "start " + std::to_string(start));
        const GuardReport report = run();
        EXPECT_EQ(report.broken_seal, "") << start;
        EXPECT_EQ(report.outcome, GuardOutcome::clean);
    }
    EXPECT_THAT(guarded_states(options_.state_folder)->front().events, IsEmpty());
}

// A failed commit has written to free pages, and no meta.
TEST_F(Seals, SayNothingOfFreePages) {
    change("3", "third");
    seal();
    const auto source = PageSource::open(file());
    const auto seal = read_seal(
        folder_of(options_.state_folder, io::place_of(file(), io::LastLink::follow)->path()));
    ASSERT_TRUE(seal);
    std::string bytes = test::bytes_of(file());
    std::size_t free_pages = 0;
    for (std::size_t page = 2; page < seal->pages.size(); ++page)
        if (!seal->pages[page]) {
            bytes.replace(page * seal->page_size_bytes, 64, std::string(64, '\xFF'));
            ++free_pages;
        }
    ASSERT_GT(free_pages, 0U);
    write(bytes);
    EXPECT_EQ(run().broken_seal, "");
}

TEST_F(Seals, SayNothingOfAnotherFileInItsPlace) {
    const std::string before = test::bytes_of(file());
    change("1", "second");
    seal();
    std::filesystem::rename(file(), path("data/old"));
    write_text(file(), before);
    EXPECT_EQ(run().broken_seal, "");
}

TEST_F(Seals, ThatAreDamagedAreNotUsed) {
    seal();
    const std::string folder =
        folder_of(options_.state_folder, io::place_of(file(), io::LastLink::follow)->path());
    const std::string whole = test::bytes_of(folder + "/seal");
    for (std::size_t at = 0; at < whole.size(); at += 97) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        write_text(folder + "/seal", bytes);
        const GuardReport report = run();
        EXPECT_TRUE(report.may_start);
        EXPECT_EQ(report.outcome, GuardOutcome::clean);
        write_text(folder + "/seal", whole.substr(0, at));
        EXPECT_EQ(run().broken_seal, "") << at;
    }
}

TEST_F(Seals, AreMadeWhenTheServiceHasStopped) {
    seal();
    change("1", "second");
    change("2", "third");
    options_.moment = GuardMoment::after_stop;
    EXPECT_EQ(run().outcome, GuardOutcome::clean);
    options_.moment = GuardMoment::any;
    std::string bytes = test::bytes_of(file());
    bytes[bytes.rfind("xxxxxxxx")] = 'y';
    write(bytes);
    EXPECT_THAT(run().broken_seal, HasSubstr("changed after transaction"));
}

TEST_F(Seals, DamageIsLeftToTheNextStart) {
    put(damaged_file("docker-cycle-next.db"));
    options_.moment = GuardMoment::after_stop;
    const std::string before = test::bytes_of(file());
    EXPECT_EQ(run().outcome, GuardOutcome::refused);
    EXPECT_TRUE(test::bytes_of(file()) == before);
    options_.moment = GuardMoment::any;
    EXPECT_EQ(run().outcome, GuardOutcome::recovered);
}

TEST_F(Seals, AreNotKeptWhereThatIsNotWanted) {
    options_.seals = false;
    EXPECT_EQ(run().outcome, GuardOutcome::clean);
    EXPECT_FALSE(read_seal(
        folder_of(options_.state_folder, io::place_of(file(), io::LastLink::follow)->path())));
}

} // namespace
} // namespace rebolt::guard
