#include <rebolt/format.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rebolt::format {
namespace {

std::vector<std::byte> page_with(std::uint16_t flags, std::uint16_t count, std::size_t bytes) {
    std::vector<std::byte> page(bytes);
    const PageHeader header{.id = 7, .flags = flags, .count = count, .overflow = 0};
    std::memcpy(page.data(), &header, sizeof header);
    return page;
}

template <class T>
void put(std::vector<std::byte>& page, std::size_t at, T value) {
    std::memcpy(page.data() + at, &value, sizeof value);
}

TEST(Fnv1a, GivesThePublishedValues) {
    EXPECT_EQ(fnv1a({}), 0xCBF29CE484222325U);
    EXPECT_EQ(fnv1a(as_bytes("a")), 0xAF63DC4C8601EC8CU);
    EXPECT_EQ(fnv1a(as_bytes("foobar")), 0x85944171F73967E8U);
}

TEST(LeafView, ReadsKeyAndValueBehindTheElements) {
    auto page = page_with(leaf_flag, 1, 64);
    put(page, 16, LeafElementHeader{.flags = 1, .pos = 16, .key_bytes = 2, .value_bytes = 3});
    std::memcpy(page.data() + 32, "kvxyz", 5);
    const auto view = LeafView::of(page);
    ASSERT_TRUE(view);
    const auto element = view->element(0);
    ASSERT_TRUE(element);
    EXPECT_EQ(element->key, "kv");
    EXPECT_EQ(element->value, "xyz");
    EXPECT_TRUE(element->is_bucket());
}

TEST(LeafView, RefusesElementsThatLeaveThePage) {
    auto page = page_with(leaf_flag, 1, 64);
    for (const LeafElementHeader& bad :
         {LeafElementHeader{.flags = 0, .pos = 49, .key_bytes = 0, .value_bytes = 0},
          LeafElementHeader{.flags = 0, .pos = 16, .key_bytes = 0xFFFFFFFF, .value_bytes = 1},
          LeafElementHeader{.flags = 0, .pos = 0xFFFFFFFF, .key_bytes = 1, .value_bytes = 1},
          LeafElementHeader{.flags = 0, .pos = 16, .key_bytes = 1, .value_bytes = 0xFFFFFFFF},
          LeafElementHeader{.flags = 0, .pos = 15, .key_bytes = 1, .value_bytes = 1}}) {
        put(page, 16, bad);
        const auto element = LeafView::of(page)->element(0);
        ASSERT_FALSE(element);
        EXPECT_EQ(element.error().code, FindingCode::element_out_of_page);
    }
}

TEST(Views, RefuseACountThatDoesNotFit) {
    EXPECT_TRUE(LeafView::of(page_with(leaf_flag, 3, 64)));
    EXPECT_FALSE(LeafView::of(page_with(leaf_flag, 4, 64)));
    EXPECT_FALSE(BranchView::of(page_with(branch_flag, 0xFFFF, 64)));
    EXPECT_FALSE(LeafView::of({}));
    EXPECT_FALSE(PageView::of({}));
}

TEST(FreelistView, TakesTheTrueCountFromTheFirstIdWhenCountIsFull) {
    auto page = page_with(freelist_flag, 0xFFFF, 64);
    put(page, 16, std::uint64_t{3});
    put(page, 40, std::uint64_t{99});
    const auto view = FreelistView::of(page);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->count(), 3U);
    EXPECT_EQ(view->id(2), PageId{99});
    put(page, 16, ~std::uint64_t{0});
    ASSERT_FALSE(FreelistView::of(page));
    EXPECT_EQ(FreelistView::of(page).error().code, FindingCode::freelist_count);
}

TEST(BucketView, TellsInlineFromOrdinaryAndRefusesShortValues) {
    std::string value(16, '\0');
    value[0] = 5;
    value[8] = 9;
    ASSERT_TRUE(BucketView::of(value));
    EXPECT_EQ(BucketView::of(value)->root(), PageId{5});
    EXPECT_EQ(BucketView::of(value)->sequence(), 9U);
    EXPECT_FALSE(BucketView::of(value.substr(0, 15)));
    const auto no_page = BucketView::of(std::string(31, '\0'));
    ASSERT_FALSE(no_page);
    EXPECT_EQ(no_page.error().code, FindingCode::inline_bucket_malformed);
    EXPECT_TRUE(BucketView::of(std::string(32, '\0'))->is_inline());
}

TEST(MetaView, NamesTheFirstThingThatIsWrong) {
    std::vector<std::byte> page(80);
    MetaFields meta{};
    const auto code = [&] {
        put(page, 16, meta);
        return MetaView::of(page)->validate()->code;
    };
    EXPECT_EQ(code(), FindingCode::meta_magic);
    meta.magic = magic;
    EXPECT_EQ(code(), FindingCode::meta_version);
    meta.version = version;
    EXPECT_EQ(code(), FindingCode::meta_checksum);
    meta.checksum = MetaView::of(page)->expected_checksum();
    put(page, 16, meta);
    EXPECT_FALSE(MetaView::of(page)->validate());
    EXPECT_FALSE(MetaView::of(Bytes(page).first(79)));
}

} // namespace
} // namespace rebolt::format
