#include <rebolt/rebolt.h>

#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace rebolt::c {
namespace {

const std::string sound = REBOLT_TEST_DATA "/real/docker-20.10-running.db";
const std::string damaged = REBOLT_TEST_DATA "/damaged/docker-cycle-next.db";

rebolt_bytes bytes(const std::string& text) {
    return {text.data(), text.size()};
}

std::string text(const rebolt_bytes& bytes) {
    return {static_cast<const char*>(bytes.data), bytes.size};
}

class OpenFile : public ::testing::Test {
protected:
    OpenFile() { EXPECT_EQ(rebolt_open(sound.c_str(), 0, &db_), REBOLT_OK) << rebolt_message(); }
    ~OpenFile() override { rebolt_close(db_); }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    rebolt_db* db_ = nullptr;
};

int collect(void* context, const rebolt_bytes* key, const rebolt_bytes* value, int is_bucket) {
    auto& keys = *static_cast<std::vector<std::string>*>(context);
    EXPECT_EQ(is_bucket != 0, value->size == 0);
    keys.push_back(text(*key));
    return keys.size() == 3 ? 1 : 0;
}

TEST_F(OpenFile, AWalkVisitsBucketsAndThenTheirKeysUntilItIsEnded) {
    std::vector<std::string> names;
    EXPECT_EQ(rebolt_walk(db_, nullptr, 0, collect, &names), REBOLT_OK);
    ASSERT_EQ(names, std::vector<std::string>{"libnetwork"});
    std::vector<std::string> keys;
    const rebolt_bytes bucket = bytes(names[0]);
    EXPECT_EQ(rebolt_walk(db_, &bucket, 1, collect, &keys), REBOLT_STOPPED);
    ASSERT_EQ(keys.size(), 3U);
    const std::vector<rebolt_bytes> path{bucket, bytes(keys[0])};
    rebolt_bytes value{};
    ASSERT_EQ(rebolt_get(db_, path.data(), path.size(), &value), REBOLT_OK) << rebolt_message();
    EXPECT_GT(value.size, 0U);
    EXPECT_EQ(static_cast<const char*>(value.data)[value.size], '\0');
    rebolt_free(&value);
    EXPECT_EQ(value.data, nullptr);
}

TEST_F(OpenFile, WhatIsNotThereIsAStatusAndAMessage) {
    const std::string name = "libnetwork";
    const std::string missing = "no such key";
    const std::vector<rebolt_bytes> path{bytes(name), bytes(missing)};
    rebolt_bytes value{};
    EXPECT_EQ(rebolt_get(db_, path.data(), 2, &value), REBOLT_NOT_FOUND);
    EXPECT_EQ(value.data, nullptr);
    EXPECT_NE(std::string(rebolt_message()).find("there is no such key"), std::string::npos);
    EXPECT_EQ(rebolt_get(db_, path.data(), 1, &value), REBOLT_INVALID);
    EXPECT_EQ(rebolt_walk(db_, &path[1], 1, collect, nullptr), REBOLT_NOT_FOUND);
    EXPECT_EQ(rebolt_walk(nullptr, nullptr, 0, collect, nullptr), REBOLT_INVALID);
}

TEST(CInterface, AFileThatCannotBeOpenedHasNoHandle) {
    rebolt_db* db = nullptr;
    EXPECT_EQ(rebolt_open("/no/such/file.db", 0, &db), REBOLT_NOT_FOUND);
    EXPECT_EQ(db, nullptr);
    EXPECT_NE(std::string(rebolt_message()).find("/no/such/file.db"), std::string::npos);
    EXPECT_EQ(rebolt_open(nullptr, 0, &db), REBOLT_INVALID);
    rebolt_close(nullptr);
}

TEST(CInterface, CheckTellsWhatIsDamagedAndWhere) {
    EXPECT_EQ(rebolt_check(sound.c_str(), 0, nullptr, nullptr), REBOLT_OK);
    std::vector<std::string> found;
    const auto visit = [](void* context, const rebolt_finding* finding) {
        static_cast<std::vector<std::string>*>(context)->push_back(std::string(finding->severity) +
                                                                   " " + finding->code + " " +
                                                                   std::to_string(finding->page));
        return 0;
    };
    EXPECT_EQ(rebolt_check(damaged.c_str(), 0, visit, &found), REBOLT_DAMAGED);
    EXPECT_EQ(found, std::vector<std::string>{"fatal page-cycle 2"});
    EXPECT_NE(std::string(rebolt_message())
                  .find("damaged: the newest transaction 99 is damaged, and so is transaction 98"),
              std::string::npos);
    EXPECT_EQ(rebolt_check(REBOLT_SOURCE_DIR "/README.md", 0, nullptr, nullptr), REBOLT_INVALID);
}

// As a program holds its file.
class CInterfaceBesideAWriter : public ::testing::Test {
protected:
    CInterfaceBesideAWriter() {
        std::filesystem::copy_file(sound, path_);
        descriptor_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
        EXPECT_EQ(::flock(descriptor_, LOCK_EX), 0);
    }
    ~CInterfaceBesideAWriter() override { ::close(descriptor_); }
    CInterfaceBesideAWriter(const CInterfaceBesideAWriter&) = delete;
    CInterfaceBesideAWriter& operator=(const CInterfaceBesideAWriter&) = delete;

    const test::TemporaryFolder folder_;
    const std::string path_ = folder_.path("held.db");
    int descriptor_ = -1;
};

TEST_F(CInterfaceBesideAWriter, ReadsWithoutItsLock) {
    rebolt_db* db = nullptr;
    EXPECT_EQ(rebolt_open(path_.c_str(), 0, &db), REBOLT_LOCKED);
    ASSERT_EQ(rebolt_open_live(path_.c_str(), 1000, &db), REBOLT_OK) << rebolt_message();
    std::vector<std::string> found;
    EXPECT_EQ(rebolt_walk(db, nullptr, 0, collect, &found), REBOLT_OK);
    EXPECT_EQ(found.size(), 1U);
    rebolt_close(db);
    EXPECT_EQ(rebolt_open_live("/no/such/file.db", 0, &db), REBOLT_NOT_FOUND);
    EXPECT_EQ(rebolt_open_live(nullptr, 0, &db), REBOLT_INVALID);
}

TEST_F(CInterfaceBesideAWriter, ChecksWithoutItsLock) {
    EXPECT_EQ(rebolt_check(path_.c_str(), 0, nullptr, nullptr), REBOLT_LOCKED);
    EXPECT_EQ(rebolt_check_live(path_.c_str(), 1000, nullptr, nullptr), REBOLT_OK)
        << rebolt_message();
    EXPECT_EQ(rebolt_check_live(damaged.c_str(), -1, nullptr, nullptr), REBOLT_DAMAGED);
    EXPECT_EQ(rebolt_check_live(nullptr, 0, nullptr, nullptr), REBOLT_INVALID);
}

TEST(CInterface, RecoverMakesANewFileThatIsClean) {
    const test::TemporaryFolder folder;
    const std::string to = folder.path("new.db");
    rebolt_recovered recovered{};
    EXPECT_EQ(rebolt_recover(damaged.c_str(), to.c_str(), 0, &recovered), REBOLT_OK)
        << rebolt_message();
    EXPECT_EQ(recovered.keys, 56U);
    EXPECT_EQ(recovered.current, 56U);
    EXPECT_EQ(recovered.lost_estimate, 0U);
    EXPECT_EQ(rebolt_check(to.c_str(), 0, nullptr, nullptr), REBOLT_OK);
    EXPECT_EQ(rebolt_recover(damaged.c_str(), "/no/such/folder/new.db", 0, nullptr),
              REBOLT_NOT_FOUND);
}

TEST(CInterface, TheLibraryIsOfTheHeader) {
    EXPECT_EQ(rebolt_c_version(), REBOLT_C_VERSION);
    EXPECT_STRNE(rebolt_release(), "");
}

} // namespace
} // namespace rebolt::c
