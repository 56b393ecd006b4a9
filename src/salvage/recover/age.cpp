#include "salvage/recover/age.hpp"

namespace rebolt::salvage {
namespace {

using format::BucketView;

// Keeps the newest age of a leaf's values, also of those in inline buckets.
void note_ages(const Context& context, Bytes leaf, ValueAge& newest) {
    const SafeLeaf view(leaf);
    for (std::size_t i = 0; i < view.count(); ++i) {
        const auto element = view.element(i);
        if (element.is_bucket()) {
            const auto bucket = BucketView::of(element.value);
            if (bucket && bucket->is_inline() && leaf.size() > bucket->inline_page().size())
                note_ages(context, bucket->inline_page(), newest);
            continue;
        }
        const auto home = context.home_of(element.key, element.value);
        const auto age = home ? context.age_of(*home, element.key, element.value) : std::nullopt;
        if (age && age->number > newest.number)
            newest = *age;
    }
}

// Which of two states has the larger sequences in the buckets that both have.
int compare_sequences(const Survey& pages, const State& left, const State& right) {
    const auto leaf = first_leaf(pages, left.root);
    if (!leaf)
        return 0;
    int order = 0;
    const SafeLeaf view(pages.bytes(*leaf));
    for (std::size_t i = 0; i < view.count(); ++i) {
        const auto element = view.element(i);
        const auto ours = BucketView::of(element.value);
        const auto other = look_up(pages, right, {}, element.key);
        if (!element.is_bucket() || !ours || !other || !other->is_bucket())
            continue;
        const auto theirs = BucketView::of(other->value);
        if (!theirs || theirs->sequence() == ours->sequence())
            continue;
        const int here = ours->sequence() > theirs->sequence() ? 1 : -1;
        if (order != 0 && order != here)
            return 0;
        order = here;
    }
    return order;
}

} // namespace

ValueAge age_of_leaf(const Context& context, PageId page) {
    ValueAge newest{0, true};
    if (context.has_rules())
        note_ages(context, context.pages.bytes(page), newest);
    return newest;
}

ValueAge newest_age(Context& context, const State& state) {
    if (const auto leaf = first_leaf(context.pages, state.root))
        if (const ValueAge age = age_of_leaf(context, *leaf); age.number != 0)
            return age;
    ValueAge newest{0, true};
    for_each_leaf(context.pages, state.root, [&](PageId page) {
        if (const ValueAge age = age_of_leaf(context, page); age.number > newest.number)
            newest = age;
    });
    return newest;
}

AgeOrder compare_age(Context& context, const State& left, const State& right) {
    if (const int order = compare_sequences(context.pages, left, right); order != 0)
        return {order, true};
    const ValueAge ours = newest_age(context, left);
    const ValueAge theirs = newest_age(context, right);
    if (ours.number != theirs.number)
        return {ours.number > theirs.number ? 1 : -1, ours.is_sure && theirs.is_sure};
    bool is_behind = false;
    if (right.has_meta)
        for_each_leaf(context.pages, left.root,
                      [&](PageId page) { is_behind |= number(page) >= right.page_end; });
    return {is_behind ? 1 : 0, is_behind};
}

} // namespace rebolt::salvage
