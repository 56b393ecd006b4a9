#include <rebolt/finding.hpp>

#include <set>
#include <string>

#include <gtest/gtest.h>

#include <rebolt/error.hpp>

namespace rebolt {
namespace {

TEST(FindingText, EveryCodeHasTextsAndANameOfItsOwn) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < finding_code_count; ++i) {
        const auto code = static_cast<FindingCode>(i);
        const FindingText& text = text_of(code);
        EXPECT_FALSE(text.name.empty() || text.summary.empty() || text.consequence.empty() ||
                     text.remedy.empty());
        EXPECT_EQ(finding_code(text.name), code);
        names.insert(text.name);
    }
    EXPECT_EQ(names.size(), finding_code_count);
    EXPECT_EQ(finding_code("no-such-code"), std::nullopt);
}

TEST(Place, NamesOnlyThePartsThatApply) {
    EXPECT_EQ(to_text(Place{}), "");
    EXPECT_EQ(to_text(Place{.page = PageId{2},
                            .offset = 8192,
                            .bucket = {"a", std::string("\0\n", 2)},
                            .path = {PageId{21}, PageId{18}, PageId{2}}}),
              "page 2, offset 8192, path 21 > 18 > 2, bucket a / \\x00\\x0a");
}

TEST(Place, ShowsALongWayByItsEnds) {
    Place place;
    for (std::uint64_t id = 1; id <= 42; ++id)
        place.path.push_back(PageId{id});
    EXPECT_EQ(to_text(place), "path 1 > 2 > 3 > 4 > 5 > 6 > … 30 pages … > 37 > 38 > 39 > 40 > "
                              "41 > 42");
}

TEST(Printable, LeavesNothingThatATerminalWouldObey) {
    EXPECT_EQ(printable("a\\b\x1b[31m\xff"), "a\\\\b\\x1b[31m\\xff");
}

TEST(Error, IsOnePointerWideAndSaysWhatAndWhere) {
    EXPECT_EQ(sizeof(Error), sizeof(void*));
    const Error error =
        Error(Finding{.code = FindingCode::page_cycle,
                      .severity = Severity::fatal,
                      .place = {.page = PageId{2}, .offset = 8192, .bucket = {}, .path = {}},
                      .message = "page 2 leads back to page 2",
                      .transaction = TxId{99}})
            .in_file("local-kv.db");
    EXPECT_EQ(error.code(), ErrorCode::damaged);
    EXPECT_EQ(error.to_text(),
              "local-kv.db: page-cycle: page 2, offset 8192: page 2 leads back to page 2");
}

} // namespace
} // namespace rebolt
