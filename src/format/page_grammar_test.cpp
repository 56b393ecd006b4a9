// The grammar of pages: the fast pass and the one with words agree, each rule has
// its fault and its sentence, and a sound page is read without tests.
#include <rebolt/page_grammar.hpp>

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rebolt::format {
namespace {

struct Pair {
    std::string key;
    std::string value;
    std::uint32_t flags = 0;
};

template <class T>
void put(std::vector<std::byte>& page, std::size_t at, T value) {
    std::memcpy(page.data() + at, &value, sizeof value);
}

std::vector<std::byte> leaf_of(const std::vector<Pair>& pairs, std::size_t bytes = 512) {
    std::vector<std::byte> page(bytes);
    put(page, 0,
        PageHeader{.id = 7,
                   .flags = leaf_flag,
                   .count = static_cast<std::uint16_t>(pairs.size()),
                   .overflow = static_cast<std::uint32_t>(bytes / 512 - 1)});
    std::size_t content = LeafView::offset_of(pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto& [key, value, flags] = pairs[i];
        put(page, LeafView::offset_of(i),
            LeafElementHeader{flags, static_cast<std::uint32_t>(content - LeafView::offset_of(i)),
                              static_cast<std::uint32_t>(key.size()),
                              static_cast<std::uint32_t>(value.size())});
        std::memcpy(page.data() + content, key.data(), key.size());
        std::memcpy(page.data() + content + key.size(), value.data(), value.size());
        content += key.size() + value.size();
    }
    return page;
}

std::vector<std::byte> branch_of(const std::vector<std::string>& keys) {
    std::vector<std::byte> page(512);
    put(page, 0,
        PageHeader{.id = 7,
                   .flags = branch_flag,
                   .count = static_cast<std::uint16_t>(keys.size()),
                   .overflow = 0});
    std::size_t content = BranchView::offset_of(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        put(page, BranchView::offset_of(i),
            BranchElementHeader{static_cast<std::uint32_t>(content - BranchView::offset_of(i)),
                                static_cast<std::uint32_t>(keys[i].size()), 10 + i});
        std::memcpy(page.data() + content, keys[i].data(), keys[i].size());
        content += keys[i].size();
    }
    return page;
}

constexpr PagePlace anywhere{
    .range = {}, .page_size_bytes = 512, .is_root = false, .is_inline = false};

// The sentence about the page, which the fast pass must refuse too.
std::string told(const std::vector<std::byte>& leaf, const PagePlace& place = anywhere) {
    LeafCount count;
    EXPECT_FALSE(leaf_is_sound(leaf, place, count));
    const auto judged = judge_leaf(leaf, place);
    return judged ? std::string(text_of(judged->fault.code).name) + ": " + to_text(judged->fault)
                  : "nothing";
}

const std::vector<std::byte> sound = leaf_of({{"aa", "1"}, {"bb", "22", 1}, {"cc", ""}});

// The sound leaf after a change of one field of one element.
template <class T>
std::vector<std::byte> with(std::size_t index, std::size_t offset, T value) {
    std::vector<std::byte> page = sound;
    put(page, LeafView::offset_of(index) + offset, value);
    return page;
}

TEST(PageGrammar, ReadsASoundLeafWithoutTests) {
    LeafCount count;
    ASSERT_TRUE(leaf_is_sound(sound, anywhere, count));
    EXPECT_EQ(count.keys, 3U);
    EXPECT_EQ(count.buckets, 1U);
    EXPECT_FALSE(judge_leaf(sound, anywhere));
    const SoundLeaf leaf(sound);
    ASSERT_EQ(leaf.count(), 3U);
    EXPECT_EQ(leaf[0].key, "aa");
    EXPECT_EQ(leaf[1].value, "22");
    EXPECT_TRUE(leaf[1].is_bucket());
    EXPECT_EQ(content_end(sound, true), 16U + 48 + 9);
}

TEST(PageGrammar, ReadsASoundBranchWithoutTests) {
    const auto page = branch_of({"a", "bcd"});
    ASSERT_TRUE(branch_is_sound(page, anywhere));
    EXPECT_FALSE(judge_branch(page, anywhere));
    const SoundBranch branch(page);
    ASSERT_EQ(branch.count(), 2U);
    EXPECT_EQ(branch[1].key, "bcd");
    EXPECT_EQ(branch[1].child, PageId{11});
    EXPECT_EQ(content_end(page, false), 16U + 32 + 4);
}

TEST(PageGrammar, SaysWhatIsWrongWithAnElement) {
    EXPECT_EQ(told(with(1, 4, std::uint32_t{5000})),
              "element-out-of-page: element 1 ends at byte 5036 of a page of 512");
    EXPECT_EQ(told(with(0, 4, std::uint32_t{16})),
              "element-out-of-page: element 0's key starts at byte 32, among the elements, which "
              "end at byte 64");
    EXPECT_EQ(told(with(1, 4, std::uint32_t{34})),
              "element-overlap: element 1's key starts at byte 66, inside the element before, "
              "which ends at byte 67");
    EXPECT_EQ(told(leaf_of({{"", "1"}})), "key-empty: element 0 has an empty key");
    EXPECT_EQ(told(leaf_of({{std::string(32769, 'k'), ""}}, 33280)),
              "key-too-large: element 0 has a key of 32769 bytes, expected at most 32768");
    EXPECT_EQ(told(leaf_of({{"bb", ""}, {"aa", ""}})),
              "key-order: key \"aa\" does not sort after the previous key \"bb\"");
    EXPECT_EQ(told(leaf_of({{"aa", ""}, {"aa", ""}})),
              "key-order: key \"aa\" does not sort after the previous key \"aa\"");
    EXPECT_EQ(told(with(0, 0, std::uint32_t{6})),
              "layout-not-canonical: element 0 has flags 0x6, expected 0 or 1");
    EXPECT_EQ(told(with(1, 12, std::uint32_t{1})),
              "layout-not-canonical: element 2's key starts at byte 71, expected byte 70, right "
              "after the element before");
}

TEST(PageGrammar, SaysWhatIsWrongWithAPage) {
    auto page = sound;
    put(page, 10, std::uint16_t{32});
    EXPECT_EQ(told(page), "element-out-of-page: 32 elements end at byte 528 of a page of 512");
    EXPECT_EQ(told(leaf_of({})),
              "layout-not-canonical: the leaf has no elements, which only a root may");
    page = leaf_of({{"a", ""}}, 1536);
    EXPECT_EQ(told(page), "layout-not-canonical: overflow is 2, but the content ends at byte 33");
    const auto judged = judge_branch(branch_of({}), anywhere);
    EXPECT_EQ(to_text(judged->fault), "the branch has no elements");
    EXPECT_FALSE(branch_is_sound(branch_of({}), anywhere));
}

TEST(PageGrammar, HoldsKeysToTheRangeOfTheParent) {
    const auto between = [](std::optional<std::string_view> lower,
                            std::optional<std::string_view> upper) {
        PagePlace place = anywhere;
        place.range = {lower, upper};
        return place;
    };
    LeafCount count;
    EXPECT_TRUE(leaf_is_sound(sound, between("aa", "cca"), count));
    EXPECT_EQ(told(sound, between("ab", {})),
              "key-outside-parent-range: key \"aa\" sorts before \"ab\", where the parent's range "
              "for this page begins");
    EXPECT_EQ(
        told(sound, between({}, "cc")),
        "key-outside-parent-range: key \"cc\" does not sort before \"cc\", where the parent's "
        "range for this page ends");
    EXPECT_FALSE(judge_range(sound, true, {.lower = "aa", .upper = "cca"}));
    EXPECT_EQ(judge_range(sound, true, {.lower = {}, .upper = "cc"})->other, "cc");
    EXPECT_EQ(judge_range(branch_of({"b"}), false, {.lower = "c", .upper = {}})->key, "b");
}

TEST(PageGrammar, HoldsAnInlineBucketToBeALeafWithoutOverflow) {
    const PagePlace place{.range = {}, .page_size_bytes = 4096, .is_root = true, .is_inline = true};
    LeafCount count;
    EXPECT_TRUE(leaf_is_sound(leaf_of({}), place, count));
    auto page = sound;
    EXPECT_TRUE(leaf_is_sound(page, place, count));
    put(page, 12, std::uint32_t{1});
    EXPECT_EQ(told(page, place),
              "layout-not-canonical: overflow is 1, but the content ends at byte 73");
    page = sound;
    put(page, 8, branch_flag);
    EXPECT_EQ(told(page, place), "page-type-invalid: flags are 0x1 (branch), expected 0x2 (leaf)");
}

TEST(PageGrammar, NamesTheGravestFaultAndCountsTheRest) {
    const auto judged = judge_leaf(leaf_of({{"b", "", 2}, {"a", "", 2}, {"", ""}}), anywhere);
    ASSERT_TRUE(judged);
    EXPECT_EQ(judged->fault.code, FindingCode::key_empty);
    EXPECT_EQ(judged->more, 3U);
}

TEST(PageGrammar, JudgesTheHeaderOfATreesPage) {
    EXPECT_FALSE(judge_tree_header(sound, PageId{7}));
    EXPECT_EQ(to_text(*judge_tree_header(sound, PageId{8})),
              "the page says that it is page 7, expected 8");
    EXPECT_EQ(to_text(*judge_tree_header(std::vector<std::byte>(512), PageId{7})),
              "all 512 bytes are zero, expected a branch or leaf");
    auto page = sound;
    put(page, 8, freelist_flag);
    EXPECT_EQ(to_text(*judge_tree_header(page, PageId{7})),
              "flags are 0x10 (freelist), expected 0x1 (branch) or 0x2 (leaf)");
}

// Whatever the bytes: sound for the one is sound for the other.
TEST(PageGrammar, TheFastPassAndTheJudgeAgree) {
    constexpr unsigned seed = 20261128;
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return random() % n; };
    std::size_t sound_count = 0;
    for (int round = 0; round < 50000; ++round) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << ", round " << round);
        const bool is_leaf = below(2) == 0;
        auto page = is_leaf ? sound : branch_of({"aa", "bb", "cc"});
        for (std::size_t changes = below(3); changes-- > 0;)
            page[8 + below(80)] = static_cast<std::byte>(below(4) == 0 ? random() : below(40));
        PagePlace place = anywhere;
        place.is_inline = is_leaf && below(4) == 0;
        place.is_root = below(2) == 0;
        if (below(3) == 0)
            place.range = {"aa", "cd"};
        LeafCount count;
        const bool fast =
            is_leaf ? leaf_is_sound(page, place, count) : branch_is_sound(page, place);
        const auto judged = is_leaf ? judge_leaf(page, place) : judge_branch(page, place);
        ASSERT_EQ(fast, !judged.has_value()) << (judged ? to_text(judged->fault) : "");
        sound_count += fast ? 1 : 0;
    }
    EXPECT_GT(sound_count, 10000U);
    EXPECT_LT(sound_count, 40000U);
}

} // namespace
} // namespace rebolt::format
