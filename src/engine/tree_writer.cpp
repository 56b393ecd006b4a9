#include "engine/tree_writer.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/database.hpp"

namespace rebolt::engine {
namespace {

constexpr std::size_t branch_keys_min = 2; // bbolt: node.minKeys

std::uint16_t flags_of(const DirtyPage& page) noexcept {
    return page.is_leaf() ? format::leaf_flag : format::branch_flag;
}

} // namespace

Result<void> free_after_commit(TransactionState& state, const PageRun& run,
                               const BucketName* bucket) {
    if (!state.database->free_pages().set_pending(state.meta.txid, run))
        return damage(
            state, FindingCode::page_reachable_but_free, PageId{run.first}, 0,
            fmt::format("page {} is in use, but is listed as free or was met before", run.first),
            {}, bucket);
    state.changes->stats.pages_freed += run.count;
    return {};
}

TreeWriter::TreeWriter(TransactionState& state, OpenBucket& bucket) noexcept
    : state_(state), changes_(*state.changes), dirty_(changes_.dirty_pages), bucket_(bucket) {}

Result<void> TreeWriter::find(std::string_view key, Search& search) const {
    return find_place(state_, {bucket_.root, {}, bucket_.place.get()}, key, search);
}

// bbolt: node.rebalance: under a quarter of a page, or a branch of too few keys. (bbolt
// merges a leaf of one large value too.)
bool TreeWriter::is_due_for_merge(PageId page) const noexcept {
    if (!is_dirty(page) || !at(page).has_shrunk)
        return false;
    const DirtyPage& dirty = at(page);
    return dirty.image_bytes() <= state_.page_size / 4 ||
           (!dirty.is_leaf() && dirty.count() <= branch_keys_min);
}

Error TreeWriter::fail(PageId page, const format::Fault& fault) const {
    const PageId path[] = {page};
    return damage(state_, fault, page, path, bucket_.place.get());
}

// The page as a dirty page; its place in the file becomes pending.
Result<PageId> TreeWriter::copy(PageId page) {
    Node node;
    if (!enter(state_, page, node))
        return fail(page, why_not(state_, page));
    const auto fault = judge_for_writing(state_, page, node);
    if (fault)
        return fail(page, state_.is_sound(node.view()) ? *fault : unreadable());
    auto dirty = dirty_.make_copy_of(node);
    if (!state_.is_sound(node.view())) // what was copied may be zeros
        return fail(page, unreadable());
    TRY(free_after_commit(state_, {number(page), node.size_bytes / state_.page_size},
                          bucket_.place.get()));
    ++changes_.stats.pages_copied;
    return dirty_.add(std::move(dirty));
}

// An empty dirty page instead of a sound leaf.
Result<PageId> TreeWriter::discard(PageId page, const Node& leaf) {
    TRY(free_after_commit(state_, {number(page), leaf.size_bytes / state_.page_size},
                          bucket_.place.get()));
    auto dirty = dirty_.make(true, 0);
    dirty->has_shrunk = true;
    return dirty_.add(std::move(dirty));
}

// What a page's name and the next one's say about its keys must be true, else a key put
// here would be lost there.
Result<void> TreeWriter::judge_place(const Search& search, std::size_t level, const Node& page,
                                     std::optional<std::string_view> below) const {
    format::KeyRange range{.lower = {}, .upper = below};
    if (level != 0)
        range.lower = separator(search, level - 1).key;
    if (const auto fault = format::judge_range(page.view(), page.is_leaf, range))
        return fail(search.path[level], *fault);
    return {};
}

// Makes dirty pages of all pages on the way, of the leaf as `use` says.
Result<void> TreeWriter::make_writable(Search& search, LeafUse use) {
    ++changes_.count;
    bucket_.has_changed = true;
    std::optional<std::string_view> below; // all keys of the page must be
    for (std::size_t level = 0; level < search.depth; ++level) {
        const PageId page = search.path[level];
        const LeafUse page_use = level + 1 == search.depth ? use : LeafUse::copy;
        if (!is_dirty(page) && page_use == LeafUse::keep)
            return judge_place(search, level, search.leaf, below);
        if (!is_dirty(page)) {
            const PageId changed =
                TRY(page_use == LeafUse::copy ? copy(page) : discard(page, search.leaf));
            if (level == 0)
                bucket_.root = changed;
            else
                at(search.path[level - 1]).set_child(search.index[level - 1], number(changed));
            search.path[level] = changed;
            TRY(judge_place(search, level, at(changed).node(), below));
        }
        const DirtyPage& dirty = at(search.path[level]);
        if (!dirty.is_leaf() && search.index[level] + 1U < dirty.count())
            below = dirty.item(search.index[level] + 1U).key;
    }
    return {};
}

Item TreeWriter::separator(const Search& search, std::size_t level) const noexcept {
    return at(search.path[level]).item(search.index[level]);
}

Result<void> TreeWriter::put(Search& search, std::string_view key, std::string_view value,
                             std::uint32_t flags) {
    if (may_stand_alone(search, key.size() + value.size())) {
        TRY(make_writable(search, LeafUse::keep));
        if (!is_behind_all(search) && !is_crowded(search.way().first(search.depth - 1)))
            return put_beside(search, {key, value, flags, 0});
    }
    const bool replaces_all = search.exact && search.leaf.count == 1;
    TRY(make_writable(search, replaces_all ? LeafUse::discard : LeafUse::copy));
    if (is_crowded(search.way())) {
        const std::string key_kept(key);
        const std::string value_kept(value);
        TRY(split_crowded(search, key_kept));
        return put(search, key_kept, value_kept, flags);
    }
    const std::size_t last = search.depth - 1;
    std::string value_kept;
    if (at(search.path[last]).holds(value))
        value = value_kept = std::string(value);
    std::string key_kept;
    if (at(search.path[last]).holds(key))
        key = key_kept = std::string(key);
    const Item item{key, value, flags, 0};
    const std::uint64_t bytes = key.size() + value.size();
    search.exact = search.exact && at(search.path[last]).count() != 0;
    if (bytes + at(search.path[last]).image_bytes() > huge_page_bytes) {
        make_way_for_huge(search, key);
    } else if (search.exact) {
        at(search.path[last]).replace(search.index[last], item);
        split_where_overfull(search);
        return {};
    }
    at(search.path[last]).insert(search.index[last], item);
    if (search.index[last] == 0)
        lower_separators(search, key);
    note_last_leaf(search);
    split_where_overfull(search);
    return {};
}

// True if a new element has nothing behind it.
bool TreeWriter::is_behind_all(const Search& search) const noexcept {
    for (std::size_t level = 0; level + 1 < search.depth; ++level)
        if (search.index[level] + 1U < at(search.path[level]).count())
            return false;
    return search.index[search.depth - 1] >= search.leaf.count;
}

// A new element that fills half a page, at an end of its leaf.
bool TreeWriter::may_stand_alone(const Search& search, std::uint64_t bytes) const noexcept {
    const std::uint32_t index = search.index[search.depth - 1];
    return !search.exact && search.depth > 1 && search.leaf.count != 0 &&
           (index == 0 || index == search.leaf.count) &&
           format::LeafView::offset_of(1) + bytes >= state_.page_size / 2;
}

// Puts an element on a leaf of its own, before or behind the one that the search ended
// at, which is not changed.
Result<void> TreeWriter::put_beside(Search& search, const Item& item) {
    const std::size_t last = search.depth - 1;
    const PageId neighbour = search.path[last];
    const auto first = format::LeafView::of(search.leaf.view())->element(0);
    if (!first)
        return fail(neighbour, first.error());
    auto leaf = dirty_.make(true, format::element_bytes + item.key.size() + item.value.size());
    leaf->insert(0, item);
    const PageId page = dirty_.add(std::move(leaf));
    DirtyPage& parent = at(search.path[last - 1]);
    std::uint32_t& index = search.index[last - 1];
    if (search.index[last] == 0) {
        parent.set_child(index, number(page));
        parent.insert(index + 1, {first->key, {}, 0, number(neighbour)});
    } else {
        parent.insert(++index, {at(page).item(0).key, {}, 0, number(page)});
    }
    search.path[last] = page;
    search.index[last] = 0;
    lower_separators(search, at(page).item(0).key);
    split_where_overfull(search);
    return {};
}

void TreeWriter::note_last_leaf(const Search& search) {
    const PageId leaf = search.path[search.depth - 1];
    if (is_due_for_split(at(leaf)))
        return;
    for (std::size_t level = 0; level < search.depth; ++level)
        if (search.index[level] + 1U < at(search.path[level]).count())
            return;
    bucket_.last_leaf = leaf;
    bucket_.last_leaf_at = changes_.count;
}

bool TreeWriter::append(std::string_view key, std::string_view value) {
    if (bucket_.last_leaf_at != changes_.count || !is_dirty(bucket_.last_leaf))
        return false;
    DirtyPage& leaf = at(bucket_.last_leaf);
    const std::uint64_t bytes = format::element_bytes + key.size() + value.size();
    if (leaf.image_bytes() + bytes > state_.page_size || leaf.holds(key) || leaf.holds(value) ||
        !is_less(leaf.item(leaf.count() - 1U).key, key))
        return false;
    leaf.insert(leaf.count(), {key, value, 0, 0});
    bucket_.last_leaf_at = ++changes_.count;
    return true;
}

Result<void> TreeWriter::erase(Search& search) {
    TRY(make_writable(search, search.leaf.count == 1 ? LeafUse::discard : LeafUse::copy));
    DirtyPage& leaf = at(search.path[search.depth - 1]);
    if (leaf.count() != 0)
        leaf.erase(search.index[search.depth - 1]);
    return {};
}

// A key below all others goes into the first page, whose name it becomes.
void TreeWriter::lower_separators(const Search& search, std::string_view key) {
    for (std::size_t level = search.depth - 1; level-- > 0;) {
        DirtyPage& branch = at(search.path[level]);
        const Item old = separator(search, level);
        if (!is_less(key, old.key))
            return;
        branch.replace(search.index[level], {key, {}, 0, old.child});
    }
}

// Leads the search to an empty page of its own for an element: what stood
// behind the place becomes another page.
void TreeWriter::make_way_for_huge(Search& search, std::string_view key) {
    if (search.exact)
        at(search.path[search.depth - 1]).erase(search.index[search.depth - 1]);
    search.exact = false;
    if (at(search.path[search.depth - 1]).count() == 0)
        return;
    if (search.depth == 1) {
        put_branch_above_root();
        search.path = {bucket_.root, search.path[0]};
        search.index = {0, search.index[0]};
        search.depth = 2;
    }
    const std::size_t last = search.depth - 1;
    DirtyPage& leaf = at(search.path[last]);
    DirtyPage& parent = at(search.path[last - 1]);
    std::uint32_t& index = search.index[last - 1];
    if (search.index[last] < leaf.count()) {
        auto right = dirty_.make(true, state_.page_size);
        leaf.move_tail_to(*right, search.index[last]);
        const PageId page = dirty_.add(std::move(right));
        parent.insert(index + 1, {at(page).item(0).key, {}, 0, number(page)});
    }
    if (leaf.count() == 0)
        return;
    search.path[last] = dirty_.add(dirty_.make(true, state_.page_size));
    search.index[last] = 0;
    parent.insert(++index, {key, {}, 0, number(search.path[last])});
}

// bbolt: a root branch with one child gives way to it.
void TreeWriter::shrink_root() {
    while (is_dirty(bucket_.root) && !at(bucket_.root).is_leaf() && at(bucket_.root).count() < 2) {
        const PageId old = bucket_.root;
        if (at(old).count() == 0)
            bucket_.root = dirty_.add(dirty_.make(true, state_.page_size));
        else
            bucket_.root = PageId{at(old).item(0).child};
        dirty_.drop(old);
    }
}

Result<void> TreeWriter::rebalance() {
    is_rebalancing_ = true;
    if (!is_dirty(bucket_.root))
        return {};
    if (!at(bucket_.root).is_leaf())
        TRY(rebalance_below(at(bucket_.root)));
    shrink_root();
    while (is_dirty(bucket_.root) && is_overfull(at(bucket_.root)))
        grow_root();
    return {};
}

// As deep as the tree: at most tree_depth_max calls in each other.
Result<void> TreeWriter::rebalance_below(DirtyPage& branch) {
    for (std::size_t i = 0; i < branch.count(); ++i) {
        const PageId child{branch.item(i).child};
        if (is_dirty(child) && !at(child).is_leaf())
            TRY(rebalance_below(at(child)));
    }
    TRY(merge_children(branch));
    for (std::size_t i = 0; i < branch.count(); ++i) {
        const Item element = branch.item(i);
        const PageId child{element.child};
        if (!is_dirty(child))
            continue;
        const std::string_view first = at(child).item(0).key;
        if (first != element.key)
            branch.replace(i, {first, {}, 0, element.child});
        if (is_overfull(at(child)))
            split_child(branch, i);
    }
    return {};
}

Result<void> TreeWriter::merge_children(DirtyPage& branch) {
    for (std::size_t i = 0; i < branch.count();) {
        const PageId child{branch.item(i).child};
        if (is_dirty(child) && at(child).count() == 0) {
            dirty_.drop(child);
            branch.erase(i);
            ++changes_.stats.merges;
        } else if (branch.count() > 1 && is_due_for_merge(child)) {
            const std::size_t left = i == 0 ? 0 : i - 1;
            const std::uint16_t count = branch.count();
            TRY(merge(branch, left));
            i = branch.count() < count ? left : i + 1;
        } else {
            ++i;
        }
    }
    return {};
}

// Moves the page behind `left` into it, unless that would make it too large.
Result<void> TreeWriter::merge(DirtyPage& branch, std::size_t left) {
    for (const std::size_t i : {left, left + 1})
        if (const PageId page{branch.item(i).child}; !is_dirty(page))
            branch.set_child(i, number(TRY(copy(page))));
    DirtyPage& into = at(PageId{branch.item(left).child});
    const PageId right{branch.item(left + 1).child};
    if (into.image_bytes() + at(right).image_bytes() > huge_page_bytes ||
        std::size_t{into.count()} + at(right).count() > elements_max)
        return {};
    if (into.is_leaf() != at(right).is_leaf())
        return fail(PageId{0}, {.code = FindingCode::page_type_invalid,
                                .offset = offsetof(format::PageHeader, flags),
                                .subject = format::Subject::sibling_flags,
                                .actual = flags_of(at(right)),
                                .bound = flags_of(into)});
    if (into.count() != 0 && at(right).count() != 0 &&
        !is_less(into.item(into.count() - 1U).key, at(right).item(0).key))
        return fail(PageId{0}, {.code = FindingCode::key_order,
                                .offset = format::page_header_bytes,
                                .subject = format::Subject::key_order,
                                .relation = format::Relation::more,
                                .key = at(right).item(0).key,
                                .other = into.item(into.count() - 1U).key});
    into.has_shrunk |= at(right).has_shrunk;
    at(right).move_tail_to(into, 0);
    dirty_.drop(right);
    branch.erase(left + 1);
    ++changes_.stats.merges;
    return {};
}

} // namespace rebolt::engine
