// Attribution: which pages of the newest commit are old, by what leads to them and by
// what they name.
#include "salvage/recover/attribution.hpp"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "support/file_builder.hpp"
#include "support/patched_file.hpp"
#include "support/temporary_folder.hpp"
#include "support/tree_builder.hpp"

namespace rebolt::salvage {
namespace {

constexpr std::uint32_t page_size = 512;

class Attribution : public testing::Test {
protected:
    Attribution() {
        test::BucketContent content;
        for (int i = 0; i < 40; ++i)
            content.buckets["things"].values[fmt::format("key-{:04}", i)] = std::string(60, 'v');
        for (int i = 0; i < 20; ++i)
            content.buckets["others"].values[fmt::format("key-{:04}", i)] = std::string(60, 'w');
        bytes_ = test::build_file(content, {.page_size = page_size});
        path_ = folder_.path("attribution.db");
    }

    [[nodiscard]] format::PageHeader header(std::uint64_t page) const {
        return load<format::PageHeader>(bytes_.data() + page * page_size);
    }
    /// Pages of one type, in order.
    [[nodiscard]] std::vector<std::uint64_t> pages_of(format::PageType type) const {
        std::vector<std::uint64_t> found;
        for (std::uint64_t page = 2; page < bytes_.size() / page_size; ++page)
            if (header(page).id == page && header(page).type() == type)
                found.push_back(page);
        return found;
    }
    [[nodiscard]] std::vector<std::uint64_t> children_of(std::uint64_t branch) const {
        std::vector<std::uint64_t> children;
        const SafeBranch view(Bytes(bytes_).subspan(branch * page_size, page_size));
        for (std::size_t i = 0; i < view.count(); ++i)
            children.push_back(number(view.element(i).child));
        return children;
    }
    /// One page's content under another's number: an older write that is still there.
    void put_in_place_of(std::uint64_t page, std::uint64_t from) {
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(from * page_size), page_size,
                    bytes_.begin() + static_cast<std::ptrdiff_t>(page * page_size));
        format::PageHeader changed = header(page);
        changed.id = page;
        std::memcpy(bytes_.data() + page * page_size, &changed, sizeof changed);
    }
    /// Has an element of a branch lead to another page.
    void set_child(std::uint64_t branch, std::size_t element, std::uint64_t child) {
        constexpr std::size_t header_bytes = 16;
        constexpr std::size_t element_bytes = 16;
        constexpr std::size_t child_at = 8;
        std::memcpy(bytes_.data() + branch * page_size + header_bytes + element * element_bytes +
                        child_at,
                    &child, sizeof child);
    }

    /// Looks at the file as one whose newest commit wrote every page.
    template <class Look>
    void survey(const Look& look) {
        test::write_file(path_, bytes_);
        const auto source = PageSource::open(path_);
        ASSERT_TRUE(source);
        Context context(*source, {});
        while (context.pages.step())
            ;
        context.free_pages_known = context.knows_previous = true;
        for (std::uint64_t page = 2; page < context.pages.page_count(); ++page)
            context.pages.set(PageId{page}, Survey::written);
        look(context);
    }
    std::vector<std::byte> bytes_;

private:
    test::TemporaryFolder folder_;
    std::string path_;
};

TEST_F(Attribution, AChildWhoseKeysDoNotFitItsBranchIsOld) {
    const std::uint64_t branch = pages_of(format::PageType::branch).front();
    const auto children = children_of(branch);
    ASSERT_GE(children.size(), 4U);
    put_in_place_of(children[2], children[0]);
    survey([&](Context& context) {
        ASSERT_TRUE(attribute_orphans(context));
        for (const std::uint64_t child : children)
            EXPECT_EQ(context.pages.has(PageId{child}, Survey::outdated), child == children[2]);
    });
}

TEST_F(Attribution, ABranchAmongLeavesIsOld) {
    bytes_ = test::FileBuilder(page_size)
                 .leaf(3, {{"bucket", test::FileBuilder::bucket(4), 1}})
                 .branch(4, {{"a", 5}, {"c", 6}, {"e", 7}, {"g", 8}})
                 .branch(5, {{"a", 9}, {"b", 10}})
                 .leaf(6, {{"c", "1"}})
                 .leaf(7, {{"e", "1"}})
                 .leaf(8, {{"g", "1"}})
                 .leaf(9, {{"a", "1"}})
                 .leaf(10, {{"b", "1"}})
                 .bytes();
    survey([&](Context& context) {
        ASSERT_TRUE(attribute_orphans(context));
        for (std::uint64_t page = 4; page <= 10; ++page)
            EXPECT_EQ(context.pages.has(PageId{page}, Survey::outdated), page == 5);
    });
}

TEST_F(Attribution, WhatABranchLeadsToByMistakeIsNotOld) {
    const std::uint64_t branch = pages_of(format::PageType::branch).front();
    const auto children = children_of(branch);
    ASSERT_GE(children.size(), 4U);
    for (const std::uint64_t wrong : {branch, children[0]}) {
        const std::vector<std::byte> whole = bytes_;
        set_child(branch, 1, wrong);
        survey([&](Context& context) {
            ASSERT_TRUE(attribute_orphans(context));
            EXPECT_FALSE(context.pages.has(PageId{branch}, Survey::outdated));
            for (const std::uint64_t child : children) {
                EXPECT_FALSE(context.pages.has(PageId{child}, Survey::outdated)) << child;
            }
        });
        bytes_ = whole;
    }
}

TEST_F(Attribution, WithoutAMajorityNoChildIsOld) {
    const std::uint64_t branch = pages_of(format::PageType::branch).front();
    const auto children = children_of(branch);
    ASSERT_GE(children.size(), 4U);
    for (std::size_t i = 1; i < children.size(); ++i)
        put_in_place_of(children[i], children[0]);
    survey([&](Context& context) {
        ASSERT_TRUE(attribute_orphans(context));
        for (const std::uint64_t child : children)
            EXPECT_FALSE(context.pages.has(PageId{child}, Survey::outdated));
    });
}

TEST_F(Attribution, ALeafThatNamesAFreePageOrAnothersIsOld) {
    survey([&](Context& context) {
        Survey& pages = context.pages;
        PageId root{};
        for (std::uint64_t page = 2; page < pages.page_count(); ++page)
            root = pages.has(PageId{page}, Survey::has_buckets) ? PageId{page} : root;
        const auto things =
            format::BucketView::of(SafeLeaf(pages.bytes(root)).element(1).value)->root();
        EXPECT_FALSE(names_others(context, root_bucket, root));

        pages.set(things, Survey::in_previous);
        pages.set_home(things, context.buckets.inside(root_bucket, "things"));
        EXPECT_FALSE(names_others(context, root_bucket, root));
        pages.set_home(things, context.buckets.inside(root_bucket, "others"));
        EXPECT_TRUE(names_others(context, root_bucket, root));
        EXPECT_FALSE(names_others(context, no_bucket, root));

        pages.set(things, Survey::free);
        EXPECT_TRUE(names_others(context, no_bucket, root));
    });
}

} // namespace
} // namespace rebolt::salvage
