#include <rebolt/fsck.hpp>

#include <filesystem>
#include <fstream>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/check.hpp>
#include <rebolt/db.hpp>
#include <rebolt/undo.hpp>

#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Path = std::vector<std::string>;

// A copy of an owner's file, changed with the engine.
class Subject {
public:
    explicit Subject(const std::string& name) : name_(name) {
        std::filesystem::copy_file(REBOLT_TEST_DATA "/owners/" + name, path());
    }
    [[nodiscard]] std::string path() const { return folder_.path(name_); }
    [[nodiscard]] std::string beside(const std::string& name) const { return folder_.path(name); }

    [[nodiscard]] IndexReport compare() const {
        const auto source = PageSource::open(path());
        auto report = fsck(*source);
        EXPECT_TRUE(report) << report.error().to_text();
        return report ? std::move(*report) : IndexReport{};
    }
    /// Codes of findings that are damage, in their order.
    [[nodiscard]] std::vector<std::string> damage() const {
        std::vector<std::string> codes;
        for (const IndexFinding& finding : compare().findings)
            if (finding.is_damage)
                codes.emplace_back(finding.code);
        return codes;
    }
    void change(const Path& at, const std::function<Result<void>(Bucket&)>& work) const {
        const auto db = DB::open(path());
        ASSERT_TRUE(db);
        const auto done = db->update([&](Tx& tx) -> Result<void> {
            auto bucket = tx.bucket(at[0]);
            for (std::size_t i = 1; bucket && i < at.size(); ++i)
                bucket = bucket->bucket(at[i]);
            EXPECT_TRUE(bucket) << at[0];
            return bucket ? work(*bucket) : Result<void>{};
        });
        EXPECT_TRUE(done) << done.error().to_text();
    }
    void erase(const Path& at, const std::string& key) const {
        change(at, [&](Bucket& bucket) { return bucket.erase(key); });
    }
    void put(const Path& at, const std::string& key, const std::string& value) const {
        change(at, [&](Bucket& bucket) { return bucket.put(key, value); });
    }
    [[nodiscard]] std::string first_key(const Path& at) const {
        std::string key;
        change(at, [&](Bucket& bucket) -> Result<void> {
            const auto entry = bucket.cursor().first();
            key = std::string((*entry)->key);
            return {};
        });
        return key;
    }
    // Mends it, compares again, and takes it back.
    void expect_mended() const {
        const std::string before = test::bytes_of(path());
        const IndexReport report = compare();
        {
            const auto source = PageSource::open(path());
            const auto plan = plan_fsck(*source, report);
            ASSERT_TRUE(plan) << plan.error().to_text();
            apply_ = *plan;
        }
        ASSERT_TRUE(apply_in_place(path(), apply_));
        EXPECT_EQ(damage().size(), report.left_count);
        {
            const auto source = PageSource::open(path());
            EXPECT_EQ(check(*source)->verdict, Verdict::clean);
        }
        EXPECT_TRUE(undo(path()));
        EXPECT_TRUE(test::bytes_of(path()) == before) << "undo brought back another file";
    }

private:
    test::TemporaryFolder folder_;
    std::string name_;
    mutable EditPlan apply_;
};

TEST(Fsck, FindsNothingInSoundFiles) {
    for (const char* name : {"podman.db", "influxdb.db", "portainer.db", "raft.db"}) {
        SCOPED_TRACE(name);
        EXPECT_THAT(Subject(name).compare().findings, IsEmpty());
        EXPECT_GT(Subject(name).compare().records, 10U);
    }
}

TEST(Fsck, MendsWhatPodmansRegistriesLack) {
    const Subject subject("podman.db");
    const std::string id = subject.first_key({"all-ctrs"});
    subject.erase({"all-ctrs"}, id);
    EXPECT_THAT(subject.damage(), ElementsAre("record-not-listed"));
    subject.erase({"id-registry"}, id);
    EXPECT_THAT(subject.damage(), ElementsAre("record-not-listed", "record-without-id"));
    subject.expect_mended();
}

TEST(Fsck, MendsWhatPodmansRegistriesHaveTooMuch) {
    const Subject subject("podman.db");
    const std::string gone(64, '7');
    subject.put({"all-ctrs"}, gone, "ghost");
    subject.put({"name-registry"}, "ghost", gone);
    subject.put({"allVolumes"}, "old", "old");
    EXPECT_THAT(subject.damage(), ElementsAre("listed-without-record", "name-without-record",
                                              "listed-without-record"));
    EXPECT_EQ(subject.compare().findings[0].consequence,
              "podman says: container " + gone + " not found in DB: no such container");
    subject.expect_mended();
}

TEST(Fsck, MendsInfluxdbsIndexesBothWays) {
    const Subject subject("influxdb.db");
    subject.erase({"bucketindexv1"}, subject.first_key({"bucketindexv1"}));
    subject.put({"userindexv1"}, "ghost", "0a1b2c3d4e5f6071");
    EXPECT_THAT(subject.damage(), ElementsAre("index-without-record", "record-without-index"));
    subject.expect_mended();
}

TEST(Fsck, MendsPortainersSequences) {
    const Subject subject("portainer.db");
    subject.change({"users"}, [](Bucket& bucket) { return bucket.set_sequence(0); });
    EXPECT_THAT(subject.damage(), ElementsAre("sequence-behind"));
    subject.expect_mended();
}

TEST(Fsck, TellsWhatARaftLogLacksAndMendsNothing) {
    const Subject subject("raft.db");
    std::string third;
    subject.change({"logs"}, [&](Bucket& bucket) -> Result<void> {
        Cursor cursor = bucket.cursor();
        (void)cursor.first();
        (void)cursor.next();
        third = std::string((*cursor.next())->key);
        return {};
    });
    subject.erase({"logs"}, third);
    subject.put({"conf"}, "CurrentTerm", std::string(8, '\0'));
    EXPECT_THAT(subject.damage(), ElementsAre("log-gap", "term-behind"));
    EXPECT_THAT(subject.compare().changes, IsEmpty());
    const auto source = PageSource::open(subject.path());
    EXPECT_EQ(plan_fsck(*source, subject.compare()).error().code(), ErrorCode::invalid_argument);
}

TEST(Fsck, LooksForBlevesFiles) {
    const Subject subject("bleve.db");
    const std::size_t missing = subject.damage().size();
    EXPECT_GT(missing, 0U);
    for (int number = 1; number < 16; ++number) {
        std::string name = "00000000000" + std::string(1, "0123456789abcdef"[number]) + ".zap";
        std::ofstream(subject.beside(name)) << "x";
    }
    EXPECT_THAT(subject.damage(), IsEmpty());
    EXPECT_GT(subject.compare().findings.size(), 0U) << "files that no snapshot names";
}

TEST(Fsck, ComparesNoDamagedFileAndNoUnknownOne) {
    const Subject subject("podman.db");
    std::string bytes = test::bytes_of(subject.path());
    bytes.replace(4096UL * 4, 4096, std::string(4096, '\0'));
    bytes.replace(4096UL * 5, 4096, std::string(4096, '\0'));
    bytes.replace(4096UL * 6, 4096, std::string(4096, '\0'));
    std::ofstream(subject.path(), std::ios::binary) << bytes;
    const auto source = PageSource::open(subject.path());
    const auto damaged = fsck(*source);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code(), ErrorCode::damaged) << damaged.error().to_text();
    const auto cache = PageSource::open(REBOLT_TEST_DATA "/owners/trivy.db");
    EXPECT_EQ(fsck(*cache).error().code(), ErrorCode::invalid_argument);
}

} // namespace
} // namespace rebolt
