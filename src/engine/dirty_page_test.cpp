// DirtyPage against a naive model: a vector of elements.
#include "engine/dirty_page.hpp"

#include <algorithm>
#include <cstring>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "support/random.hpp"

namespace rebolt::engine {
namespace {

struct Element {
    std::string key;
    std::string value;
    std::uint32_t flags = 0;
    std::uint64_t child = 0;

    [[nodiscard]] Item item() const { return {key, value, flags, child}; }
    bool operator==(const Element&) const = default;
};

std::vector<Element> elements_of(const DirtyPage& dirty) {
    std::vector<Element> elements;
    for (std::size_t i = 0; i < dirty.count(); ++i) {
        const Item item = dirty.item(i);
        elements.push_back(
            {std::string(item.key), std::string(item.value), item.flags, item.child});
    }
    return elements;
}

std::vector<std::byte> image_of(const DirtyPage& dirty, std::size_t room = 0) {
    std::vector<std::byte> image(dirty.image_bytes() + room);
    dirty.write(image.data(), 5, 2);
    return image;
}

Node node_of(const std::vector<std::byte>& image) {
    const auto header = load<format::PageHeader>(image.data());
    return {image.data(), image.size(), header.count, header.flags == format::leaf_flag};
}

TEST(DirtyPage, IsWrittenInBboltsLayout) {
    DirtyPage dirty(true, 100);
    dirty.insert(0, {"b", "two", 0, 0});
    dirty.insert(0, {"a", "one", 1, 0});
    const std::vector<std::byte> image = image_of(dirty);
    ASSERT_EQ(image.size(), 16U + 2 * 16 + 8);
    const auto header = load<format::PageHeader>(image.data());
    EXPECT_EQ(header.id, 5U);
    EXPECT_EQ(header.flags, format::leaf_flag);
    EXPECT_EQ(header.count, 2U);
    EXPECT_EQ(header.overflow, 2U);
    EXPECT_EQ(as_text(image).substr(48), "aonebtwo");
    const auto first = load<format::LeafElementHeader>(image.data() + 16);
    EXPECT_EQ(first.flags, 1U);
    EXPECT_EQ(first.pos, 32U);
    const auto second = load<format::LeafElementHeader>(image.data() + 32);
    EXPECT_EQ(second.pos, 20U);
    EXPECT_EQ(second.key_bytes, 1U);
    EXPECT_EQ(second.value_bytes, 3U);
}

TEST(DirtyPage, OfAnEmptyLeafIsAHeader) {
    EXPECT_EQ(image_of(DirtyPage(true, 0)).size(), 16U);
}

TEST(DirtyPage, OfABranchKeepsChildren) {
    DirtyPage dirty(false, 0);
    dirty.insert(0, {"k", {}, 0, 7});
    dirty.set_child(0, 9);
    const std::vector<std::byte> image = image_of(dirty);
    const auto element = format::BranchView::of(image)->element(0);
    ASSERT_TRUE(element);
    EXPECT_EQ(element->key, "k");
    EXPECT_EQ(number(element->child), 9U);
}

TEST(DirtyPage, KnowsItsOwnBytes) {
    DirtyPage dirty(true, 0);
    dirty.insert(0, {"k", "value", 0, 0});
    EXPECT_TRUE(dirty.holds(dirty.item(0).value));
    EXPECT_FALSE(dirty.holds("value"));
}

TEST(JudgeChildren, FindsABranchThatLeadsOutOfTheFile) {
    for (const std::uint64_t child :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{100}, std::uint64_t{1} << 63}) {
        DirtyPage dirty(false, 0);
        dirty.insert(0, {"a", {}, 0, 99});
        dirty.insert(1, {"b", {}, 0, child});
        const auto fault = judge_children(dirty.node(), 100);
        ASSERT_TRUE(fault) << child;
        EXPECT_EQ(fault->code, FindingCode::page_out_of_range);
        EXPECT_EQ(fault->element, 1U);
        EXPECT_EQ(to_text(*fault),
                  fmt::format("the page's id is {}, expected less than 100", child));
    }
}

class Model {
public:
    Model(bool is_leaf, std::uint64_t seed)
        : dirty_(std::make_unique<DirtyPage>(is_leaf, 50)), is_leaf_(is_leaf), random_(seed) {}

    void step() {
        const std::size_t count = expected_.size();
        const std::uint64_t what = random_.below(10);
        if (what < 5 || count == 0)
            insert();
        else if (what < 7)
            replace(random_.below(count));
        else if (what < 9)
            erase(random_.below(count));
        else
            split_and_join(random_.below(count + 1));
        ASSERT_EQ(elements_of(*dirty_), expected_);
    }
    void copy() {
        const std::vector<std::byte> image = image_of(*dirty_, random_.below(100));
        auto copied = DirtyPage::copy_of(node_of(image));
        ASSERT_EQ(elements_of(*copied), expected_);
        ASSERT_EQ(copied->image_bytes(), dirty_->image_bytes());
        dirty_ = std::move(copied);
    }

private:
    Element make(const std::string& key) {
        if (!is_leaf_)
            return {key, "", 0, 2 + random_.below(900)};
        return {key, std::string(random_.below(60), 'v'),
                static_cast<std::uint32_t>(random_.below(2)), 0};
    }
    void insert() {
        const std::string key = "k" + std::to_string(random_.below(100'000));
        const auto at = std::ranges::lower_bound(expected_, key, {}, &Element::key);
        if (at != expected_.end() && at->key == key)
            return;
        const Element element = make(key);
        dirty_->insert(static_cast<std::size_t>(at - expected_.begin()), element.item());
        expected_.insert(at, element);
    }
    void replace(std::size_t index) {
        expected_[index] = make(expected_[index].key);
        dirty_->replace(index, expected_[index].item());
    }
    void erase(std::size_t index) {
        dirty_->erase(index);
        EXPECT_TRUE(dirty_->has_shrunk);
        expected_.erase(expected_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    void split_and_join(std::size_t index) {
        DirtyPage right(is_leaf_, 0);
        const std::uint64_t whole = dirty_->image_bytes();
        dirty_->move_tail_to(right, index);
        EXPECT_EQ(dirty_->image_bytes() + right.image_bytes() - 16, whole);
        right.move_tail_to(*dirty_, 0);
        EXPECT_EQ(right.count(), 0U);
    }

    std::unique_ptr<DirtyPage> dirty_;
    bool is_leaf_;
    test::Random random_;
    std::vector<Element> expected_;
};

TEST(DirtyPage, DoesAsANaiveModelDoes) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed)
        for (const bool is_leaf : {true, false}) {
            SCOPED_TRACE(seed);
            Model model(is_leaf, seed);
            for (int i = 0; i < 300 && !HasFatalFailure(); ++i) {
                model.step();
                if (i % 50 == 49)
                    model.copy();
            }
        }
}

} // namespace
} // namespace rebolt::engine
