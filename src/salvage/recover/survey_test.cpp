// Survey: what a page is by itself.
#include "salvage/recover/survey.hpp"

#include <gtest/gtest.h>

#include "support/file_builder.hpp"
#include "support/patched_file.hpp"
#include "support/temporary_folder.hpp"
#include "support/tree_builder.hpp"

namespace rebolt::salvage {
namespace {

class SurveyOfAFile : public testing::Test {
protected:
    SurveyOfAFile() {
        test::BucketContent content;
        for (int i = 0; i < 100; ++i)
            content.buckets["things"].values["key-" + std::to_string(1000 + i)] =
                std::string(40, 'v');
        content.buckets["large"].values["one"] = std::string(5000, 'v');
        bytes_ = test::build_file(content, {.page_size = 1024});
        path_ = folder_.path("survey.db");
    }
    // Surveys the file and hands it over.
    template <class Look>
    void survey(const Look& look) {
        test::write_file(path_, bytes_);
        const auto source = PageSource::open(path_);
        ASSERT_TRUE(source);
        Pulse pulse(options_);
        Survey pages(*source, pulse);
        while (pages.step())
            ;
        look(pages);
    }
    std::vector<std::byte> bytes_;

private:
    test::TemporaryFolder folder_;
    std::string path_;
    RecoverOptions options_;
};

TEST_F(SurveyOfAFile, KnowsSoundPagesByTheirKind) {
    survey([](const Survey& pages) {
        std::uint64_t leaves = 0;
        std::uint64_t long_runs = 0;
        for (std::uint64_t id = 2; id < pages.page_count(); ++id) {
            leaves += pages.is_leaf(PageId{id}) ? 1 : 0;
            long_runs += pages.is_leaf(PageId{id}) && pages.run_length(PageId{id}) == 5 ? 1 : 0;
        }
        EXPECT_GT(leaves, 5U);
        EXPECT_EQ(long_runs, 1U);
    });
}

TEST_F(SurveyOfAFile, APageWrittenIntoAnOverflowTakesItsOwnerAway) {
    PageId owner{};
    survey([&](const Survey& pages) {
        for (std::uint64_t id = 2; id < pages.page_count(); ++id)
            if (pages.is_leaf(PageId{id}) && pages.run_length(PageId{id}) == 5)
                owner = PageId{id};
    });
    const std::uint64_t inside = number(owner) + 3;
    const format::PageHeader header{
        .id = inside, .flags = format::leaf_flag, .count = 0, .overflow = 0};
    std::memcpy(bytes_.data() + inside * 1024, &header, sizeof header);
    survey([&](const Survey& pages) {
        EXPECT_EQ(pages.kind(owner), PageKind::other);
        EXPECT_EQ(pages.kind(PageId{inside}), PageKind::leaf);
    });
}

TEST_F(SurveyOfAFile, BehindTheEndOfTheFileIsNothing) {
    survey([](Survey& pages) {
        const PageId behind{pages.page_count() + 7};
        pages.set(behind, Survey::used);
        pages.set_home(behind, BucketId{0});
        EXPECT_EQ(pages.kind(behind), PageKind::other);
        EXPECT_FALSE(pages.has(behind, Survey::used));
        EXPECT_EQ(pages.home(behind), no_bucket);
        EXPECT_EQ(count_of(pages.bytes(behind)), 0);
    });
}

} // namespace
} // namespace rebolt::salvage
