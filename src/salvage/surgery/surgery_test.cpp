#include <rebolt/surgery.hpp>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <rebolt/db.hpp>

#include "salvage/page_image.hpp"
#include "salvage/test_files.hpp"
#include "support/patched_file.hpp"
#include "support/sample_files.hpp"

namespace rebolt::surgery {
namespace {

using test::FileBuilder;
using test::real_data;
using test::WorkFile;

constexpr std::uint32_t page_size = 512;

// root 3 (leaf: bucket -> 4), 4 (branch: a -> 5, m -> 6), 5 and 6 leaves; 7 free.
std::vector<std::byte> small_file() {
    return FileBuilder(page_size)
        .leaf(3, {{"bucket", FileBuilder::bucket(4), 1}})
        .branch(4, {{"a", 5}, {"m", 6}})
        .leaf(5, {{"a", "1"}, {"b", "2"}, {"c", "3"}})
        .leaf(6, {{"m", "4"}, {"n", "5"}})
        .freelist(2, {7})
        .pages(8)
        .transaction(9)
        .bytes();
}

Bytes page_of(const PageSource& source, std::uint64_t page) {
    return source.page(PageId{page})->bytes();
}

std::vector<std::string> keys_on(const PageSource& source, std::uint64_t page) {
    std::vector<std::string> keys;
    const auto elements = salvage::elements_of(page_of(source, page));
    EXPECT_TRUE(elements.has_value());
    for (const salvage::PageElement& element : *elements)
        keys.emplace_back(element.key);
    return keys;
}

class Surgery : public testing::Test {
protected:
    WorkFile file{small_file()};
    PageSource source = file.open();

    // The file with the plan's changes; its pages are as it says.
    PageSource after(const Result<EditPlan>& plan) {
        EXPECT_TRUE(plan) << plan.error().to_text();
        auto patched = preview(source, *plan);
        EXPECT_TRUE(patched);
        return *std::move(patched);
    }
    static void expect_refused(const Result<EditPlan>& plan, const std::string& words) {
        ASSERT_FALSE(plan);
        EXPECT_NE(plan.error().to_text().find(words), std::string::npos) << plan.error().to_text();
    }
};

TEST_F(Surgery, TheSmallFileIsClean) {
    const auto report = check(source);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->verdict, Verdict::clean) << sentence(*report);
    EXPECT_TRUE(report->findings.empty());
}

TEST_F(Surgery, ClearingElementsKeepsTheOthersInCanonicalLayout) {
    const auto plan = clear_page_elements(source, PageId{5}, {.from = 1, .to = 2});
    const PageSource patched = after(plan);
    EXPECT_EQ(keys_on(patched, 5), (std::vector<std::string>{"a", "c"}));
    EXPECT_EQ(check(patched)->verdict, Verdict::clean);
    ASSERT_EQ(plan->costs.size(), 1U);
    EXPECT_EQ(plan->costs[0], "1 key goes, from `b` to `b`");
    EXPECT_EQ(plan->changes.size(), 1U);
    EXPECT_EQ(plan->changes[0].offset, 5U * page_size);
}

TEST_F(Surgery, ClearingToTheEndOfThePage) {
    const PageSource patched = after(clear_page_elements(source, PageId{5}, {.from = 1}));
    EXPECT_EQ(keys_on(patched, 5), (std::vector<std::string>{"a"}));
    EXPECT_EQ(check(patched)->verdict, Verdict::clean);
}

TEST_F(Surgery, ClearingBranchElementsCutsOffWhatIsBelow) {
    const auto plan = clear_page_elements(source, PageId{4}, {.from = 0, .to = 1});
    const PageSource patched = after(plan);
    EXPECT_EQ(keys_on(patched, 4), (std::vector<std::string>{"m"}));
    const auto effect = foresee(source, *plan);
    ASSERT_TRUE(effect);
    EXPECT_EQ(EditEffect::keys(effect->before), 5U);
    EXPECT_EQ(EditEffect::keys(effect->after), 2U);
    EXPECT_EQ(effect->after.pages.leaked, 1U);
    EXPECT_EQ(effect->after.verdict, Verdict::damaged) << "keys stand on a page nothing leads to";
    ASSERT_FALSE(effect->after.findings.empty());
    EXPECT_EQ(effect->after.findings[0].code, FindingCode::pages_unreachable);
    EXPECT_NE(plan->costs[0].find("keys from `a` on"), std::string::npos) << plan->costs[0];
    EXPECT_NE(plan->costs[1].find("freelist"), std::string::npos);
}

TEST_F(Surgery, AClearedBranchIsAnEmptyLeafNotAnEmptyBranch) {
    const auto plan = clear_page(source, PageId{4});
    const PageSource patched = after(plan);
    EXPECT_EQ(patched.page(PageId{4})->type(), format::PageType::leaf);
    EXPECT_EQ(patched.page(PageId{4})->header().count, 0U);
    const auto checked = check(patched);
    ASSERT_FALSE(checked->findings.empty());
    EXPECT_EQ(checked->findings.size(), 1U) << "as the bucket's root it is sound";
    EXPECT_EQ(checked->findings[0].code, FindingCode::pages_unreachable) << "once below it";
}

TEST_F(Surgery, AClearedLeafSaysWhatGoes) {
    const auto plan = clear_page(source, PageId{3});
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->costs[0], "0 keys and 1 bucket with all in it go, from `bucket` to `bucket`");
    EXPECT_NE(plan->costs[1].find("pages of these buckets"), std::string::npos);
}

TEST_F(Surgery, ClearingRefusesWhatIsNoRangeOrNoPage) {
    expect_refused(clear_page(source, PageId{0}), "meta page");
    expect_refused(clear_page(source, PageId{1}), "meta page");
    expect_refused(clear_page(source, PageId{2}), "no branch or leaf");
    expect_refused(clear_page(source, PageId{8}), "pages 0 to 7");
    expect_refused(clear_page(source, PageId{~std::uint64_t{0}}), "pages 0 to 7");
    expect_refused(clear_page_elements(source, PageId{5}, {.from = 3}), "no range");
    expect_refused(clear_page_elements(source, PageId{5}, {.from = 0, .to = 4}), "no range");
    expect_refused(clear_page_elements(source, PageId{5}, {.from = 2, .to = 2}), "no range");
    expect_refused(clear_page_elements(source, PageId{5}, {.from = 2, .to = 1}), "no range");
}

TEST_F(Surgery, AnOverflowThatLeavesTheDatabaseIsRefused) {
    test::PatchedFile patched(small_file());
    patched.put<std::uint32_t>(5 * page_size + 12, 0xFFFF'FFFF);
    const auto damaged = PageSource::open(patched.path());
    expect_refused(clear_page(*damaged, PageId{5}), "page-overflow-out-of-range");
    expect_refused(copy_page(*damaged, {.from = PageId{5}, .to = PageId{7}}),
                   "page-overflow-out-of-range");
}

TEST_F(Surgery, ADamagedElementMayGoButNotStay) {
    test::PatchedFile patched(small_file());
    patched.put<std::uint32_t>(5 * page_size + 16 + 16 + 8, 0xFFFF); // element 1's key
    const auto damaged = PageSource::open(patched.path());
    expect_refused(clear_page_elements(*damaged, PageId{5}, {.from = 0, .to = 1}),
                   "element 1 would stay");
    const auto plan = clear_page_elements(*damaged, PageId{5}, {.from = 1, .to = 2});
    ASSERT_TRUE(plan) << plan.error().to_text();
    EXPECT_EQ(keys_on(*preview(*damaged, *plan), 5), (std::vector<std::string>{"a", "c"}));
    EXPECT_NE(plan->costs[0].find("damaged"), std::string::npos);
}

TEST_F(Surgery, ClearingShortensTheOverflowAndSaysWhoseItIs) {
    const WorkFile large(FileBuilder(page_size)
                             .leaf(3, {{"bucket", FileBuilder::bucket(4), 1}})
                             .leaf(4, {{"a", std::string(1200, 'x')}, {"b", "2"}})
                             .pages(7)
                             .transaction(9)
                             .bytes());
    const PageSource pages = large.open();
    const auto plan = clear_page_elements(pages, PageId{4}, {.from = 0, .to = 1});
    ASSERT_TRUE(plan) << plan.error().to_text();
    EXPECT_EQ(plan->costs.back(), "its overflow on pages 5 to 6 is neither in use nor free until "
                                  "the freelist is abandoned or rebuilt");
    const PageSource patched = *preview(pages, *plan);
    EXPECT_EQ(patched.page(PageId{4})->header().overflow, 0U);
    EXPECT_EQ(keys_on(patched, 4), std::vector<std::string>{"b"});
}

TEST_F(Surgery, ACopiedPageCarriesItsNewNumber) {
    const auto plan = copy_page(source, {.from = PageId{5}, .to = PageId{7}});
    const PageSource patched = after(plan);
    EXPECT_EQ(patched.page(PageId{7})->header().id, 7U);
    EXPECT_EQ(keys_on(patched, 7), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(check(patched)->verdict, Verdict::clean) << "page 7 is free";
}

TEST_F(Surgery, CopyingRefusesWhatBboltDoesNotLookAt) {
    expect_refused(copy_page(source, {.from = PageId{5}, .to = PageId{5}}), "both source");
    expect_refused(copy_page(source, {.from = PageId{5}, .to = PageId{0}}), "meta page");
    expect_refused(copy_page(source, {.from = PageId{1}, .to = PageId{5}}), "meta page");
    expect_refused(copy_page(source, {.from = PageId{8}, .to = PageId{5}}), "no page 8");
    expect_refused(copy_page(source, {.from = PageId{5}, .to = PageId{8}}), "cannot hold");
}

TEST_F(Surgery, ACopyDoesNotReachOverAPageInUse) {
    const WorkFile large(FileBuilder(page_size)
                             .leaf(3, {{"bucket", FileBuilder::bucket(4), 1}})
                             .leaf(4, {{"a", std::string(700, 'x')}})
                             .pages(9)
                             .transaction(9)
                             .bytes());
    const PageSource pages = large.open();
    expect_refused(copy_page(pages, {.from = PageId{4}, .to = PageId{2}}),
                   "page 3 of them is in use");
    expect_refused(copy_page(pages, {.from = PageId{4}, .to = PageId{5}}), "over each other");
    expect_refused(copy_page(pages, {.from = PageId{4}, .to = PageId{8}}), "cannot hold");
    EXPECT_TRUE(copy_page(pages, {.from = PageId{4}, .to = PageId{6}}));
}

TEST_F(Surgery, ACopyThatWouldLeadBackToItselfIsRefused) {
    const auto plan = copy_page(source, {.from = PageId{4}, .to = PageId{5}});
    ASSERT_TRUE(plan);
    const auto effect = foresee(source, *plan);
    ASSERT_TRUE(effect);
    const auto may = must_not_lead_back(*effect);
    ASSERT_FALSE(may);
    EXPECT_EQ(may.error().finding()->code, FindingCode::page_cycle);
    const auto harmless = copy_page(source, {.from = PageId{5}, .to = PageId{7}});
    EXPECT_TRUE(must_not_lead_back(*foresee(source, *harmless)));
}

TEST_F(Surgery, AMetaMayBeCopiedOverTheOther) {
    const auto plan = copy_page(source, {.from = PageId{1}, .to = PageId{0}});
    EXPECT_EQ(validate_metas(after(plan))[0].fields.txid, 9U);
}

TEST_F(Surgery, RevertingWritesTheOtherMetaOverTheCurrent) {
    const auto plan = revert_meta_page(source);
    const PageSource patched = after(plan);
    const auto metas = validate_metas(patched);
    EXPECT_EQ(metas[0].fields.txid, 8U);
    EXPECT_EQ(metas[1].fields.txid, 8U);
    EXPECT_TRUE(metas[1].is_valid);
    ASSERT_EQ(plan->costs.size(), 1U);
    EXPECT_EQ(plan->costs[0], "what transaction 9 changed is given up");
    EXPECT_EQ(revert_meta_page(patched)->changes.size(), 0U) << "both are the same now";
}

TEST_F(Surgery, RevertingNeedsTwoValidMetas) {
    test::PatchedFile patched(small_file());
    patched.put<std::uint64_t>(16 + 48, 100); // meta 0's txid, not sealed
    expect_refused(revert_meta_page(*PageSource::open(patched.path())), "only valid one");
    patched.put<std::uint64_t>(page_size + 16 + 48, 100);
    expect_refused(revert_meta_page(*PageSource::open(patched.path())), "neither meta page");
}

TEST_F(Surgery, AbandoningTakesTheFreelistOutOfBothMetas) {
    const auto plan = abandon_freelist(source);
    const PageSource patched = after(plan);
    for (const MetaJudgement& meta : validate_metas(patched)) {
        EXPECT_EQ(PageId{meta.fields.freelist}, no_freelist);
        EXPECT_TRUE(meta.is_valid);
        EXPECT_TRUE(meta.complaints.empty());
    }
    EXPECT_EQ(check(patched)->verdict, Verdict::clean);
    EXPECT_TRUE(abandon_freelist(patched)->is_empty());
    EXPECT_EQ(plan->changes.size(), 2U);
    EXPECT_EQ(plan->changes.back().offset, page_size) << "the current meta comes last";
}

TEST_F(Surgery, AbandoningDoesNotSealAnInvalidMeta) {
    test::PatchedFile patched(small_file());
    patched.put<std::uint64_t>(16 + 16, 4711); // meta 0's root: bbolt would seal it
    const auto damaged = PageSource::open(patched.path());
    const auto plan = abandon_freelist(*damaged);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->steps[0], "meta 0 is not valid, and stays as it is");
    const auto metas = validate_metas(*preview(*damaged, *plan));
    EXPECT_FALSE(metas[0].is_valid);
    EXPECT_TRUE(metas[1].is_valid);
}

TEST_F(Surgery, RebuildingRefusesAFreelistThatIsRight) {
    expect_refused(rebuild_freelist(source), "nothing to rebuild");
}

TEST_F(Surgery, AnAbandonedFreelistIsRebuilt) {
    const auto abandoned = abandon_freelist(source);
    const PageSource changed = after(abandoned);
    const WorkFile other(std::vector<std::byte>(changed.file().begin(), changed.file().end()));
    const PageSource without = other.open();
    const auto plan = rebuild_freelist(without);
    ASSERT_TRUE(plan) << plan.error().to_text();
    const PageSource patched = *preview(without, *plan);
    const auto report = check(patched);
    EXPECT_EQ(report->verdict, Verdict::clean) << sentence(*report);
    EXPECT_TRUE(report->findings.empty());
    EXPECT_EQ(report->pages.free, 1U);
    EXPECT_EQ(report->pages.freelist, 1U);
    const auto metas = validate_metas(patched);
    EXPECT_TRUE(metas[0].is_current);
    EXPECT_EQ(metas[0].fields.txid, 10U);
    EXPECT_EQ(metas[0].fields.freelist, 2U);
    EXPECT_EQ(metas[1].fields.txid, 9U) << "the newest meta stays until the other is written";
}

TEST_F(Surgery, AFreelistWithoutRoomGrowsTheFile) {
    const WorkFile full(FileBuilder(page_size)
                            .leaf(2, {{"key", "value"}})
                            .leaf(3, {{"bucket", FileBuilder::bucket(2), 1}})
                            .no_freelist()
                            .transaction(9)
                            .bytes());
    const PageSource pages = full.open();
    ASSERT_EQ(pages.page_count(), 4U);
    const auto plan = rebuild_freelist(pages);
    ASSERT_TRUE(plan) << plan.error().to_text();
    EXPECT_EQ(plan->file_bytes_after, 5U * page_size);
    const auto report = check(*preview(pages, *plan));
    EXPECT_EQ(report->verdict, Verdict::clean) << sentence(*report);
    EXPECT_EQ(report->pages.freelist, 1U);
}

TEST_F(Surgery, ADamagedTreeGetsNoFreelist) {
    const WorkFile damaged(test::damaged_data("docker-zero-leaf"));
    const auto source_of_damaged = damaged.open();
    const auto abandoned = abandon_freelist(source_of_damaged);
    ASSERT_TRUE(abandoned);
    const auto patched = preview(source_of_damaged, *abandoned);
    expect_refused(rebuild_freelist(*patched), "the tree is damaged");
}

TEST_F(Surgery, ValidatingMetasSeesWhatBboltDoesNot) {
    EXPECT_TRUE(validate_metas(source)[1].complaints.empty());
    EXPECT_TRUE(validate_metas(source)[1].is_current);
    test::PatchedFile patched(small_file());
    patched.put<std::uint64_t>(page_size + 16 + 16, 7)
        .put<std::uint64_t>(page_size + 16 + 32, 5)
        .put<std::uint64_t>(page_size + 16 + 40, 100)
        .seal_meta(1, page_size)
        .put<std::uint32_t>(16 + 4, 3);
    const auto metas = validate_metas(*PageSource::open(patched.path()));
    ASSERT_EQ(metas.size(), 2U);
    EXPECT_FALSE(metas[0].is_valid);
    EXPECT_NE(metas[0].complaints[0].find("version"), std::string::npos);
    EXPECT_TRUE(metas[1].is_valid);
    EXPECT_EQ(metas[1].complaints.size(), 3U) << "pgid, root and freelist";
}

TEST_F(Surgery, UpdatingAMetaPutsTheFieldsAndTheChecksum) {
    const auto plan = update_meta(source, {.meta_page = 1, .root = 5, .high_water_mark = 8});
    const auto metas = validate_metas(after(plan));
    EXPECT_TRUE(metas[1].is_valid);
    EXPECT_EQ(metas[1].fields.root, 5U);
    EXPECT_EQ(metas[1].fields.txid, 9U);
    EXPECT_EQ(plan->steps, std::vector<std::string>{"meta 1: root 3 -> 5"});
}

TEST_F(Surgery, UpdatingSealsABrokenMeta) {
    test::PatchedFile patched(small_file());
    patched.put<std::uint32_t>(page_size + 16, 1).put<std::uint32_t>(page_size + 16 + 4, 9);
    const auto damaged = PageSource::open(patched.path());
    const auto plan = update_meta(*damaged, {.meta_page = 1});
    ASSERT_TRUE(plan);
    EXPECT_TRUE(validate_metas(*preview(*damaged, *plan))[1].is_valid);
    EXPECT_EQ(plan->steps.size(), 2U) << "magic and version";
    EXPECT_EQ(plan->costs.size(), 1U);
}

TEST_F(Surgery, UpdatingRefusesWhatCannotBe) {
    expect_refused(update_meta(source, {.meta_page = 2}), "0 or 1");
    expect_refused(update_meta(source, {.page_size_bytes = 1000}), "power of two");
    expect_refused(update_meta(source, {.root = 2}), "root");
    expect_refused(update_meta(source, {.root = 1}), "root");
    expect_refused(update_meta(source, {.root = 800}), "root");
    expect_refused(update_meta(source, {.freelist = 5}), "freelist");
    expect_refused(update_meta(source, {.freelist = 8}), "freelist");
    expect_refused(update_meta(source, {.high_water_mark = 9}), "pgid");
    expect_refused(update_meta(source, {.high_water_mark = 3}), "pgid");
    EXPECT_TRUE(update_meta(source, {.freelist = number(no_freelist)}));
    EXPECT_TRUE(update_meta(source, {.meta_page = 1})->is_empty());
}

} // namespace
} // namespace rebolt::surgery
