#include "etcd/tree_walk.hpp"

#include <optional>
#include <string>
#include <utility>

#include <rebolt/page_grammar.hpp>

namespace rebolt::etcd {
namespace {

using format::KeyRange;

// A page on the way, and what must be in it.
struct Step {
    PageId page;
    KeyRange range;
    std::size_t depth;
    bool is_root;
};

// A bucket that is to be walked: its root page, or the page image inside its value.
struct Subtree {
    std::string bucket;
    PageId root{};
    Bytes inline_page;
};

class TreeWalk {
public:
    TreeWalk(const PageSource& source, const TreeVisit& visit)
        : source_(source), visit_(visit), entered_(source.page_count()) {}

    std::vector<TreeHole> run(PageId root) {
        walk({"", root, {}}, [this](const format::LeafElement& element) {
            if (element.is_bucket())
                add_bucket(element);
        });
        for (const Subtree& bucket : buckets_)
            walk(bucket, [&](const format::LeafElement& element) {
                if (!element.is_bucket()) // etcd has none inside others
                    visit_(bucket.bucket, element.key, element.value);
            });
        return std::move(holes_);
    }

private:
    template <class Take>
    void walk(const Subtree& tree, Take take) {
        if (!tree.inline_page.empty()) {
            take_inline(tree, take);
            return;
        }
        std::vector<Step> steps{{tree.root, {}, 0, true}};
        while (!steps.empty()) {
            const Step step = steps.back();
            steps.pop_back();
            const auto page = enter(step);
            if (!page) {
                add_hole(tree, step);
                continue;
            }
            if (page->type() == format::PageType::branch) {
                push_children(page->bytes(), step, steps);
                continue;
            }
            const format::SoundLeaf leaf(page->bytes());
            for (std::size_t i = 0; i < leaf.count(); ++i)
                take(leaf[i]);
        }
    }

    template <class Take>
    void take_inline(const Subtree& tree, Take take) {
        format::LeafCount count;
        const format::PagePlace place{.range = {},
                                      .page_size_bytes = source_.page_size_bytes(),
                                      .is_root = true,
                                      .is_inline = true};
        if (!format::leaf_is_sound(tree.inline_page, place, count)) {
            add_hole(tree, {tree.root, {}, 0, true});
            return;
        }
        const format::SoundLeaf leaf(tree.inline_page);
        for (std::size_t i = 0; i < leaf.count(); ++i)
            take(leaf[i]);
    }

    void add_bucket(const format::LeafElement& element) {
        const auto view = format::BucketView::of(element.value);
        if (!view) {
            holes_.push_back({.bucket = std::string(element.key), .page = PageId{0}});
            return;
        }
        buckets_.push_back({std::string(element.key), view->root(), view->inline_page()});
    }

    std::optional<format::PageView> enter(const Step& step) {
        if (number(step.page) < 2 || number(step.page) >= entered_.size() ||
            entered_[number(step.page)] || step.depth >= format::tree_depth_max)
            return std::nullopt;
        const std::uint64_t offset = number(step.page) * source_.page_size_bytes();
        if (format::judge_tree_header(source_.file().subspan(offset, source_.page_size_bytes()),
                                      step.page))
            return std::nullopt;
        auto page = source_.page(step.page);
        if (!page)
            return std::nullopt;
        entered_[number(step.page)] = true;
        const format::PagePlace place{.range = step.range,
                                      .page_size_bytes = source_.page_size_bytes(),
                                      .is_root = step.is_root,
                                      .is_inline = false};
        format::LeafCount count;
        const bool is_sound = page->type() == format::PageType::leaf
                                  ? format::leaf_is_sound(page->bytes(), place, count)
                                  : format::branch_is_sound(page->bytes(), place);
        if (!is_sound || !source_.probe(offset, page->bytes().size()))
            return std::nullopt;
        return *page;
    }

    static void push_children(Bytes page, const Step& step, std::vector<Step>& steps) {
        const format::SoundBranch branch(page);
        for (std::size_t i = branch.count(); i-- > 0;) {
            KeyRange range{.lower = branch[i].key, .upper = step.range.upper};
            if (i + 1U < branch.count())
                range.upper = branch[i + 1].key;
            steps.push_back({branch[i].child, range, step.depth + 1, false});
        }
    }

    void add_hole(const Subtree& tree, const Step& step) {
        TreeHole hole{.bucket = tree.bucket, .page = step.page};
        if (step.range.lower)
            hole.first = *step.range.lower;
        if (step.range.upper)
            hole.end = std::string(*step.range.upper);
        holes_.push_back(std::move(hole));
    }

    const PageSource& source_;
    const TreeVisit& visit_;
    std::vector<bool> entered_;
    std::vector<Subtree> buckets_;
    std::vector<TreeHole> holes_;
};

// Whether a later page was written into the overflow of this one.
bool overflow_is_overwritten(Bytes page, PageId id, std::uint32_t page_size) {
    for (std::uint64_t at = page_size; at + format::page_header_bytes <= page.size();
         at += page_size) {
        const auto header = load<format::PageHeader>(page.data() + at);
        if (header.id == number(id) + at / page_size && header.type() != format::PageType::unknown)
            return true;
    }
    return false;
}

} // namespace

std::vector<TreeHole> walk_tree(const PageSource& source, PageId root, const TreeVisit& visit) {
    return TreeWalk(source, visit).run(root);
}

void walk_leaves(const PageSource& source,
                 const std::function<void(PageId page, const format::LeafElement&)>& visit) {
    const std::uint32_t page_size = source.page_size_bytes();
    const format::PagePlace place{
        .range = {}, .page_size_bytes = page_size, .is_root = true, .is_inline = false};
    for (std::uint64_t id = 2; id < source.page_count(); ++id) {
        const auto header =
            load<format::PageHeader>(source.file().data() + id * std::uint64_t{page_size});
        if (header.type() != format::PageType::leaf || header.id != id)
            continue;
        const auto page = source.page(PageId{id});
        format::LeafCount count;
        if (!page || !format::leaf_is_sound(page->bytes(), place, count) ||
            overflow_is_overwritten(page->bytes(), PageId{id}, page_size) ||
            !source.readable(id * std::uint64_t{page_size}, page->bytes().size()))
            continue;
        const format::SoundLeaf leaf(page->bytes());
        for (std::size_t i = 0; i < leaf.count(); ++i)
            visit(PageId{id}, leaf[i]);
    }
}

} // namespace rebolt::etcd
