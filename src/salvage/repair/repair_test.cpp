#include <rebolt/repair.hpp>

#include <map>
#include <string>

#include <gtest/gtest.h>

#include <rebolt/schema.hpp>

#include "salvage/test_files.hpp"
#include "support/patched_file.hpp"
#include "support/sample_files.hpp"
#include "support/tree_damage.hpp"

namespace rebolt {
namespace {

using test::damaged_data;
using test::real_data;
using test::WorkFile;

// Runs it to its end; every plan that it offers makes the file clean, keeps
// what it does not name, and can be taken back.
RepairReport repaired(const WorkFile& file) {
    RepairReport report;
    {
        const PageSource source = file.open();
        Repair repair = Repair::begin(source);
        const auto done = repair.run();
        EXPECT_TRUE(done) << done.error().to_text();
        report = repair.report();
    }
    EXPECT_TRUE(file.is_original());
    EXPECT_EQ(report.is_repairable(), report.kind != RepairKind::none);
    if (!report.is_repairable()) {
        EXPECT_EQ(report.is_clean(), report.why_not.empty());
        return report;
    }
    EXPECT_TRUE(apply_in_place(file.path(), report.plan));
    EXPECT_EQ(file.verdict(), Verdict::clean);
    EXPECT_TRUE(undo(file.path()));
    EXPECT_TRUE(file.is_original());
    return report;
}

RepairReport repaired(const std::string& name) {
    return repaired(WorkFile(damaged_data(name)));
}

std::uint64_t keys(const RepairReport& report) {
    return EditEffect::keys(*report.after);
}

// The freelist is one commit old: the tree is whole, and nothing is given up.
TEST(Repair, AnOldFreelistIsRebuiltFromTheTree) {
    const WorkFile file(REBOLT_TEST_DATA "/field/flat-stale-freelist.db");
    const RepairReport report = repaired(file);
    EXPECT_EQ(report.kind, RepairKind::rebuild_freelist);
    EXPECT_EQ(keys(report), 310U);
    EXPECT_EQ(EditEffect::buckets(*report.after), 1U);
}

// A root or a branch is old: a new freelist would give its newer pages away.
TEST(Repair, ALostWriteIsNoReasonToRebuildTheFreelist) {
    for (const char* name : {"flat-lost-branch-write", "flat-lost-root-write",
                             "docker-root-is-stale-leaf", "nested-1024-meta-without-data"}) {
        SCOPED_TRACE(name);
        const WorkFile file(std::string(REBOLT_TEST_DATA "/field/") + name + ".db");
        EXPECT_EQ(repaired(file).kind, RepairKind::revert);
    }
}

TEST(Repair, DoesTheSmallestThingThatMakesEachFileWhole) {
    const std::map<std::string, RepairKind> kinds{
        {"docker-branch-to-freed", RepairKind::revert},
        {"docker-count", RepairKind::mend_headers},
        {"docker-cycle-next", RepairKind::drop_holes},
        {"docker-cycle-self", RepairKind::revert},
        {"docker-dag", RepairKind::revert},
        {"docker-flags16", RepairKind::mend_headers},
        {"docker-freelist-leaf", RepairKind::rebuild_freelist},
        {"docker-meta0", RepairKind::reseal_meta},
        {"docker-shared", RepairKind::revert},
        {"docker-stale-leaf", RepairKind::drop_holes},
        {"docker-torn", RepairKind::drop_holes},
        {"docker-truncate", RepairKind::none},
        {"docker-zero-branch", RepairKind::revert},
        {"docker-zero-leaf", RepairKind::drop_holes},
        {"etcd-branch-to-freed", RepairKind::drop_holes},
        {"etcd-cycle-next", RepairKind::drop_holes},
        {"etcd-zero-leaf", RepairKind::drop_holes},
    };
    for (const std::string& path : test::all_data()) {
        SCOPED_TRACE(path);
        const std::string name = std::filesystem::path(path).stem();
        const bool is_damaged = path.find("/damaged/") != std::string::npos;
        const RepairReport report = repaired(WorkFile(path));
        ASSERT_EQ(is_damaged, kinds.contains(name));
        EXPECT_EQ(report.is_clean(), !is_damaged);
        EXPECT_EQ(name_of(report.kind), name_of(is_damaged ? kinds.at(name) : RepairKind::none));
    }
}

TEST(Repair, MendedHeadersLoseNothing) {
    EXPECT_EQ(keys(repaired("docker-count")), 56U);
    EXPECT_EQ(keys(repaired("docker-flags16")), 56U);
    EXPECT_TRUE(repaired("docker-count").plan.costs.empty());
}

TEST(Repair, AMetaWhoseChecksumAloneIsWrongIsTrusted) {
    const RepairReport report = repaired("docker-meta0");
    EXPECT_EQ(number(report.after->trees.front().transaction), 99U);
    EXPECT_EQ(report.plan.bytes(), 512U);
}

TEST(Repair, ARevertWritesOneSector) {
    const RepairReport report = repaired("docker-zero-branch");
    EXPECT_EQ(report.plan.bytes(), 512U);
    EXPECT_EQ(number(report.after->trees.front().transaction), 98U);
    EXPECT_EQ(keys(report), 56U);
}

TEST(Repair, ARebuiltFreelistKeepsTheNewestTreeAndWritesTheOlderMetaLast) {
    const RepairReport report = repaired("docker-freelist-leaf");
    EXPECT_EQ(number(report.after->trees.front().transaction), 100U);
    EXPECT_EQ(report.after->pages.leaked, 0U);
    EXPECT_EQ(keys(report), 56U);
    EXPECT_EQ(report.plan.changes.back().offset, 0U) << "meta 0: transaction 99 is on meta 1";
    EXPECT_TRUE(report.plan.changes.back().after_sync);
    for (const ByteChange& change : report.plan.changes)
        EXPECT_FALSE(change.offset >= 4096 && change.offset < 8192) << "meta 1 stays";
}

TEST(Repair, AHoleIsNamedByItsBucketAndItsKeys) {
    const RepairReport report = repaired("docker-zero-leaf");
    ASSERT_EQ(report.holes.size(), 1U);
    const DroppedHole& hole = report.holes[0];
    EXPECT_EQ(hole.bucket, std::vector<std::string>{"libnetwork"});
    EXPECT_EQ(number(hole.page), 15U);
    EXPECT_EQ(number(hole.parent), 18U);
    EXPECT_EQ(hole.code, FindingCode::page_zeroed);
    EXPECT_TRUE(hole.first.starts_with("docker/network/v1.0/bridge-endpoint/996704")) << hole.first;
    ASSERT_TRUE(hole.end);
    EXPECT_LT(hole.first, *hole.end);
    EXPECT_EQ(keys(report), 53U);
}

TEST(Repair, ACycleIsCutAboveThePageThatLeadsToItself) {
    const RepairReport report = repaired("docker-cycle-next");
    ASSERT_EQ(report.holes.size(), 1U);
    EXPECT_EQ(number(report.holes[0].parent), 18U);
    EXPECT_EQ(number(report.holes[0].page), 2U);
    EXPECT_EQ(keys(report), 54U);
}

TEST(Repair, AFileWithoutItsRootIsLeftToRecover) {
    const RepairReport report = repaired("docker-truncate");
    EXPECT_FALSE(report.is_repairable());
    EXPECT_FALSE(report.why_not.empty());
    EXPECT_TRUE(report.plan.is_empty());
}

TEST(Repair, ADocumentIsNoDatabase) {
    const WorkFile file(std::vector<std::byte>(10000, std::byte{'x'}));
    const RepairReport report = repaired(file);
    EXPECT_EQ(report.before.verdict, Verdict::not_a_bolt_file);
    EXPECT_FALSE(report.is_repairable());
}

TEST(Repair, BothMetasWithWrongChecksumsAreSealedIfATreeIsWhole) {
    test::PatchedFile patched(real_data("docker-20.10-many"));
    for (const std::uint64_t meta : {0U, 1U})
        patched.put<std::uint64_t>(meta * 4096 + 16 + 56, 7);
    const RepairReport report = repaired(WorkFile(patched.bytes()));
    EXPECT_EQ(report.kind, RepairKind::reseal_meta);
    EXPECT_EQ(number(report.after->trees.front().transaction), 794U);
    EXPECT_EQ(keys(report), 305U);
}

TEST(Repair, AValueThatItsOwnerCannotReadIsNoReasonToChangeTheFile) {
    const WorkFile file(test::FileBuilder(512)
                            .leaf(3, {{"bucket", test::FileBuilder::bucket(4), 1}})
                            .leaf(4, {{"bad", "x"}, {"good", "value"}})
                            .pages(5)
                            .transaction(7)
                            .bytes());
    const PageSource source = file.open();
    constexpr Owner someone{128};
    RepairOptions options;
    options.owners.identify = [](const ContentSample&) { return someone; };
    options.owners.validate = [](Owner, OwnerRules::BucketPath, std::string_view,
                                 std::string_view value) -> std::optional<ValueFault> {
        return value == "x" ? std::optional(ValueFault{.clause = "an x"}) : std::nullopt;
    };
    Repair repair = Repair::begin(source, options);
    ASSERT_TRUE(repair.run());
    const RepairReport& report = repair.report();
    EXPECT_EQ(report.kind, RepairKind::none);
    EXPECT_EQ(report.before.verdict, Verdict::damaged);
    EXPECT_TRUE(report.before.has_sound_pages());
    EXPECT_EQ(report.why_not, "only values are wrong, by the rules of the program that wrote them: "
                              "no repair changes a value");
}

TEST(Repair, ItCanBeCancelled) {
    const WorkFile file(damaged_data("etcd-zero-leaf"));
    const PageSource source = file.open();
    RepairOptions options;
    options.progress = [](const CheckProgress&) { return false; };
    Repair repair = Repair::begin(source, options);
    EXPECT_EQ(repair.run().error().code(), ErrorCode::cancelled);
}

TEST(Repair, EachStepIsOneCheck) {
    const WorkFile file(damaged_data("docker-zero-leaf"));
    const PageSource source = file.open();
    Repair repair = Repair::begin(source);
    EXPECT_EQ(repair.trying(), RepairKind::none);
    std::size_t steps = 0;
    for (auto more = repair.step(); more && *more; more = repair.step())
        ++steps;
    EXPECT_GT(steps, 3U);
    EXPECT_TRUE(repair.report().is_repairable());
}

// Every kind of damage on every sample file: repaired, or left to recover, and
// never a plan that is not clean or cannot be taken back.
TEST(Repair, EveryDamageOfEverySampleIsRepairedOrRefused) {
    std::map<Verdict, std::size_t> seen;
    std::size_t repairs = 0;
    std::size_t refusals = 0;
    for (const test::SampleFile& sample : test::sample_files()) {
        if (sample.page_size > 4096)
            continue;
        for (std::size_t damage = 0; damage < test::damage_count; ++damage) {
            test::Random random(damage + 1);
            const auto damaged = test::inflict(static_cast<test::Damage>(damage), sample.bytes,
                                               sample.page_size, random);
            if (!damaged)
                continue;
            SCOPED_TRACE(sample.name + ": " + damaged->text);
            const RepairReport report = repaired(WorkFile(damaged->bytes));
            (report.is_repairable() ? repairs : refusals) += report.is_clean() ? 0 : 1;
            if (testing::Test::HasFailure())
                return;
        }
    }
    RecordProperty("repairs", static_cast<int>(repairs));
    RecordProperty("refusals", static_cast<int>(refusals));
    EXPECT_GT(repairs, 100U);
    EXPECT_GT(repairs, refusals * 10) << refusals << " refusals";
}

} // namespace
} // namespace rebolt
