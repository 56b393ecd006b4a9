// Each finding code, made by one change to a real file, is found at its page.
#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include <rebolt/check.hpp>

#include "support/patched_file.hpp"

namespace rebolt {
namespace {

using test::PatchedFile;
using enum FindingCode;

// docker-20.10-running.db: meta 1 is current; root leaf 21 holds bucket
// libnetwork, whose root is branch 18 with 14 leaves; leaf 15 is its third
// child, leaf 10 its fourth; the freelist is page 22: 2, 17, 19, 20.
constexpr std::uint64_t page_size = 4096;
constexpr std::uint64_t meta1 = page_size + 16;
constexpr std::uint64_t root_leaf = 21 * page_size;
constexpr std::uint64_t branch = 18 * page_size;
constexpr std::uint64_t leaf = 15 * page_size;
constexpr std::uint64_t freelist = 22 * page_size;

constexpr std::uint64_t element(std::uint64_t page, std::uint64_t index) {
    return page + 16 + index * 16;
}

constexpr std::uint64_t child_of(std::uint64_t index) {
    return element(branch, index) + 8;
}

struct Case {
    FindingCode code;
    std::optional<std::uint64_t> page;
    std::function<void(PatchedFile&)> damage;
};

// Appends pages to the file and raises the high water mark to its new end.
void append_pages(PatchedFile& file, std::uint64_t pages) {
    file.resize((23 + pages) * page_size);
    file.put<std::uint64_t>(meta1 + 40, 23 + pages).seal_meta(1, page_size);
}

std::string key_of_child(const PatchedFile& file, std::uint64_t index) {
    const std::uint64_t at = element(branch, index);
    const std::uint64_t begin = at + file.get<std::uint32_t>(at);
    std::string key;
    for (std::uint32_t i = 0; i < file.get<std::uint32_t>(at + 4); ++i)
        key += file.get<char>(begin + i);
    return key;
}

void put_header(PatchedFile& file, std::uint64_t id, std::uint16_t flags, std::uint32_t overflow) {
    const std::uint64_t at = id * page_size;
    file.put<std::uint64_t>(at, id).put<std::uint16_t>(at + 8, flags);
    file.put<std::uint16_t>(at + 10, 1).put<std::uint32_t>(at + 12, overflow);
}

void put_text(PatchedFile& file, std::uint64_t at, const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        file.put<char>(at + i, text[i]);
}

// A chain of 70 branches of one child each in place of leaf 10.
void chain_of_branches(PatchedFile& file) {
    append_pages(file, 70);
    const std::string key = key_of_child(file, 3);
    for (std::uint64_t id = 23; id < 93; ++id) {
        put_header(file, id, format::branch_flag, 0);
        const std::uint64_t at = element(id * page_size, 0);
        file.put<std::uint32_t>(at, 16).put(at + 4, static_cast<std::uint32_t>(key.size()));
        file.put<std::uint64_t>(at + 8, id == 92 ? 10 : id + 1);
        put_text(file, at + 16, key);
    }
    file.put<std::uint64_t>(child_of(3), 23);
}

// A leaf with one key of 40,000 bytes in place of leaf 10.
void leaf_with_huge_key(PatchedFile& file) {
    append_pages(file, 10);
    const std::string key = key_of_child(file, 3) + std::string(40000, 'a');
    put_header(file, 23, format::leaf_flag, 9);
    const std::uint64_t at = element(23 * page_size, 0);
    file.put<std::uint32_t>(at, 0).put<std::uint32_t>(at + 4, 16);
    file.put(at + 8, static_cast<std::uint32_t>(key.size())).put<std::uint32_t>(at + 12, 0);
    put_text(file, at + 16, key);
    file.put<std::uint64_t>(child_of(3), 23);
}

// Turns libnetwork's value into that of an inline bucket with no leaf in it.
void broken_inline_bucket(PatchedFile& file) {
    const std::uint64_t at = element(root_leaf, 0);
    const std::uint64_t value =
        at + file.get<std::uint32_t>(at + 4) + file.get<std::uint32_t>(at + 8);
    file.put<std::uint32_t>(at + 12, 32).put<std::uint64_t>(value, 0);
    file.put<std::uint64_t>(value + 16, 0).put<std::uint64_t>(value + 24, 0x1234);
}

void shorten_first_key(PatchedFile& file) {
    const std::uint64_t at = element(leaf, 0);
    const auto key_bytes = file.get<std::uint32_t>(at + 8);
    file.put<std::uint32_t>(at + 12, file.get<std::uint32_t>(at + 12) + key_bytes);
    file.put<std::uint32_t>(at + 8, 0);
}

void change_first_byte_of_key(PatchedFile& file, std::uint64_t index) {
    const std::uint64_t at = element(leaf, index);
    file.put<char>(at + file.get<std::uint32_t>(at + 4), 'z');
}

std::uint64_t value_of_root_bucket(const PatchedFile& file) {
    const std::uint64_t at = element(root_leaf, 0);
    return at + file.get<std::uint32_t>(at + 4) + file.get<std::uint32_t>(at + 8);
}

void zero(PatchedFile& file, std::uint64_t begin, std::uint64_t length) {
    for (std::uint64_t i = 0; i < length; i += 8)
        file.put<std::uint64_t>(begin + i, 0);
}

std::vector<Case> cases_of_metas() {
    return {
        {file_empty, std::nullopt, [](PatchedFile& f) { f.resize(0); }},
        {file_truncated, std::nullopt, [](PatchedFile& f) { f.resize(40960); }},
        {not_a_bolt_file, std::nullopt,
         [](PatchedFile& f) { f.bytes().assign(10000, std::byte{'x'}); }},
        {foreign_byte_order, std::nullopt,
         [](PatchedFile& f) {
             f.put<std::uint32_t>(16, 0xEDDA0CED).put<std::uint32_t>(meta1, 0xEDDA0CED);
         }},
        {meta_magic, 1, [](PatchedFile& f) { f.put<std::uint32_t>(meta1, 7); }},
        {meta_version, 1, [](PatchedFile& f) { f.put<std::uint32_t>(meta1 + 4, 3); }},
        {meta_checksum, 1, [](PatchedFile& f) { f.put<std::uint64_t>(meta1 + 56, 1); }},
        {meta_page_size, 1,
         [](PatchedFile& f) { f.put<std::uint32_t>(meta1 + 8, 8192).seal_meta(1, page_size); }},
        {meta_without_checksum, 0,
         [](PatchedFile& f) {
             f.put<std::uint64_t>(meta1 + 56, 0).put<std::uint64_t>(16 + 56, 0);
         }},
        {both_metas_invalid, std::nullopt,
         [](PatchedFile& f) {
             f.put<std::uint64_t>(meta1 + 56, 1).put<std::uint64_t>(16 + 56, 1);
         }},
        {meta_root_out_of_range, 1000,
         [](PatchedFile& f) { f.put<std::uint64_t>(meta1 + 16, 1000).seal_meta(1, page_size); }},
        {meta_freelist_out_of_range, 1,
         [](PatchedFile& f) { f.put<std::uint64_t>(meta1 + 32, 1).seal_meta(1, page_size); }},
        {meta_hwm_beyond_file, 1,
         [](PatchedFile& f) { f.put<std::uint64_t>(meta1 + 40, 1000).seal_meta(1, page_size); }},
    };
}

std::vector<Case> cases_of_pages() {
    return {
        {page_zeroed, 15, [](PatchedFile& f) { zero(f, leaf, page_size); }},
        {page_id_mismatch, 15, [](PatchedFile& f) { f.put<std::uint64_t>(leaf, 14); }},
        {page_type_invalid, 15, [](PatchedFile& f) { f.put<std::uint16_t>(leaf + 8, 16); }},
        {page_out_of_range, 23, [](PatchedFile& f) { f.put<std::uint64_t>(child_of(3), 23); }},
        {page_overflow_out_of_range, 15,
         [](PatchedFile& f) { f.put<std::uint32_t>(leaf + 12, 1000); }},
        {page_cycle, 18, [](PatchedFile& f) { f.put<std::uint64_t>(child_of(3), 18); }},
        {page_shared, 7, [](PatchedFile& f) { f.put<std::uint64_t>(child_of(3), 7); }},
        {page_reachable_but_free, 3,
         [](PatchedFile& f) { f.put<std::uint64_t>(freelist + 16, 3); }},
        {page_leaked, 20, [](PatchedFile& f) { f.put<std::uint16_t>(freelist + 10, 3); }},
        {pages_unreachable, 3,
         [](PatchedFile& f) { f.put<std::uint64_t>(value_of_root_bucket(f), 15); }},
        {tree_too_deep, 86, chain_of_branches},
        {branch_empty, 18, [](PatchedFile& f) { f.put<std::uint16_t>(branch + 10, 0); }},
        {element_out_of_page, 15,
         [](PatchedFile& f) { f.put<std::uint32_t>(element(leaf, 0) + 12, 5000); }},
        {element_overlap, 15,
         [](PatchedFile& f) {
             const std::uint64_t at = element(leaf, 1) + 4;
             f.put<std::uint32_t>(at, f.get<std::uint32_t>(at) - 8);
         }},
        {key_empty, 15, shorten_first_key},
        {key_too_large, 23, leaf_with_huge_key},
        {key_order, 15, [](PatchedFile& f) { change_first_byte_of_key(f, 0); }},
        {key_outside_parent_range, 15, [](PatchedFile& f) { change_first_byte_of_key(f, 2); }},
        {plain_key_among_buckets, 21,
         [](PatchedFile& f) { f.put<std::uint32_t>(element(root_leaf, 0), 0); }},
        {bucket_value_malformed, 21,
         [](PatchedFile& f) { f.put<std::uint32_t>(element(root_leaf, 0) + 12, 8); }},
        {bucket_root_out_of_range, 500,
         [](PatchedFile& f) { f.put<std::uint64_t>(value_of_root_bucket(f), 500); }},
        {inline_bucket_malformed, 21, broken_inline_bucket},
        {layout_not_canonical, 15, [](PatchedFile& f) { f.put<std::uint16_t>(leaf + 10, 2); }},
    };
}

std::vector<Case> cases_of_freelists() {
    return {
        {freelist_type, 22, [](PatchedFile& f) { f.put<std::uint16_t>(freelist + 8, 2); }},
        {freelist_count, 22, [](PatchedFile& f) { f.put<std::uint16_t>(freelist + 10, 600); }},
        {freelist_out_of_range, 22,
         [](PatchedFile& f) { f.put<std::uint64_t>(freelist + 40, 500); }},
        {freelist_duplicate, 22, [](PatchedFile& f) { f.put<std::uint64_t>(freelist + 24, 2); }},
        {freelist_unsorted, 22,
         [](PatchedFile& f) {
             f.put<std::uint64_t>(freelist + 16, 17).put<std::uint64_t>(freelist + 24, 2);
         }},
        {freelist_incomplete, 22, [](PatchedFile& f) { f.put<std::uint16_t>(freelist + 10, 0); }},
    };
}

std::vector<Case> all_cases() {
    std::vector<Case> cases = cases_of_metas();
    for (auto more : {cases_of_pages(), cases_of_freelists()})
        cases.insert(cases.end(), more.begin(), more.end());
    return cases;
}

PatchedFile running_file() {
    return PatchedFile(std::string(REBOLT_TEST_DATA) + "/real/docker-20.10-running.db");
}

Result<CheckReport> check_patched(PatchedFile& file, const CheckOptions& options = {}) {
    const auto source = PageSource::open(file.path());
    EXPECT_TRUE(source);
    return check(*source, options);
}

const Finding* find(const CheckReport& report, FindingCode code) {
    const auto at = std::ranges::find(report.findings, code, &Finding::code);
    return at == report.findings.end() ? nullptr : &*at;
}

TEST(CheckEveryCode, IsFoundAtItsPageWithATrueSeverity) {
    for (const Case& each : all_cases()) {
        SCOPED_TRACE(text_of(each.code).name);
        PatchedFile file = running_file();
        each.damage(file);
        const auto report = check_patched(file);
        ASSERT_TRUE(report);
        const Finding* finding = find(*report, each.code);
        ASSERT_NE(finding, nullptr);
        EXPECT_EQ(finding->place.page.value_or(PageId{0}), PageId{each.page.value_or(0)});
        EXPECT_EQ(finding->severity, text_of(each.code).severity);
        EXPECT_FALSE(finding->message.empty());
        const bool harmless = each.code == page_leaked;
        EXPECT_EQ(report->verdict == Verdict::clean, harmless);
    }
}

TEST(CheckEveryCode, OneChangeIsOneCause) {
    // Two wrong things are true at once where one change breaks two promises.
    const std::set<FindingCode> not_alone = {both_metas_invalid,      meta_without_checksum,
                                             page_reachable_but_free, freelist_out_of_range,
                                             freelist_duplicate,      meta_freelist_out_of_range};
    for (const Case& each : all_cases()) {
        if (not_alone.contains(each.code))
            continue;
        SCOPED_TRACE(text_of(each.code).name);
        PatchedFile file = running_file();
        each.damage(file);
        const auto report = check_patched(file);
        ASSERT_TRUE(report);
        EXPECT_EQ(report->findings.size(), 1U);
    }
}

TEST(CheckEveryCode, APageThatIsGoneWhileItIsReadIsUnreadable) {
    PatchedFile file = running_file();
    const auto source = PageSource::open(file.path());
    ASSERT_TRUE(source);
    ASSERT_EQ(::truncate(source->path().c_str(), 8 * 4096), 0);
    const auto report = check(*source);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->verdict, Verdict::damaged);
    ASSERT_NE(find(*report, page_unreadable), nullptr);
    EXPECT_EQ(find(*report, page_unreadable)->place.page, PageId{22});
    ASSERT_NE(find(*report, file_truncated), nullptr);
    EXPECT_EQ(find(*report, file_truncated)->place.offset, 8U * 4096);
}

constexpr Owner someone{128};

// Rules of somebody's own: `fault` is what is said of the sandboxes' values.
CheckOptions with_rules(const ValueFault& fault) {
    CheckOptions options;
    options.owners = {};
    options.owners.identify = [](const ContentSample& sample) {
        EXPECT_FALSE(sample.entries.empty());
        return someone;
    };
    options.owners.validate = [fault](Owner owner, OwnerRules::BucketPath bucket,
                                      std::string_view key, std::string_view) {
        EXPECT_EQ(owner, someone);
        EXPECT_EQ(bucket.size(), 1U);
        return key.starts_with("docker/network/v1.0/sandbox/") ? std::optional(fault)
                                                               : std::nullopt;
    };
    return options;
}

TEST(CheckEveryCode, AValueThatItsOwnersRulesRefuseIsMalformed) {
    PatchedFile file = running_file();
    const auto report = check_patched(file, with_rules({.clause = "no good"}));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->verdict, Verdict::damaged);
    EXPECT_TRUE(report->has_sound_pages());
    for (const Finding& finding : report->findings)
        EXPECT_EQ(finding.code, value_malformed);
    ASSERT_FALSE(report->findings.empty());
    EXPECT_TRUE(report->findings[0].message.ends_with("`: no good") ||
                report->findings[0].message.find("`: no good; ") != std::string::npos);
}

TEST(CheckEveryCode, AValueOfAnUnknownFormIsANote) {
    PatchedFile file = running_file();
    const auto report =
        check_patched(file, with_rules({.clause = "a newer form", .is_unknown_form = true}));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->verdict, Verdict::clean);
    EXPECT_TRUE(report->trees.front().whole);
    ASSERT_FALSE(report->findings.empty());
    EXPECT_EQ(report->findings[0].code, value_form_unknown);
    EXPECT_EQ(report->findings[0].severity, Severity::note);
}

TEST(CheckEveryCode, AFileThatIsLongForNothingIsOversized) {
    PatchedFile file = running_file();
    const std::string path = file.path();
    ASSERT_EQ(::truncate(path.c_str(), off_t{1} << 37), 0);
    const auto source = PageSource::open(path);
    ASSERT_TRUE(source);
    const auto report = check(*source);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->verdict, Verdict::clean);
    ASSERT_EQ(report->findings.size(), 1U);
    EXPECT_EQ(report->findings[0].code, file_oversized);
}

TEST(CheckEveryCode, AnOldMetaWithoutAChecksumIsANote) {
    PatchedFile file = running_file();
    file.put<std::uint64_t>(16 + 56, 0);
    const auto report = check_patched(file);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->verdict, Verdict::clean);
    ASSERT_EQ(report->findings.size(), 1U);
    EXPECT_EQ(report->findings[0].code, meta_without_checksum);
    EXPECT_EQ(report->findings[0].severity, Severity::note);
}

TEST(CheckEveryCode, HasACaseOrATestOfItsOwn) {
    std::set<FindingCode> tested = {page_unreadable, value_malformed, value_form_unknown,
                                    file_oversized};
    for (const Case& each : all_cases())
        tested.insert(each.code);
    EXPECT_EQ(tested.size(), finding_code_count);
}

} // namespace
} // namespace rebolt
