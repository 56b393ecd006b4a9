// Opening a file for writing: what is judged, put right, or refused; and that
// no transaction writes over damage.
#include <rebolt/db.hpp>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>

#include "engine/test_file.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

using enum FindingCode;

class OpenForWriting : public testing::Test {
protected:
    std::string copy_of(const std::string& name) {
        const std::string path = folder_.path("copy.db");
        std::filesystem::copy_file(test_data(name), path,
                                   std::filesystem::copy_options::overwrite_existing);
        return path;
    }
    static std::optional<FindingCode> refusal(const std::string& path) {
        const std::string before = bytes_of(path);
        const auto db = DB::open(path);
        EXPECT_TRUE(bytes_of(path) == before);
        if (db || db.error().finding() == nullptr)
            return std::nullopt;
        return db.error().finding()->code;
    }
    static Result<void> put(const DB& db, const std::string& key) {
        return db.update([&](Tx& tx) -> Result<void> {
            auto bucket = tx.bucket("libnetwork");
            return bucket ? bucket->put(key, "value") : std::move(bucket).error();
        });
    }
    static CheckReport checked(const std::string& path) {
        CheckOptions options;
        options.owners = {}; // the values here are made up
        return *check(*PageSource::open(path), options);
    }
    std::string new_path() const { return folder_.path("new.db"); }

private:
    TemporaryFolder folder_;
};

TEST_F(OpenForWriting, MakesANewFileAsBboltDoes) {
    {
        const DB db = *DB::open(new_path(), {.page_size_bytes = 1024});
        EXPECT_TRUE(db.findings_at_open().empty());
        EXPECT_EQ(number(db.begin()->id()), 1U);
    }
    EXPECT_EQ(std::filesystem::file_size(new_path()), 4096U);
    const CheckReport report = checked(new_path());
    EXPECT_EQ(report.verdict, Verdict::clean);
    EXPECT_EQ(report.page_size_bytes, 1024U);
    EXPECT_EQ(report.pages.total, 4U);
    EXPECT_EQ(std::filesystem::status(new_path()).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(OpenForWriting, GoesOnWithAMakingThatWasCutOff) {
    {
        const DB db = *DB::open(new_path(), {.page_size_bytes = 4096});
    }
    std::string image = bytes_of(new_path());
    std::string cut = image;
    cut.replace(0, 512, 512, '\0'); // a sector that never came
    std::ofstream(new_path(), std::ios::binary) << cut;
    const DB db = *DB::open(new_path());
    ASSERT_EQ(db.findings_at_open().size(), 1U);
    EXPECT_EQ(db.findings_at_open()[0].code, file_empty);
    EXPECT_TRUE(bytes_of(new_path()) == image);
}

TEST_F(OpenForWriting, NeverMakesAFileAnewThatHoldsAnythingElse) {
    {
        const DB db = *DB::open(new_path(), {.page_size_bytes = 4096});
    }
    std::string image = bytes_of(new_path());
    image.replace(0, 8192, 8192, '\0'); // both metas
    image[3 * 4096 + 100] = 'x';
    std::ofstream(new_path(), std::ios::binary) << image;
    EXPECT_EQ(refusal(new_path()), not_a_bolt_file);
}

TEST_F(OpenForWriting, FindsTheFreePagesAnewWhereTheListIsDamaged) {
    const std::string path = copy_of("damaged/docker-freelist-leaf.db");
    {
        const DB db = *DB::open(path);
        ASSERT_EQ(db.findings_at_open().size(), 1U);
        EXPECT_EQ(db.findings_at_open()[0].code, freelist_type);
        EXPECT_EQ(number(*db.findings_at_open()[0].place.page), 22U);
        ASSERT_TRUE(put(db, "docker/network/v1.0/network/x/"));
    }
    EXPECT_EQ(checked(path).verdict, Verdict::clean);
    EXPECT_TRUE(DB::open(path)->findings_at_open().empty());
}

TEST_F(OpenForWriting, RefusesDamageThatItMightWriteOver) {
    EXPECT_EQ(refusal(copy_of("damaged/docker-cycle-next.db")), page_shared);
    EXPECT_EQ(refusal(copy_of("damaged/docker-zero-leaf.db")), page_zeroed);
    EXPECT_EQ(refusal(copy_of("damaged/docker-truncate.db")), file_truncated);
    EXPECT_EQ(refusal(copy_of("damaged/docker-shared.db")), page_shared);
    EXPECT_EQ(refusal(copy_of("damaged/docker-count.db")), layout_not_canonical);
}

// A large file is not walked at opening: the transaction that comes to the
// damage stops with it.
TEST_F(OpenForWriting, ATransactionThatMeetsDamageStopsAndWritesNothing) {
    for (const char* name : {"damaged/docker-cycle-next.db", "damaged/docker-zero-leaf.db",
                             "damaged/docker-branch-to-freed.db", "damaged/docker-count.db",
                             "damaged/docker-dag.db", "damaged/docker-flags16.db"}) {
        SCOPED_TRACE(name);
        const std::string path = copy_of(name);
        const std::string before = bytes_of(path);
        const DB db = *DB::open(path, {.verify_freelist_up_to_bytes = 0});
        const auto updated = db.update([](Tx& tx) -> Result<void> {
            auto bucket = tx.bucket("libnetwork");
            if (!bucket)
                return std::move(bucket).error();
            // Everything, so that the damage cannot be missed.
            std::vector<std::string> keys;
            static_cast<void>(bucket->for_each([&](const Entry& entry) -> Result<void> {
                keys.emplace_back(entry.key);
                return {};
            }));
            for (const std::string& key : keys)
                if (auto erased = bucket->erase(key); !erased)
                    return erased;
            for (char c = ' '; c < '~'; ++c)
                if (auto put = bucket->put(std::string("docker/network/v1.0/") + c, "v"); !put)
                    return put;
            return tx.delete_bucket("libnetwork");
        });
        ASSERT_FALSE(updated);
        EXPECT_EQ(updated.error().code(), ErrorCode::damaged) << updated.error().to_text();
        EXPECT_TRUE(bytes_of(path) == before);
    }
}

TEST_F(OpenForWriting, AfterDamageATransactionCanOnlyBeRolledBack) {
    const std::string path = copy_of("damaged/docker-branch-to-freed.db");
    const std::string before = bytes_of(path);
    const DB db = *DB::open(path, {.verify_freelist_up_to_bytes = 0});
    Tx tx = *db.begin(Access::write);
    const auto deleted = tx.delete_bucket("libnetwork");
    ASSERT_FALSE(deleted);
    EXPECT_EQ(deleted.error().code(), ErrorCode::damaged);
    EXPECT_EQ(tx.create_bucket("other").error().code(), ErrorCode::transaction_failed);
    EXPECT_EQ(tx.commit().error().code(), ErrorCode::transaction_failed);
    EXPECT_TRUE(bytes_of(path) == before);
    Tx next = *db.begin(Access::write); // the handle goes on
    ASSERT_TRUE(next.create_bucket("other"));
}

TEST_F(OpenForWriting, APageInUseThatIsListedAsFreeIsFoundByTheWalk) {
    const std::string path = copy_of("damaged/docker-branch-to-freed.db");
    const auto db = DB::open(path);
    ASSERT_FALSE(db);
    EXPECT_NE(db.error().finding(), nullptr);
}

TEST_F(OpenForWriting, TakesNoLockForGranted) {
    EXPECT_EQ(DB::open(new_path(), {.lock = false}).error().code(), ErrorCode::invalid_argument);
    EXPECT_FALSE(std::filesystem::exists(new_path()));
    EXPECT_EQ(DB::open(new_path(), {.page_size_bytes = 1000}).error().code(),
              ErrorCode::invalid_argument);
    const DB db = *DB::open(new_path());
    const auto second = DB::open(new_path(), {.timeout = std::chrono::milliseconds{0}});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), ErrorCode::lock_timeout);
}

TEST_F(OpenForWriting, AFileWithoutStoredFreelistGetsOne) {
    {
        const DB db = *DB::open(new_path(), {.no_freelist_sync = true});
        ASSERT_TRUE(db.update([](Tx& tx) -> Result<void> {
            auto bucket = tx.create_bucket("libnetwork");
            return bucket ? bucket->put("k", "v") : std::move(bucket).error();
        }));
        EXPECT_EQ(PageId{db.begin()->meta().freelist}, no_freelist);
    }
    const DB db = *DB::open(new_path());
    EXPECT_TRUE(db.findings_at_open().empty());
    EXPECT_NE(PageId{db.begin()->meta().freelist}, no_freelist);
}

} // namespace
} // namespace rebolt::test
