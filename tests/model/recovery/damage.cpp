#include "damage.hpp"

#include <algorithm>
#include <array>

#include "damage_kinds.hpp"

namespace rebolt::test {
namespace {

using enum HarmClass;

constexpr std::array<Harm, 45> harms{{
    {"nothing", nothing, harm_nothing},
    {"freelist-zeroed", outside, zero_freelist},
    {"freelist-garbage", outside, garble_freelist},
    {"freelist-ids-changed", outside, change_free_ids},
    {"freelist-type-changed", outside, retype_freelist},
    {"freelist-lists-live-pages", outside, free_live_pages},
    {"newer-meta-zeroed", newest, zero_newer_meta},
    {"newer-meta-checksum", outside, unseal_newer_meta},
    {"newer-meta-garbage", newest, garble_newer_meta},
    {"newer-meta-torn", newest, tear_newer_meta},
    {"older-meta-zeroed", outside, zero_older_meta},
    {"older-meta-checksum", outside, unseal_older_meta},
    {"both-metas-zeroed", newest, zero_both_metas},
    {"both-metas-checksum", outside, unseal_both_metas},
    {"both-metas-garbage", newest, garble_both_metas},
    {"leaf-zeroed", leaves, zero_leaf},
    {"leaf-garbage", leaves, garble_leaf},
    {"leaf-replaced", leaves, replace_leaf},
    {"leaf-count-changed", leaves, change_leaf_count},
    {"leaf-flags-changed", leaves, change_leaf_flags},
    {"leaf-torn", leaves, tear_leaf},
    {"leaf-header-changed", leaves, change_leaf_header},
    {"leaves-zeroed", leaves, zero_leaves},
    {"leaves-torn", leaves, tear_leaves},
    {"branch-zeroed", a_branch, zero_branch},
    {"branch-garbage", a_branch, garble_branch},
    {"branch-leads-to-itself", a_branch, lead_branch_to_itself},
    {"branch-leads-above", a_branch, lead_branch_above},
    {"branch-leads-to-free-page", a_branch, lead_branch_to_free_page},
    {"branch-leads-to-anothers-child", a_branch, share_child},
    {"branch-separator-changed", a_branch, change_separator},
    {"branch-count-changed", a_branch, change_branch_count},
    {"branches-zeroed", branches, zero_branches},
    {"branches-garbage", branches, garble_branches},
    {"branches-and-metas-zeroed", branches, zero_branches_and_metas},
    {"freelist-metas-branches-zeroed", branches, zero_freelist_metas_and_branches},
    {"root-zeroed", root, zero_root},
    {"root-garbage", root, garble_root},
    {"root-and-branches-zeroed", bare, zero_root_and_branches},
    {"leaves-swapped", scattered, swap_leaves},
    {"tail-cut", scattered, cut_tail},
    {"leaf-write-lost", unseen, lose_leaf_write},
    {"leaf-torn-in-values", unseen, tear_values},
    {"overflow-zeroed", unseen, zero_overflow},
    {"bytes-flipped", unseen, flip_bytes},
}};

} // namespace

std::string_view name_of(HarmClass promise) noexcept {
    switch (promise) {
    case nothing:
        return "nothing";
    case outside:
        return "outside";
    case newest:
        return "newest";
    case leaves:
        return "leaves";
    case a_branch:
        return "a-branch";
    case branches:
        return "branches";
    case root:
        return "root";
    case bare:
        return "bare";
    case scattered:
        return "scattered";
    case unseen:
        return "unseen";
    }
    return "";
}

std::span<const Harm> all_harms() noexcept {
    return harms;
}

std::vector<bool> intact_pages(SoundFile file, const Harmed& harmed) {
    std::vector<bool> intact;
    const std::uint64_t page_size = file.tree.page_size;
    for (const LivePage& page : file.tree.pages) {
        std::uint64_t place = page.id;
        for (const auto& [from, to] : harmed.moved)
            place = from == page.id ? to : place;
        const std::uint64_t length = page.pages * page_size;
        intact.push_back(
            place * page_size + length <= harmed.bytes.size() &&
            std::ranges::equal(file.bytes.subspan(page.id * page_size, length),
                               Bytes(harmed.bytes).subspan(place * page_size, length)));
    }
    return intact;
}

} // namespace rebolt::test
