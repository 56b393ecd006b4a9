// Files as public bug reports describe them: what check says of each.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rebolt/check.hpp>

namespace rebolt {
namespace {

using testing::HasSubstr;

struct FieldFile {
    const char* name;
    Verdict verdict;
    FindingCode code; ///< of the gravest finding
    std::uint64_t page;
    std::uint64_t whole; ///< the newest whole transaction; 0: none is
};

CheckReport checked(const std::string& name) {
    const auto source = PageSource::open(std::string(REBOLT_TEST_DATA) + "/field/" + name + ".db");
    EXPECT_TRUE(source) << name;
    auto report = check(*source);
    EXPECT_TRUE(report) << name;
    return std::move(*report);
}

TEST(CheckFieldFiles, AreToldByCodePageAndTheStateThatIsWhole) {
    using enum FindingCode;
    const std::vector<FieldFile> files{
        // etcd-io/bbolt's own surgery: no elements are left in a leaf.
        {"docker-bbolt-surgery-clear-page-15", Verdict::damaged, layout_not_canonical, 15, 0},
        // The newest meta's root is the freelist's page (etcd-io/bbolt#537).
        {"docker-root-is-freelist", Verdict::damaged, page_type_invalid, 22, 0},
        {"flat-root-is-freelist", Verdict::damaged, page_type_invalid, 27, 0},
        // The root's write was lost: an old leaf is on its page.
        {"docker-root-is-stale-leaf", Verdict::damaged, plain_key_among_buckets, 21, 98},
        {"flat-lost-root-write", Verdict::damaged, plain_key_among_buckets, 22, 53},
        {"flat-lost-branch-write", Verdict::damaged, pages_unreachable, 2, 52},
        // The freelist is that of an earlier commit.
        {"flat-stale-freelist", Verdict::damaged, page_reachable_but_free, 2, 51},
        // The meta of transaction 61 arrived, its data did not.
        {"nested-1024-meta-without-data", Verdict::damaged, freelist_type, 129, 60},
        // The last pages of the file are zero.
        {"nested-roots-and-freelist-zero", Verdict::damaged, page_zeroed, 35, 0},
    };
    for (const FieldFile& file : files) {
        SCOPED_TRACE(file.name);
        const CheckReport report = checked(file.name);
        EXPECT_EQ(report.verdict, file.verdict);
        ASSERT_FALSE(report.findings.empty());
        EXPECT_EQ(text_of(report.findings[0].code).name, text_of(file.code).name);
        ASSERT_TRUE(report.findings[0].place.page);
        EXPECT_EQ(number(*report.findings[0].place.page), file.page);
        const TreeReport* whole = report.whole_tree();
        EXPECT_EQ(whole == nullptr ? 0 : number(whole->transaction), file.whole);
        EXPECT_THAT(sentence(report), testing::Not(HasSubstr("accounted")));
    }
}

TEST(CheckFieldFiles, AFileThatLostItsEndIsTruncated) {
    const CheckReport report = checked("docker-cut-20000");
    EXPECT_EQ(report.verdict, Verdict::damaged);
    EXPECT_EQ(report.findings[0].code, FindingCode::file_truncated);
    EXPECT_EQ(report.owner, Owner::docker_network);
}

TEST(CheckFieldFiles, SmallPagesAreNoDamage) {
    const CheckReport report = checked("tiny-512-pages");
    EXPECT_EQ(report.verdict, Verdict::clean);
    EXPECT_TRUE(report.findings.empty());
}

TEST(CheckFieldFiles, SayWhatALostWriteCutOff) {
    const CheckReport report = checked("flat-lost-branch-write");
    EXPECT_EQ(report.findings[0].message, "13 pages with 316 keys cannot be reached: a page that "
                                          "led to them was not written");
    EXPECT_EQ(report.pages.leaked, 13U);
    EXPECT_EQ(sentence(report),
              "damaged: pages that are in use cannot be reached: a write of a root or branch was "
              "lost; the newest transaction 53 is damaged, transaction 52 is whole");
}

TEST(CheckFieldFiles, FromAPageOnlyWhatLiesBelowItIsChecked) {
    const auto source =
        PageSource::open(std::string(REBOLT_TEST_DATA) + "/real/docker-20.10-running.db");
    ASSERT_TRUE(source);
    CheckOptions options;
    options.from_page = PageId{18};
    const auto report = check(*source, options);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->verdict, Verdict::clean);
    ASSERT_EQ(report->trees.size(), 1U);
    EXPECT_EQ(report->trees[0].key_count, 56U);
    options.from_page = PageId{22};
    EXPECT_EQ(check(*source, options)->findings[0].code, FindingCode::page_type_invalid);
    options.from_page = PageId{1000};
    EXPECT_EQ(check(*source, options)->verdict, Verdict::damaged);
}

} // namespace
} // namespace rebolt
