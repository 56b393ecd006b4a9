// TreeWriter: splitting what is too large, by bbolt's rules (node.split).
#include <algorithm>
#include <utility>

#include "base/try.hpp"
#include "engine/tree_writer.hpp"

namespace rebolt::engine {

// bbolt: node.splitTwo.
bool TreeWriter::is_overfull(const DirtyPage& page) const noexcept {
    return (page.image_bytes() > state_.page_size && page.count() > 2 * split_keys_min) ||
           (page.image_bytes() > huge_page_bytes && page.count() > split_keys_min);
}

// bbolt splits when it commits, and so fills the left page as far as it should.
// Before that a page is split only when it can be filled so; until then it may
// have a few elements too many.
bool TreeWriter::is_due_for_split(const DirtyPage& page) const noexcept {
    return is_overfull(page) &&
           (is_rebalancing_ || page.image_bytes() > huge_page_bytes || index_at_fill(page));
}

bool TreeWriter::is_crowded(std::span<const PageId> pages) const noexcept {
    return std::ranges::any_of(pages,
                               [&](PageId page) { return at(page).count() >= crowded_count; });
}

// From the root down: a page's parent has room for the pages that it is split into.
Result<void> TreeWriter::split_crowded(Search& search, std::string_view key) {
    while (is_crowded(search.way())) {
        std::size_t level = 0;
        while (at(search.path[level]).count() < crowded_count)
            ++level;
        if (level == 0)
            grow_root();
        else
            split_child(at(search.path[level - 1]), search.index[level - 1]);
        TRY(find(key, search = Search{}));
    }
    return {};
}

void TreeWriter::split_where_overfull(const Search& search) {
    for (std::size_t level = search.depth - 1; level > 0; --level)
        if (is_due_for_split(at(search.path[level])))
            split_child(at(search.path[level - 1]), search.index[level - 1]);
    while (is_due_for_split(at(bucket_.root)))
        grow_root();
}

// bbolt: node.splitIndex. The first element that goes beyond the fraction to
// which a page is filled, if two at least stand before it and behind it.
std::optional<std::size_t> TreeWriter::index_at_fill(const DirtyPage& page) const noexcept {
    const double wanted = static_cast<double>(state_.page_size) * bucket_.fill_fraction;
    const auto threshold = static_cast<std::uint64_t>(wanted);
    std::uint64_t bytes = format::page_header_bytes;
    for (std::size_t index = 0; index + split_keys_min < page.count(); ++index) {
        bytes += page.item_bytes(index);
        if (index >= split_keys_min && bytes > threshold)
            return index;
    }
    return std::nullopt;
}

std::size_t TreeWriter::split_index(const DirtyPage& page) const noexcept {
    if (page.count() <= 2 * split_keys_min)
        return page.count() / 2U;
    return index_at_fill(page).value_or(page.count() - split_keys_min - 1);
}

// What is too much for the child moves to new pages after it. A crowded page is
// halved first: each split moves all that is to the right of it.
void TreeWriter::split_child(DirtyPage& parent, std::size_t index) {
    for (std::size_t end = index + 1; index < end && parent.count() < elements_max;) {
        DirtyPage& left = at(PageId{parent.item(index).child});
        const bool is_crowded = left.count() >= crowded_count;
        if (is_crowded || is_due_for_split(left)) {
            auto right = dirty_.make(left.is_leaf(), state_.page_size);
            right->has_shrunk = left.has_shrunk;
            left.move_tail_to(*right, is_crowded ? left.count() / 2U : split_index(left));
            ++changes_.stats.splits;
            const PageId page = dirty_.add(std::move(right));
            parent.insert(index + 1, {at(page).item(0).key, {}, 0, number(page)});
            ++end;
        }
        index += is_crowded ? 0 : 1;
    }
}

void TreeWriter::put_branch_above_root() {
    auto branch = dirty_.make(false, state_.page_size);
    branch->insert(0, {at(bucket_.root).item(0).key, {}, 0, number(bucket_.root)});
    bucket_.root = dirty_.add(std::move(branch));
}

void TreeWriter::grow_root() {
    put_branch_above_root();
    split_child(at(bucket_.root), 0);
}

} // namespace rebolt::engine
