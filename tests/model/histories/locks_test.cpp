// Locks across processes: a writer in rebolt and programs in Go.
#include <chrono>
#include <future>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string peer_program = std::string(REBOLT_BUILD_DIR) + "/peers/bboltpeer";
const OpenOptions at_once = {.timeout = milliseconds{0}};
const OpenOptions read_at_once = {.read_only = true, .timeout = milliseconds{0}};

class Locks : public testing::Test {
protected:
    static void SetUpTestSuite() {
        const CommandResult built =
            run_command({std::string(REBOLT_SOURCE_DIR) + "/tests/peers/build-peer", peer_program},
                        seconds{300});
        ASSERT_EQ(built.exit_code, 0) << built.err;
    }
    void SetUp() override { put("made"); }

    void put(const std::string& key, const OpenOptions& options = at_once) const {
        const auto db = DB::open(path_, options);
        ASSERT_TRUE(db) << db.error().to_text();
        put(*db, key);
    }
    static void put(const DB& db, const std::string& key) {
        const auto done = db.update([&](Tx& tx) -> Result<void> {
            auto bucket = tx.create_bucket_if_missing("bucket");
            return bucket ? bucket->put(key, "value") : std::move(bucket).error();
        });
        EXPECT_TRUE(done) << done.error().to_text();
    }
    [[nodiscard]] CommandResult peer(const std::vector<std::string>& words,
                                     seconds longest = seconds{30}) const {
        std::vector<std::string> command = {peer_program, words[0], path_};
        command.insert(command.end(), words.begin() + 1, words.end());
        return run_command(command, longest);
    }
    /// What comes of opening once a program in Go must have the lock.
    [[nodiscard]] Result<DB> open_when_held(const OpenOptions& options) const {
        for (int tries = 0; tries < 500; ++tries) {
            Result<DB> db = DB::open(path_, options);
            if (!db)
                return db;
            db->close();
            std::this_thread::sleep_for(milliseconds{10});
        }
        return Error(ErrorCode::cancelled, "nobody took the lock");
    }

    TemporaryFolder folder_;
    std::string path_ = folder_.path("locked.db");
};

TEST_F(Locks, AWriterHereShutsOutProgramsInGo) {
    const auto db = DB::open(path_, at_once);
    ASSERT_TRUE(db) << db.error().to_text();
    EXPECT_NE(peer({"hold", "shared", "1"}, seconds{1}).out, "held\n");
    EXPECT_NE(peer({"hold", "exclusive", "1"}, seconds{1}).out, "held\n");
    const Tx reader = *db->begin();
    EXPECT_NE(peer({"hold", "shared", "1"}, seconds{1}).out, "held\n");
}

TEST_F(Locks, AProgramInGoWaitsAndSeesWhatWasWritten) {
    auto db = DB::open(path_, at_once);
    ASSERT_TRUE(db) << db.error().to_text();
    auto waiting = std::async(std::launch::async, [&] { return peer({"describe"}); });
    EXPECT_EQ(waiting.wait_for(milliseconds{500}), std::future_status::timeout);
    put(*db, "late");
    db->close();
    const CommandResult described = waiting.get();
    EXPECT_EQ(described.exit_code, 0) << described.err;
    EXPECT_NE(described.out.find("\"key\":\"6c617465\""), std::string::npos) << described.out;
}

TEST_F(Locks, AWriterInGoShutsOutWritersHere) {
    const auto holder =
        std::async(std::launch::async, [&] { return peer({"hold", "exclusive", "2000"}); });
    const auto refused = open_when_held(at_once);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::lock_timeout);
    EXPECT_NE(refused.error().message().find("bboltpeer (process "), std::string::npos)
        << refused.error().message();
    const auto reader = DB::open(path_, read_at_once);
    ASSERT_FALSE(reader);
    EXPECT_EQ(reader.error().code(), ErrorCode::lock_timeout);
    put("patient", {.timeout = seconds{20}});
}

TEST_F(Locks, AReaderInGoShutsOutWritersButNotReaders) {
    const auto holder =
        std::async(std::launch::async, [&] { return peer({"hold", "shared", "2000"}); });
    const auto refused = open_when_held(at_once);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::lock_timeout);
    EXPECT_TRUE(DB::open(path_, read_at_once));
    put("patient", {.timeout = seconds{20}});
}

TEST_F(Locks, AReaderHereShutsOutWritersInGo) {
    auto db = DB::open(path_, read_at_once);
    ASSERT_TRUE(db) << db.error().to_text();
    EXPECT_NE(peer({"hold", "exclusive", "1"}, seconds{1}).out, "held\n");
    EXPECT_EQ(peer({"hold", "shared", "1"}).out, "held\n");
    db->close();
    EXPECT_EQ(peer({"hold", "exclusive", "1"}).out, "held\n");
}

} // namespace
} // namespace rebolt::test
