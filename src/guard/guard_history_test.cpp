#include <rebolt/guard_history.hpp>

#include <gmock/gmock.h>

#include <rebolt/db.hpp>

#include "guard/test_folder.hpp"

namespace rebolt::guard {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class History : public GuardFolder {
protected:
    [[nodiscard]] std::vector<GuardedState> states() const {
        auto states = guarded_states(options_.state_folder);
        EXPECT_TRUE(states);
        return *std::move(states);
    }
};

TEST_F(History, ForgetsNoRecoveryWhenTheNextStartIsClean) {
    put(real_file("docker-20.10-running.db"));
    (void)run();
    put(damaged_file("docker-zero-leaf.db"));
    const GuardReport recovered = run();
    ASSERT_EQ(recovered.outcome, GuardOutcome::recovered);
    ASSERT_EQ(run().outcome, GuardOutcome::clean);
    ASSERT_EQ(run().outcome, GuardOutcome::clean);
    const GuardedState state = states().at(0);
    EXPECT_EQ(state.last_outcome, "clean");
    ASSERT_THAT(state.events, SizeIs(1));
    const GuardEvent& event = state.events.front();
    EXPECT_EQ(event.outcome, GuardOutcome::recovered);
    EXPECT_EQ(event.damage, recovered.damage);
    EXPECT_EQ(event.quarantine, recovered.quarantine);
    EXPECT_EQ(event.keys_recovered, 56U);
    EXPECT_EQ(event.keys_lost, recovered.recovery->lost_estimate);
    EXPECT_EQ(state.last_recovery(), &event);
    EXPECT_THAT(state.set_aside, testing::ElementsAre(recovered.quarantine));
    EXPECT_THAT(state.snapshots, SizeIs(2));
}

TEST_F(History, KeepsRefusalsAndIsInOrder) {
    put(damaged_file("docker-cycle-next.db"));
    GuardedFile refusing{.path = file(), .policy = GuardPolicy::refuse};
    EXPECT_EQ(run(refusing).outcome, GuardOutcome::refused);
    EXPECT_EQ(run().outcome, GuardOutcome::recovered);
    const GuardedState state = states().at(0);
    ASSERT_THAT(state.events, SizeIs(2));
    EXPECT_EQ(state.events[0].outcome, GuardOutcome::refused);
    EXPECT_EQ(state.events[0].keys_recovered, std::nullopt);
    EXPECT_EQ(state.events[1].outcome, GuardOutcome::recovered);
}

TEST_F(History, IsEmptyWithoutRecords) {
    EXPECT_THAT(states(), IsEmpty());
    put(real_file("docker-20.10-running.db"));
    (void)run();
    EXPECT_THAT(states().at(0).events, IsEmpty());
    EXPECT_EQ(states().at(0).last_recovery(), nullptr);
}

TEST_F(History, GoesThroughJsonUnchanged) {
    put(damaged_file("docker-zero-leaf.db"));
    (void)run();
    const HostStatus status{.host = "one", .files = states()};
    const auto read = host_status(to_json(status));
    ASSERT_TRUE(read) << read.error().to_text();
    EXPECT_EQ(to_json(*read), to_json(status));
    EXPECT_THAT(to_json(status), HasSubstr(R"("shape":"rebolt.guard-status/1","host":"one")"));
    for (const char* wrong : {"", "{", "[]", R"({"shape":"rebolt.check/1"})",
                              R"({"shape":"rebolt.guard-status/1","files":[1]})"})
        EXPECT_EQ(host_status(wrong).error().code(), ErrorCode::invalid_argument) << wrong;
}

// A database with far more room than it needs.
class Compacting : public GuardFolder {
protected:
    Compacting() {
        const auto db = DB::open(file());
        EXPECT_TRUE(db->update([](Tx& tx) -> Result<void> {
            auto bucket = tx.create_bucket("b");
            for (int key = 0; key < 500; ++key)
                if (auto put = bucket->put(std::to_string(key), std::string(5000, 'x')); !put)
                    return put;
            return {};
        }));
        EXPECT_TRUE(db->update([](Tx& tx) -> Result<void> {
            for (int key = 10; key < 500; ++key)
                if (auto erased = tx.bucket("b")->erase(std::to_string(key)); !erased)
                    return erased;
            return {};
        }));
    }
};

TEST_F(Compacting, IsDoneAboveTheShareThatIsConfigured) {
    const std::uint64_t before = std::filesystem::file_size(file());
    options_.compact_above = 0.99;
    EXPECT_THAT(run().line, testing::Not(HasSubstr("compact")));
    EXPECT_EQ(std::filesystem::file_size(file()), before);
    options_.compact_above = 0.5;
    const GuardReport report = run();
    EXPECT_EQ(report.outcome, GuardOutcome::clean);
    EXPECT_THAT(report.line, HasSubstr("; compacted from "));
    EXPECT_LT(std::filesystem::file_size(file()), before / 4);
    EXPECT_EQ(verdict_of(file()), Verdict::clean);
    const auto db = DB::open(file(), {.read_only = true});
    const auto tx = db->begin();
    EXPECT_EQ(tx->bucket("b")->stats()->key_count, 10U);
    EXPECT_EQ(run().broken_seal, "");
    EXPECT_THAT(names(), testing::ElementsAre("local-kv.db"));
}

TEST_F(Compacting, IsNotDoneWithoutASnapshot) {
    options_.compact_above = 0.5;
    options_.snapshots_kept = 0;
    EXPECT_THAT(run().line, testing::Not(HasSubstr("compacted")));
    options_.snapshots_kept = 3;
    options_.snapshot_bytes_max = 1;
    EXPECT_THAT(run().line, testing::Not(HasSubstr("compacted")));
}

} // namespace
} // namespace rebolt::guard
