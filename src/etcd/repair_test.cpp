#include <rebolt/etcd/repair.hpp>

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "etcd/crc32c.hpp"
#include "etcd/raft_messages.hpp"
#include "etcd/replay.hpp"
#include "etcd/test_member.hpp"

namespace rebolt::etcd {
namespace {

namespace fs = std::filesystem;
using test_member::Copy;
using test_member::recorded;
using test_member::Recorded;

// All files with their bytes.
std::map<std::string, std::string> files_of(const std::string& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            files[entry.path().string()] = test::bytes_of(entry.path().string());
    return files;
}

RepairPlan plan_of(const Copy& copy, const Recorded& one) {
    return plan_repair(copy.read(), {.donors = {}, .release = one.release});
}

// What etcd would hold after its start, by our model of it.
KeyspaceHash after_start(const Copy& copy, const Recorded& one) {
    const MemberFiles member = copy.read();
    const StartPrediction start = predict_start(member, one.release);
    EXPECT_TRUE(start.starts) << start.message;
    EXPECT_TRUE(start.remarks.empty() || !member.source);
    Replay replay = begin_replay(
        {member.newest(), member.newest() ? *member.newest()->consistent_index() : 0, {}});
    replay_to(replay, member.wal->entries(), member.wal->entries().last_index());
    return hash_after(member.newest(), replay);
}

// Repairs, compares with what a real etcd had answered, and takes it back.
RepairWay repaired(const Copy& copy, const Recorded& one) {
    const auto before = files_of(copy.folder());
    const MemberFiles member = copy.read();
    const RepairPlan plan = plan_repair(member, {.donors = {}, .release = one.release});
    EXPECT_EQ(files_of(copy.folder()), before) << "a plan changes nothing";
    EXPECT_TRUE(plan.is_possible()) << fmt::format("{}", fmt::join(plan.refused, "\n"));
    if (!plan.is_possible())
        return plan.way;
    EXPECT_TRUE(plan.expected);
    EXPECT_EQ(plan.expected->hash, one.hash);
    const auto done = apply_repair(member, plan);
    EXPECT_TRUE(done) << done.error().to_text();
    EXPECT_EQ(after_start(copy, one).hash, one.hash);
    EXPECT_EQ(after_start(copy, one).revision, one.revision);
    const auto undone = undo_repair(copy.folder());
    EXPECT_TRUE(undone) << undone.error().to_text();
    const auto after = files_of(copy.folder());
    for (const auto& [path, bytes] : before)
        EXPECT_TRUE(after.contains(path) && after.at(path) == bytes) << path;
    return plan.way;
}

TEST(EtcdRepair, ASoundMemberIsLeftAlone) {
    for (const Recorded& one : recorded)
        EXPECT_EQ(plan_of(Copy(one.name), one).way, RepairWay::not_needed);
}

TEST(EtcdRepair, ADamagedRootGoesBackToTheTransactionBefore) {
    for (const Recorded& one : recorded) {
        const Copy copy(one.name);
        Copy::change(copy.db(), [&](std::string& bytes) {
            bytes[copy.survey().meta * 4096 + 16 + 56] ^= 1; // the checksum
        });
        EXPECT_EQ(repaired(copy, one), RepairWay::older_state);
    }
}

TEST(EtcdRepair, EachLeafThatIsLostComesBackFromTheLog) {
    for (const Recorded& one : recorded) {
        const std::vector<std::uint64_t> leaves = Copy(one.name).survey().leaves;
        for (std::size_t i = 0; i < leaves.size(); i += 5) {
            const Copy copy(one.name);
            copy.zero_pages({leaves[i]});
            const RepairWay way = repaired(copy, one);
            EXPECT_TRUE(way == RepairWay::rebuild || way == RepairWay::older_state);
        }
    }
}

TEST(EtcdRepair, ADatabaseThatIsGoneComesBackFromTheLog) {
    const Recorded& one = recorded[1];
    const Copy copy(one.name);
    fs::remove(copy.db());
    EXPECT_EQ(repaired(copy, one), RepairWay::rebuild);
}

TEST(EtcdRepair, ElementsThatALeafLostSilentlyAreMissed) {
    const Recorded& one = recorded[0];
    const Copy copy(one.name);
    const std::uint64_t leaf = copy.leaf_of_revision(110);
    Copy::change(copy.db(), [&](std::string& bytes) { bytes[leaf * 4096 + 10] = 1; });
    EXPECT_EQ(repaired(copy, one), RepairWay::rebuild);
}

// A log that does not go back to entry 1, written as etcd writes it.
class ShortLog {
public:
    ShortLog(const Copy& copy, std::uint64_t first) {
        const MemberFiles member = copy.read();
        std::string metadata;
        put_varint_field(metadata, 1, member.wal->identity()->node);
        put_varint_field(metadata, 2, member.wal->identity()->cluster);
        add(WalRecord::crc_type, "", false);
        add(WalRecord::metadata, metadata);
        add_state(first - 1, member.wal->state().term);
        for (std::uint64_t index = first; index <= member.wal->entries().last_index(); ++index) {
            add_entry(*member.wal->entries().at(index));
            for (const SnapshotMark& mark : member.wal->snapshots())
                if (mark.index + 1 == index || (mark.index < first && index == first))
                    add_mark(mark);
        }
        add_state(member.wal->state().commit, member.wal->state().term);
        fs::remove(copy.wal());
        std::ofstream(fmt::format("{}/wal/{:016x}-{:016x}.wal", copy.folder(), 1, first),
                      std::ios::binary)
            << bytes_;
    }

private:
    static void put_number(std::string& message, int field, std::uint64_t value) {
        message += static_cast<char>(field << 3);
        for (; value >= 0x80; value >>= 7U)
            message += static_cast<char>((value & 0x7FU) | 0x80U);
        message += static_cast<char>(value);
    }
    void add(std::int64_t type, std::string_view data, bool has_data = true) {
        sum_ = crc32c(sum_, data);
        std::string record;
        put_number(record, 1, static_cast<std::uint64_t>(type));
        put_number(record, 2, sum_);
        if (has_data)
            put_bytes_field(record, 3, data);
        const std::uint64_t pad = (8 - record.size() % 8) % 8;
        const std::uint64_t length = record.size() | (pad == 0 ? 0 : (0x80 | pad) << 56U);
        bytes_.append(as_text(std::as_bytes(std::span(&length, 1))));
        bytes_ += record + std::string(pad, '\0');
    }
    void add_state(std::uint64_t commit, std::uint64_t term) {
        std::string state;
        put_number(state, 1, term);
        put_number(state, 2, 0);
        put_number(state, 3, commit);
        add(WalRecord::state, state);
    }
    void add_mark(const SnapshotMark& mark) {
        std::string snapshot;
        put_number(snapshot, 1, mark.index);
        put_number(snapshot, 2, mark.term);
        add(WalRecord::snapshot, snapshot);
    }
    void add_entry(const LogEntry& entry) {
        std::string message;
        put_number(message, 1, static_cast<std::uint64_t>(entry.type));
        put_number(message, 2, entry.term);
        put_number(message, 3, entry.index);
        put_bytes_field(message, 4, entry.data);
        add(WalRecord::entry, message);
    }

    std::string bytes_;
    std::uint32_t sum_ = 0x1234;
};

TEST(EtcdRepair, WithAShortLogLostRecordsAreMadeAnew) {
    for (const Recorded& one : recorded) {
        const Copy copy(one.name);
        const ShortLog log(copy, 90);
        ASSERT_EQ(plan_of(copy, one).way, RepairWay::not_needed)
            << fmt::format("{}", fmt::join(plan_of(copy, one).refused, "\n"));
        // One that both transactions use.
        copy.zero_pages({copy.leaf_of_revision(one.compacted + 30)});
        EXPECT_EQ(repaired(copy, one), RepairWay::remade_records);
    }
}

TEST(EtcdRepair, RecordsOlderThanTheLogComeFromOldPagesOrAreNamed) {
    const Recorded& one = recorded[0];
    const std::vector<std::uint64_t> leaves = Copy(one.name).survey().leaves;
    std::size_t remade = 0;
    for (const std::uint64_t leaf : leaves) {
        const Copy copy(one.name);
        const ShortLog log(copy, 220);
        copy.zero_pages({leaf});
        const RepairPlan plan = plan_of(copy, one);
        if (plan.is_possible()) {
            remade += repaired(copy, one) == RepairWay::remade_records ? 1 : 0;
            continue;
        }
        EXPECT_FALSE(plan.refused.empty());
        EXPECT_FALSE(plan.advice.empty());
        EXPECT_FALSE(apply_repair(copy.read(), plan));
    }
    EXPECT_GT(remade, 0U);
}

TEST(EtcdRepair, AnotherMembersDatabaseStandsIn) {
    const Recorded& one = recorded[0];
    const Copy copy(one.name);
    const Copy healthy(one.name);
    const ShortLog log(copy, 220);
    Copy::change(copy.db(), [](std::string& bytes) { std::ranges::fill(bytes, '\0'); });
    const MemberFiles member = copy.read();
    EXPECT_EQ(plan_repair(member, {.donors = {}, .release = one.release}).way,
              RepairWay::impossible);
    const RepairPlan plan = plan_repair(member, {.donors = {healthy.db()}, .release = one.release});
    ASSERT_EQ(plan.way, RepairWay::donor) << fmt::format("{}", fmt::join(plan.refused, "\n"));
    ASSERT_TRUE(apply_repair(member, plan));
    EXPECT_EQ(after_start(copy, one).hash, one.hash);
}

TEST(EtcdRepair, AnotherMembersPagesFillHoles) {
    const Recorded& one = recorded[0];
    const Copy copy(one.name);
    const Copy healthy(one.name);
    const ShortLog log(copy, 220);
    copy.zero_pages({copy.leaf_of_revision(1)});
    const MemberFiles member = copy.read();
    const RepairPlan plan = plan_repair(member, {.donors = {healthy.db()}, .release = one.release});
    ASSERT_EQ(plan.way, RepairWay::remade_records)
        << fmt::format("{}", fmt::join(plan.refused, "\n"));
    ASSERT_TRUE(apply_repair(member, plan));
    EXPECT_EQ(after_start(copy, one).hash, one.hash);
}

TEST(EtcdRepair, ADonorOfAnotherClusterIsRefused) {
    const Recorded& one = recorded[0];
    const Copy copy(one.name);
    const Copy other(recorded[1].name);
    const ShortLog log(copy, 150);
    copy.zero_pages(copy.survey().leaves);
    const RepairPlan plan =
        plan_repair(copy.read(), {.donors = {other.db()}, .release = one.release});
    EXPECT_EQ(plan.way, RepairWay::impossible);
}

TEST(EtcdRepair, AnEndOfTheLogThatEtcdStopsAtIsCut) {
    const Recorded& one = recorded[0];
    const Copy copy(one.name);
    const std::uint64_t end = copy.read().wal->files().front().end_offset;
    // A record inside one sector, of which only the beginning was written.
    Copy::change(copy.wal(), [&](std::string& bytes) {
        const std::uint64_t length = 96;
        bytes.replace(end, 8, as_text(std::as_bytes(std::span(&length, 1))));
        bytes.replace(end + 8, 6, "\x08\x02\x10\x81\x82\x03");
        bytes.resize(std::max<std::size_t>(bytes.size(), end + 4096));
    });
    ASSERT_FALSE(predict_start(copy.read(), one.release).starts);
    EXPECT_EQ(repaired(copy, one), RepairWay::mend_log);
}

TEST(EtcdRepair, ADatabaseThatIsAheadOfItsLogIsNotStartedOn) {
    const Recorded& one = recorded[0];
    const Copy copy(one.name);
    Copy::change(copy.wal(), [&](std::string& bytes) {
        const std::size_t half = copy.read().wal->files().front().end_offset / 2;
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(half), bytes.end(), '\0');
    });
    const RepairPlan plan = plan_of(copy, one);
    EXPECT_EQ(plan.way, RepairWay::impossible);
    EXPECT_FALSE(plan.faults.empty());
    // It is the only member: there is none to be added again beside it.
    for (const std::string& advice : plan.advice) {
        EXPECT_EQ(advice.find("member remove"), std::string::npos) << advice;
    }
}

// One of three that has forgotten what it confirmed must not vote under its old id.
TEST(EtcdRepair, AFollowerThatIsAheadOfItsLogIsRemovedAndAddedAgain) {
    const Recorded& one = recorded[0];
    const Copy copy(one.name);
    Copy::change(copy.wal(), [&](std::string& bytes) {
        const std::size_t half = copy.read().wal->files().front().end_offset / 2;
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(half), bytes.end(), '\0');
    });
    MemberFiles member = copy.read();
    for (SnapFile& snap : member.snaps) {
        snap.mark.conf.voters = {1, 2, 3};
    }
    const RepairPlan plan = plan_repair(member, {.donors = {}, .release = one.release});
    EXPECT_EQ(plan.way, RepairWay::impossible);
    ASSERT_FALSE(plan.advice.empty());
    EXPECT_NE(plan.advice.front().find("etcdctl member remove 2bc21162cab8eb93"), std::string::npos)
        << plan.advice.front();
}

} // namespace
} // namespace rebolt::etcd
