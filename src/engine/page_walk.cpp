#include "engine/page_walk.hpp"

#include <utility>
#include <vector>

#include "base/try.hpp"
#include "engine/page_content.hpp"

namespace rebolt::engine {
namespace {

class PageWalk {
public:
    PageWalk(const TransactionState& state,
             const std::function<Result<void>(const PageRun&)>& visit)
        : state_(state), visit_(visit) {}

    Result<void> run(PageId root, const OpenBucket* live) {
        steps_.push_back({root, live});
        while (!steps_.empty()) {
            const Step step = steps_.back();
            steps_.pop_back();
            TRY(walk_page(step));
        }
        return {};
    }

private:
    struct Step {
        PageId page;
        const OpenBucket* live;
    };

    Error fail(const Step& step, const format::Fault& fault) const {
        const PageId path[] = {step.page};
        return damage(state_, fault, step.page, path,
                      step.live == nullptr ? nullptr : step.live->place.get());
    }

    Result<void> walk_page(const Step& step) {
        Node node;
        if (!enter(state_, step.page, node))
            return fail(step, why_not(state_, step.page));
        if (!is_dirty(step.page)) {
            if (const auto fault = judge_for_writing(state_, step.page, node))
                return fail(step, *fault);
            TRY(visit_({number(step.page), node.size_bytes / state_.page_size}));
        }
        TRY(node.is_leaf ? walk_leaf(step, node) : walk_branch(step, node));
        if (!state_.is_sound(node.view()))
            return fail(step, unreadable());
        return {};
    }

    Result<void> walk_branch(const Step& step, const Node& node) {
        for (std::size_t i = 0; i < node.count; ++i) {
            const PageId child{
                load<format::BranchElementHeader>(node.bytes + format::BranchView::offset_of(i))
                    .child};
            steps_.push_back({child, step.live});
        }
        return {};
    }

    Result<void> walk_leaf(const Step& step, const Node& node) {
        for (std::size_t i = 0; i < node.count; ++i) {
            const auto element = format::LeafView::of(node.view())->element(i);
            if (!element)
                return fail(step, element.error());
            if (element->is_bucket())
                TRY(walk_bucket(step, *element));
        }
        return {};
    }

    Result<void> walk_bucket(const Step& step, const format::LeafElement& element) {
        if (step.live != nullptr) {
            const auto open = step.live->children.find(element.key);
            if (open != step.live->children.end()) {
                steps_.push_back({open->second->root, open->second.get()});
                return {};
            }
        }
        const auto view = format::BucketView::of(element.value);
        if (!view)
            return fail(step, view.error());
        if (!view->is_inline()) {
            if (is_dirty(view->root()))
                return fail(step, {.code = FindingCode::bucket_root_out_of_range,
                                   .offset = 0,
                                   .subject = format::Subject::bucket_root,
                                   .actual = number(view->root()),
                                   .relation = format::Relation::less,
                                   .bound = state_.page_end});
            steps_.push_back({view->root(), nullptr});
            return {};
        }
        return walk_inline(step, view->inline_page());
    }

    // bbolt: Bucket.inlineable: no buckets in it, so no pages either.
    Result<void> walk_inline(const Step& step, Bytes image) const {
        const auto malformed = [&](const format::Fault& fault) {
            return inline_damage(state_, fault,
                                 step.live == nullptr ? nullptr : step.live->place.get());
        };
        Node node;
        if (const auto fault = enter_inline(image, state_.page_size, node))
            return malformed(*fault);
        const format::SoundLeaf leaf(image);
        for (std::size_t i = 0; i < leaf.count(); ++i)
            if (leaf[i].is_bucket())
                return malformed({.code = FindingCode::layout_not_canonical,
                                  .offset = format::LeafView::offset_of(i),
                                  .subject = format::Subject::inline_buckets,
                                  .actual = 1,
                                  .bound = 0,
                                  .element = static_cast<std::uint32_t>(i)});
        return {};
    }

    const TransactionState& state_;
    const std::function<Result<void>(const PageRun&)>& visit_;
    std::vector<Step> steps_;
};

} // namespace

Result<void> walk_pages(const TransactionState& state, PageId root, const OpenBucket* live,
                        const std::function<Result<void>(const PageRun&)>& visit) {
    return PageWalk(state, visit).run(root, live);
}

} // namespace rebolt::engine
