// Every real file is clean; every damaged one is told by its code and place.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/check.hpp>

#include "support/patched_file.hpp"

namespace rebolt {
namespace {

std::string data(const std::string& name) {
    return std::string(REBOLT_TEST_DATA) + "/" + name;
}

CheckReport check_file(const std::string& path, const CheckOptions& options = {}) {
    const auto source = PageSource::open(path);
    EXPECT_TRUE(source) << path;
    auto report = check(*source, options);
    EXPECT_TRUE(report) << path;
    return std::move(*report);
}

std::vector<PageId> pages(std::initializer_list<std::uint64_t> ids) {
    std::vector<PageId> list;
    for (const std::uint64_t id : ids)
        list.push_back(PageId{id});
    return list;
}

std::uint64_t accounted(const PageCounts& p) {
    return p.meta + p.freelist + p.branch + p.leaf + p.overflow + p.damaged + p.free + p.leaked +
           p.missing;
}

struct SoundFile {
    const char* name;
    std::uint64_t transaction;
    std::uint64_t keys;
    PageCounts pages;
};

TEST(CheckRealFiles, AreCleanAndEveryPageIsAccountedFor) {
    const SoundFile files[] = {
        {"buildkit-cache.db", 2, 4, {2, 1, 0, 1, 0, 0, 2, 0, 0, 6}},
        {"containerd-1.6-meta.db", 51, 149, {2, 1, 12, 28, 24, 0, 7, 0, 0, 74}},
        {"docker-20.10-many.db", 794, 306, {2, 1, 5, 70, 0, 0, 5, 0, 0, 83}},
        {"docker-20.10-running.db", 99, 57, {2, 1, 1, 15, 0, 0, 4, 0, 0, 23}},
        {"docker-20.10-stopped.db", 227, 26, {2, 1, 1, 7, 0, 0, 12, 0, 0, 23}},
        {"docker-20.10-volumes-metadata.db", 4, 2, {2, 1, 0, 1, 0, 0, 2, 0, 0, 6}},
        {"etcd-3.4.db", 51, 5120, {2, 0, 3, 232, 0, 0, 4, 0, 0, 241}},
    };
    for (const SoundFile& file : files) {
        SCOPED_TRACE(file.name);
        const CheckReport report = check_file(data("real/") + file.name);
        EXPECT_EQ(report.verdict, Verdict::clean);
        EXPECT_TRUE(report.findings.empty());
        EXPECT_EQ(report.pages, file.pages);
        EXPECT_EQ(accounted(report.pages), report.pages.total);
        ASSERT_EQ(report.trees.size(), 2U);
        EXPECT_TRUE(report.trees[0].current && report.trees[0].whole && report.trees[1].whole);
        EXPECT_EQ(number(report.trees[0].transaction), file.transaction);
        EXPECT_EQ(number(report.trees[1].transaction), file.transaction - 1);
        EXPECT_EQ(report.trees[0].key_count, file.keys);
    }
}

struct DamagedFile {
    const char* name;
    FindingCode code;
    std::uint64_t page;
    std::uint64_t offset;
    std::vector<PageId> path;
    std::size_t findings;
    bool previous_is_whole;
};

TEST(CheckDamagedFiles, ShowsTheCauseOnceWithItsTruePlace) {
    using enum FindingCode;
    const DamagedFile files[] = {
        {"docker-branch-to-freed.db", page_reachable_but_free, 17, 69632, pages({21, 18, 17}), 1,
         true},
        {"docker-count.db", layout_not_canonical, 13, 53264, pages({21, 18, 13}), 1, false},
        {"docker-cycle-next.db", page_cycle, 2, 8192, pages({21, 18, 2, 2}), 1, false},
        {"docker-cycle-self.db", page_cycle, 18, 73728, pages({21, 18, 18}), 1, true},
        {"docker-flags16.db", page_type_invalid, 15, 61448, pages({21, 18, 15}), 1, false},
        {"docker-shared.db", page_shared, 7, 28672, pages({21, 18, 7}), 1, true},
        {"docker-stale-leaf.db", page_id_mismatch, 15, 61440, pages({21, 18, 15}), 1, false},
        {"docker-torn.db", key_order, 15, 61488, pages({21, 18, 15}), 1, false},
        {"docker-zero-branch.db", page_zeroed, 18, 73728, pages({21, 18}), 1, true},
        {"docker-zero-leaf.db", page_zeroed, 15, 61440, pages({21, 18, 15}), 1, false},
        {"etcd-branch-to-freed.db", key_outside_parent_range, 215, 880656,
         pages({214, 239, 238, 215}), 1, false},
        {"etcd-cycle-next.db", page_cycle, 212, 868352, pages({214, 239, 238, 212, 212}), 1, false},
        {"etcd-zero-leaf.db", page_zeroed, 160, 655360, pages({214, 239, 238, 160}), 1, false},
    };
    for (const DamagedFile& file : files) {
        SCOPED_TRACE(file.name);
        const CheckReport report = check_file(data("damaged/") + file.name);
        EXPECT_EQ(report.verdict, Verdict::damaged);
        ASSERT_EQ(report.findings.size(), file.findings);
        const Finding& finding = report.findings[0];
        EXPECT_EQ(text_of(finding.code).name, text_of(file.code).name);
        EXPECT_EQ(finding.place.page, PageId{file.page});
        EXPECT_EQ(finding.place.offset, file.offset);
        EXPECT_EQ(finding.place.path, file.path);
        EXPECT_EQ(report.whole_tree() != nullptr, file.previous_is_whole);
        EXPECT_EQ(accounted(report.pages), report.pages.total);
    }
}

TEST(CheckDamagedFiles, OfALadderOfDoubledBranchesEverySharedPageIsFoundOnce) {
    const CheckReport report = check_file(data("damaged/docker-dag.db"));
    EXPECT_EQ(report.verdict, Verdict::damaged);
    EXPECT_EQ(report.count_of[static_cast<std::size_t>(FindingCode::page_shared)], 40U);
    EXPECT_EQ(report.findings.size(), 42U);
    EXPECT_LE(report.pages_entered, 2 * report.pages.total);
    // Both metas count the pages of the ladder, which the freelist of 98 does not.
    EXPECT_EQ(report.whole_tree(), nullptr);
    EXPECT_TRUE(report.trees.at(1).is_sound);
}

TEST(CheckDamagedFiles, AFreelistOfTheWrongTypeLeavesASoundTree) {
    const CheckReport report = check_file(data("damaged/docker-freelist-leaf.db"));
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].code, FindingCode::freelist_type);
    EXPECT_EQ(report.findings[0].place.page, PageId{22});
    EXPECT_TRUE(report.trees.at(0).is_sound);
    EXPECT_FALSE(report.trees.at(0).whole) << "nothing proves that the tree is all there is";
    EXPECT_TRUE(report.trees.at(1).whole);
    EXPECT_EQ(sentence(report), "damaged: the page that should hold the freelist is of another "
                                "type; the tree of transaction 99 is sound; transaction 98 is "
                                "whole, with its freelist");
}

TEST(CheckDamagedFiles, AMetaWithAWrongChecksumIsDamageThoughBboltSaysNothing) {
    const CheckReport report = check_file(data("damaged/docker-meta0.db"));
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].code, FindingCode::meta_checksum);
    EXPECT_EQ(report.findings[0].place.page, PageId{1});
    EXPECT_EQ(report.findings[0].message,
              "checksum is 0x26f83dffc634097d, expected 0x26f83dffc634097c");
    EXPECT_EQ(sentence(report),
              "damaged: a meta page's checksum does not match its content; meta 1 cannot be used, "
              "so bbolt falls back on transaction 98, which is whole; so is the tree of "
              "transaction 99 behind that meta");
}

TEST(CheckDamagedFiles, TheOlderMetaIsNotFallenBackOn) {
    test::PatchedFile file(data("real/docker-20.10-running.db"));
    file.put<std::uint64_t>(72, 1); // the checksum of meta 0, of transaction 98
    EXPECT_EQ(sentence(check_file(file.path())),
              "damaged: a meta page's checksum does not match its content; meta 0, of the "
              "transaction before, cannot be used; transaction 99 is whole; so is the tree of "
              "transaction 98 behind that meta");
}

TEST(CheckDamagedFiles, ATruncatedFileIsOneFindingAndTheMissingPagesAreCounted) {
    const CheckReport report = check_file(data("damaged/docker-truncate.db"));
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].code, FindingCode::file_truncated);
    EXPECT_EQ(report.findings[0].place.offset, 40960U);
    EXPECT_EQ(report.pages.missing, 13U);
    EXPECT_EQ(accounted(report.pages), 23U);
}

TEST(CheckDamagedFiles, TheSentenceSaysWhichTransactionIsWhole) {
    EXPECT_EQ(sentence(check_file(data("damaged/docker-cycle-self.db"))),
              "damaged: the newest transaction 99 is damaged, transaction 98 is whole");
    EXPECT_EQ(sentence(check_file(data("damaged/docker-cycle-next.db"))),
              "damaged: the newest transaction 99 is damaged, and so is transaction 98");
    EXPECT_EQ(sentence(check_file(data("real/docker-20.10-running.db"))),
              "clean: every page is accounted for, transaction 99 is whole");
}

// Written by the real bbolt 1.3.6: a bucket with four buckets in it was changed and
// deleted in one transaction, and bbolt forgot two of the four.
TEST(CheckSoundFiles, PagesThatBboltItselfForgotAreNoDamage) {
    const CheckReport report = check_file(data("field/tiny-512-forgotten-inner-buckets.db"));
    EXPECT_EQ(sentence(report), "clean: transaction 3 is whole; 2 leaked pages");
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].code, FindingCode::page_leaked);
    EXPECT_EQ(report.findings[0].message,
              "2 pages are neither in use nor free: 4, 6; 2 of them with 2 keys of buckets that "
              "were deleted with the bucket that they were in: bbolt forgot to free them");
    EXPECT_TRUE(report.trees.at(0).whole);
}

TEST(CheckThreads, TheReportDoesNotDependOnThem) {
    for (const char* name : {"real/docker-20.10-many.db", "real/containerd-1.6-meta.db",
                             "real/etcd-3.4.db", "damaged/docker-dag.db",
                             "damaged/docker-cycle-next.db", "damaged/etcd-branch-to-freed.db"}) {
        SCOPED_TRACE(name);
        const CheckReport serial = check_file(data(name));
        CheckOptions options;
        options.threads = 4;
        options.parallel_pages_min = 0;
        const CheckReport parallel = check_file(data(name), options);
        EXPECT_EQ(serial.pages, parallel.pages);
        EXPECT_EQ(serial.trees.at(0).key_count, parallel.trees.at(0).key_count);
        EXPECT_EQ(serial.trees.at(0).bucket_count, parallel.trees.at(0).bucket_count);
        ASSERT_EQ(serial.findings.size(), parallel.findings.size());
        for (std::size_t i = 0; i < serial.findings.size(); ++i) {
            EXPECT_EQ(serial.findings[i].code, parallel.findings[i].code);
            EXPECT_EQ(serial.findings[i].place.path, parallel.findings[i].place.path);
            EXPECT_EQ(serial.findings[i].message, parallel.findings[i].message);
        }
    }
}

TEST(CheckProgressReport, ReturningFalseCancelsTheCheck) {
    const auto source = PageSource::open(data("real/etcd-3.4.db"));
    ASSERT_TRUE(source);
    for (const std::uint64_t parallel_pages_min : {0U, 8192U}) {
        CheckOptions options;
        options.parallel_pages_min = parallel_pages_min;
        options.progress = [](const CheckProgress&) { return false; };
        const auto report = check(*source, options);
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code(), ErrorCode::cancelled);
    }
}

} // namespace
} // namespace rebolt
