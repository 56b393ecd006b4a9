// Files made to cost a checker squares of their size: elements that share
// their bytes, overflow runs that overlap, long names above much damage. Sizes
// are such that a square of them would not end in an hour.
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <rebolt/check.hpp>

#include "support/file_builder.hpp"
#include "support/patched_file.hpp"

namespace rebolt {
namespace {

using test::BranchItem;
using test::FileBuilder;
using test::LeafItem;
using test::PatchedFile;

constexpr std::uint32_t page_size = 4096;
constexpr std::uint64_t meta_hwm_offset = 16 + 40;

template <class T>
void append(std::string& bytes, const T& value) {
    bytes.append(as_text(std::as_bytes(std::span(&value, 1))));
}

CheckReport report_of(PatchedFile& file) {
    auto report = check(*PageSource::open(file.path()));
    EXPECT_TRUE(report.has_value());
    return std::move(*report);
}

// A leaf page whose `count` elements all claim the same key and value bytes.
std::string leaf_of_same_bytes(std::uint64_t id, std::uint16_t count, const std::string& key,
                               const std::string& value) {
    std::string content;
    for (unsigned left = count; left > 0; --left) {
        const format::LeafElementHeader element{.flags = format::bucket_leaf_flag,
                                                .pos = left * 16,
                                                .key_bytes = static_cast<std::uint32_t>(key.size()),
                                                .value_bytes =
                                                    static_cast<std::uint32_t>(value.size())};
        append(content, element);
    }
    content += key + value;
    const auto pages =
        static_cast<std::uint32_t>((format::page_header_bytes + content.size() - 1) / page_size);
    const format::PageHeader header{
        .id = id, .flags = format::leaf_flag, .count = count, .overflow = pages};
    std::string page;
    append(page, header);
    page += content;
    page.resize((std::size_t{pages} + 1) * page_size);
    return page;
}

// An empty database whose root leaf, page 3, is `leaf`.
CheckReport report_with_root(const std::string& leaf) {
    PatchedFile file(FileBuilder(page_size).bytes());
    file.resize(3 * page_size + leaf.size());
    std::memcpy(file.bytes().data() + 3 * page_size, leaf.data(), leaf.size());
    for (const std::uint64_t meta : {0U, 1U})
        file.put(meta * page_size + meta_hwm_offset, std::uint64_t{file.bytes().size() / page_size})
            .seal_meta(meta, page_size);
    return report_of(file);
}

TEST(CheckHostileFiles, InlineBucketsThatShareTheirBytesAreJudgedOnce) {
    std::vector<LeafItem> items;
    for (unsigned i = 0; i < 60'000; ++i)
        items.push_back({fmt::format("{:05}", i), ""});
    const CheckReport report =
        report_with_root(leaf_of_same_bytes(3, 60'000, "b", FileBuilder::inline_bucket(items)));
    EXPECT_EQ(report.verdict, Verdict::damaged);
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].place.page, PageId{3});
}

TEST(CheckHostileFiles, ElementsThatShareALongNameAreNotReadEach) {
    const CheckReport report = report_with_root(
        leaf_of_same_bytes(3, 60'000, std::string(1'000'000, 'k'), FileBuilder::bucket(1)));
    EXPECT_EQ(report.verdict, Verdict::damaged);
    EXPECT_LE(report.findings.size(), 2U);
}

TEST(CheckHostileFiles, OverflowRunsToTheEndAreEnteredOnce) {
    constexpr std::uint64_t leaves = 20'000;
    constexpr std::uint64_t fanout = 200;
    FileBuilder builder(page_size);
    std::vector<BranchItem> top;
    std::uint64_t at = 4 + leaves;
    for (std::uint64_t first = 0; first < leaves; first += fanout) {
        std::vector<BranchItem> children;
        for (std::uint64_t i = first; i < first + fanout; ++i) {
            builder.leaf(4 + i, {{fmt::format("{:08}", i), "v"}});
            children.push_back({fmt::format("{:08}", i), 4 + i});
        }
        top.push_back({children[0].key, at});
        builder.branch(at++, children);
    }
    builder.branch(at, top).leaf(3, {{"b", FileBuilder::bucket(at), 1}});
    PatchedFile file(builder.bytes());
    const std::uint64_t pages = file.bytes().size() / page_size;
    for (std::uint64_t page = 4; page < 4 + leaves; ++page)
        file.put(page * page_size + 12, static_cast<std::uint32_t>(pages - 1 - page));
    const CheckReport report = report_of(file);
    EXPECT_EQ(report.verdict, Verdict::damaged);
    EXPECT_LE(report.pages_entered, 3 * pages);
}

TEST(CheckHostileFiles, ALongNameIsNotRepeatedWithEveryFinding) {
    constexpr std::size_t name_bytes = 1'000'000;
    const std::uint64_t branch = 4 + name_bytes / page_size + 2;
    std::vector<BranchItem> children;
    for (std::uint64_t i = 0; i < 1000; ++i)
        children.push_back({fmt::format("{:08}", i), (std::uint64_t{1} << 40U) + i});
    FileBuilder builder(page_size);
    builder.leaf(3, {{std::string(name_bytes, 'n'), FileBuilder::bucket(branch), 1}})
        .branch(branch, children);
    PatchedFile file(builder.bytes());
    const CheckReport report = report_of(file);
    EXPECT_EQ(report.verdict, Verdict::damaged);
    for (const Finding& finding : report.findings) {
        std::size_t bytes = finding.message.size();
        for (const std::string& name : finding.place.bucket)
            bytes += name.size();
        EXPECT_LE(bytes, 2048U) << text_of(finding.code).name;
    }
}

TEST(CheckOptions, FewFindingsWantedChangeNoVerdict) {
    FileBuilder builder(page_size);
    builder.leaf(3, {{"b", FileBuilder::bucket(9), 1}});
    PatchedFile file(builder.bytes());
    const auto all = check(*PageSource::open(file.path()));
    ASSERT_TRUE(all);
    for (const std::size_t wanted : {0U, 1U}) {
        CheckOptions options;
        options.findings_max = wanted;
        const auto few = check(*PageSource::open(file.path()), options);
        ASSERT_TRUE(few);
        EXPECT_EQ(few->verdict, Verdict::damaged);
        ASSERT_EQ(few->findings.size(), 1U);
        EXPECT_EQ(few->findings[0].severity, all->findings[0].severity);
        EXPECT_EQ(few->findings_left_out, all->findings.size() - 1);
    }
}

} // namespace
} // namespace rebolt
