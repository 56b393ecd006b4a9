#include <rebolt/etcd/member.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include <rebolt/etcd/history.hpp>

#include "etcd/log_proof.hpp"
#include "etcd/replay.hpp"
#include "etcd/test_member.hpp"

namespace rebolt::etcd {
namespace {

using test_member::Copy;
using test_member::recorded;
using test_member::Recorded;

TEST(EtcdMember, ItsHashIsTheOneThatEtcdAnswers) {
    for (const Recorded& one : recorded) {
        const MemberFiles member = Copy(one.name).read();
        ASSERT_NE(member.newest(), nullptr);
        EXPECT_TRUE(member.newest()->is_whole()) << one.name;
        for (const auto& [revision, expected] : one.older) {
            const auto hash = hash_kv(*member.newest(), revision);
            ASSERT_TRUE(hash);
            EXPECT_EQ(hash->hash, expected) << one.name << " at " << revision;
            EXPECT_EQ(hash->compacted, one.compacted);
        }
    }
}

TEST(EtcdMember, ThereIsNoHashOfWhatIsCompactedOrNotReached) {
    const MemberFiles member = Copy("member-3.4.23").read();
    const DatabaseState& state = *member.newest();
    EXPECT_FALSE(hash_kv(state, state.revision() + 1));
    EXPECT_FALSE(hash_kv(state, state.compacted() - 1));
    EXPECT_TRUE(hash_kv(state, state.compacted()));
}

TEST(EtcdMember, EtcdAppliesTheRestOfTheLogToEachState) {
    for (const Recorded& one : recorded) {
        const MemberFiles member = Copy(one.name).read();
        for (const DatabaseState& state : member.states) {
            Replay replay = begin_replay({&state, *state.consistent_index(), {}});
            replay_to(replay, member.wal->entries(), member.wal->entries().last_index());
            EXPECT_EQ(hash_after(&state, replay).hash, one.hash);
            EXPECT_EQ(replay.keyspace.revision(), one.revision);
        }
    }
}

TEST(EtcdMember, TheLogAloneMakesTheSameRecords) {
    for (const Recorded& one : recorded) {
        const MemberFiles member = Copy(one.name).read();
        Replay replay = begin_replay({});
        replay_to(replay, member.wal->entries(), member.wal->entries().last_index());
        EXPECT_TRUE(replay.is_modelled);
        const KeyspaceHash hash = hash_after(nullptr, replay);
        EXPECT_EQ(hash.hash, one.hash) << one.name;
        EXPECT_EQ(hash.revision, one.revision);
        EXPECT_EQ(hash.compacted, one.compacted);
    }
}

TEST(EtcdMember, EachStateFollowsFromTheLog) {
    for (const Recorded& one : recorded) {
        const MemberFiles member = Copy(one.name).read();
        for (const DatabaseState& state : member.states) {
            const LogProof proof =
                prove_by_log(state, member.wal->entries(), *state.consistent_index());
            EXPECT_TRUE(proof.agrees()) << proof.contradiction;
            EXPECT_EQ(proof.compared, state.records.size());
        }
    }
}

TEST(EtcdMember, StartsOnASoundMember) {
    const MemberFiles member = Copy("member-3.4.23").read();
    const StartPrediction start = predict_start(member, Release::v3_4);
    EXPECT_TRUE(start.starts) << start.message;
    ASSERT_TRUE(start.snapshot);
    EXPECT_EQ(start.snapshot->index, 244U);
    EXPECT_TRUE(start.remarks.empty());
}

// The messages are those that etcd 3.4.23 and 3.5.16 printed.
TEST(EtcdMember, SaysWhereEtcdStops) {
    const Copy copy("member-3.4.23");
    std::filesystem::remove(copy.db());
    const StartPrediction without_db = predict_start(copy.read(), Release::v3_4);
    EXPECT_FALSE(without_db.starts);
    EXPECT_EQ(without_db.message, "failed to recover v3 backend from snapshot: failed to find "
                                  "database snapshot file (snap: snapshot file doesn't exist)");
    for (const SnapFile& snap : copy.read().snaps)
        std::filesystem::remove(copy.folder() + "/snap/" + snap.name);
    const StartPrediction rebuilt = predict_start(copy.read(), Release::v3_4);
    EXPECT_TRUE(rebuilt.starts) << rebuilt.message;
    EXPECT_EQ(rebuilt.replay_first, 1U);
    EXPECT_FALSE(predict_start(Copy("member-3.5.16").read(), Release::v3_4).starts);
}

TEST(EtcdMember, ADamagedSnapshotIsPassedOver) {
    const Copy copy("member-3.4.23");
    const std::string newest = copy.read().snaps.front().name;
    Copy::change(copy.folder() + "/snap/" + newest, [](std::string& bytes) { bytes[100] ^= 1; });
    const MemberFiles member = copy.read();
    EXPECT_EQ(member.snaps.front().error, "snap: crc mismatch");
    const StartPrediction start = predict_start(member, Release::v3_4);
    EXPECT_TRUE(start.starts);
    EXPECT_EQ(start.snapshot->index, 183U);
}

TEST(EtcdMember, NoPrefixAndNoFlippedByteOfASnapshotIsTakenForWhole) {
    const Copy copy("member-3.4.23");
    const std::string path = copy.folder() + "/snap/" + copy.read().snaps.front().name;
    const std::string whole = test::bytes_of(path);
    ASSERT_EQ(read_snap(path)->mark.index, 244U);
    for (std::size_t at = 0; at < whole.size(); at += 37) {
        Copy::change(path, [&](std::string& bytes) { bytes = whole.substr(0, at); });
        EXPECT_NE(read_snap(path)->error, "") << "cut at " << at;
        Copy::change(path, [&](std::string& bytes) {
            bytes = whole;
            bytes[at] = static_cast<char>(~bytes[at]);
        });
        EXPECT_NE(read_snap(path)->error, "") << "byte " << at;
    }
}

TEST(EtcdHistory, KeepsWhatIsCompactedOnOldPages) {
    const Copy copy("member-3.4.23");
    const MemberFiles member = copy.read();
    const DatabaseState& state = *member.newest();
    // The log knows every record that ever was.
    Replay replay = begin_replay({});
    replay_to(replay, member.wal->entries(), *state.consistent_index());
    std::map<Revision, std::string> truth;
    std::set<std::string> keys;
    for (const NewRecord& record : replay.made) {
        truth[record.revision] = record.stored_value();
        keys.emplace(record.value.key);
    }
    std::size_t compacted = 0;
    for (const std::string& key : keys)
        for (const Change& change : history_of(*member.source, state, key, true)) {
            EXPECT_EQ(encoded(change.value), truth[change.revision]);
            compacted += change.certainty != Certainty::current ? 1 : 0;
        }
    EXPECT_GT(compacted, 0U);
    const auto there = keys_at(state);
    ASSERT_TRUE(there);
    EXPECT_EQ(there->size(), replay.keyspace.key_count());
    for (const auto& [key, change] : lost_keys(*member.source, state))
        EXPECT_FALSE(there->contains(key));
}

} // namespace
} // namespace rebolt::etcd
