#include "support/tree_damage.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <rebolt/format.hpp>

#include "support/patched_file.hpp"
#include "support/tree_survey.hpp"

namespace rebolt::test {
namespace {

using enum FindingCode;
using Outcome = std::optional<DamagedFile>;
using Codes = std::vector<FindingCode>;

constexpr std::uint64_t id_offset = offsetof(format::PageHeader, id);
constexpr std::uint64_t flags_offset = offsetof(format::PageHeader, flags);
constexpr std::uint64_t count_offset = offsetof(format::PageHeader, count);
constexpr std::uint64_t overflow_offset = offsetof(format::PageHeader, overflow);
constexpr std::uint64_t high_water_mark_offset =
    format::page_header_bytes + offsetof(format::MetaFields, high_water_mark);

class Inflictor {
public:
    Inflictor(const std::vector<std::byte>& sound_file, std::uint32_t page_size, Random& random)
        : file_(sound_file), page_size_(page_size), random_(random),
          survey_(survey(sound_file, page_size)) {}

    Outcome child_leads_to_itself() {
        return at_child([](const ChildPlace& place) { return place.path.back(); }, page_cycle);
    }
    Outcome child_leads_above() {
        return at_child([this](const ChildPlace& place) { return one_of(place.path); }, page_cycle);
    }
    Outcome child_is_meta() {
        return at_child([this](const ChildPlace&) { return random_.below(2); }, page_out_of_range);
    }
    Outcome child_is_out_of_range() {
        return at_child([this](const ChildPlace&) { return beyond(); }, page_out_of_range);
    }

    Outcome child_is_shared() {
        std::vector<std::pair<ChildPlace, ChildPlace>> siblings;
        for (const ChildPlace& from : survey_.children)
            for (const ChildPlace& to : survey_.children)
                if (from.path == to.path && from.child != to.child)
                    siblings.emplace_back(from, to);
        if (siblings.empty())
            return std::nullopt;
        const auto& [from, to] = one_of(siblings);
        file_.put(from.offset, to.child);
        // Which of the two places is the wrong one, the page's keys tell.
        return done(fmt::format("branch {} leads twice to page {}", from.path.back(), to.child),
                    {page_shared, key_outside_parent_range}, to.child, false);
    }

    Outcome child_is_free() {
        std::vector<std::uint64_t> pages = survey_.free;
        // The other transaction's freelist is free too, but no page of a tree.
        std::erase_if(pages, [this](std::uint64_t page) {
            return type_of(page) != format::leaf_flag && type_of(page) != format::branch_flag;
        });
        if (survey_.children.empty() || pages.empty())
            return std::nullopt;
        const ChildPlace& place = one_of(survey_.children);
        const std::uint64_t page = one_of(pages);
        file_.put(place.offset, page);
        return done(fmt::format("branch {} leads to free page {}", place.path.back(), page),
                    {page_reachable_but_free}, page, false);
    }

    Outcome bucket_leads_above() {
        return at_bucket([this](const BucketPlace& place) { return one_of(place.path); },
                         page_cycle);
    }
    Outcome bucket_root_is_out_of_range() {
        return at_bucket(
            [this](const BucketPlace&) { return random_.below(4) == 0 ? 1 : beyond(); },
            bucket_root_out_of_range);
    }

    Outcome bucket_root_is_shared() {
        std::vector<std::pair<BucketPlace, BucketPlace>> pairs;
        for (const BucketPlace& from : survey_.buckets)
            for (const BucketPlace& to : survey_.buckets)
                if (from.root != 0 && to.root != 0 && from.root != to.root &&
                    !stands_in(from, to) && !stands_in(to, from))
                    pairs.emplace_back(from, to);
        if (pairs.empty())
            return std::nullopt;
        const auto& [from, to] = one_of(pairs);
        file_.put(from.offset, to.root);
        return done(fmt::format("two buckets have root {}", to.root), {page_shared}, to.root,
                    false);
    }

    Outcome inline_bucket_type() { return at_inline_bucket(flags_offset, format::branch_flag); }
    Outcome inline_bucket_count() { return at_inline_bucket(count_offset, 0xFFFF); }

    Outcome page_is_zeroed() {
        const std::uint64_t page = page_in_use();
        std::fill_n(file_.bytes().begin() + static_cast<std::ptrdiff_t>(page * page_size_),
                    page_size_, std::byte{0});
        return done(fmt::format("page {} zeroed", page), {page_zeroed}, page, true);
    }
    Outcome page_has_other_id() {
        const std::uint64_t page = page_in_use();
        return at_header(page, id_offset, page ^ (1 + random_.below(255)), page_id_mismatch);
    }
    Outcome page_has_no_type() {
        static constexpr std::array<std::uint16_t, 7> wrong = {0, 3, 4, 8, 0x10, 0x12, 0xFFFF};
        return at_header(page_in_use(), flags_offset, wrong[random_.below(wrong.size())],
                         page_type_invalid);
    }
    Outcome branch_is_empty() {
        if (survey_.branches.empty())
            return std::nullopt;
        return at_header(one_of(survey_.branches), count_offset, std::uint16_t{0}, branch_empty);
    }
    Outcome count_leaves_page() {
        const std::uint64_t page = page_in_use();
        if (file_.get<std::uint32_t>(page * page_size_ + overflow_offset) != 0)
            return std::nullopt; // in many pages many elements may find room
        return at_header(page, count_offset, std::uint16_t{0xFFFF}, element_out_of_page);
    }
    Outcome overflow_leaves_database() {
        const std::uint64_t page = page_in_use();
        const std::uint64_t room = survey_.high_water_mark - page;
        const std::uint64_t overflow = random_.below(2) == 0 ? room : 0xFFFF'FFFF;
        return at_header(page, overflow_offset, static_cast<std::uint32_t>(overflow),
                         page_overflow_out_of_range);
    }

    Outcome freelist_lists_page_twice() {
        return at_free_pair([this](std::uint64_t at) { file_.put(at + 8, id_at(at)); },
                            freelist_duplicate);
    }
    Outcome freelist_is_unsorted() {
        return at_free_pair(
            [this](std::uint64_t at) {
                const std::uint64_t first = id_at(at);
                file_.put(at, id_at(at + 8)).put(at + 8, first);
            },
            freelist_unsorted);
    }
    Outcome freelist_lists_page_in_use() {
        if (survey_.free.empty())
            return std::nullopt;
        const std::uint64_t page = page_in_use();
        file_.put(free_offset(random_.below(survey_.free.size())), page);
        return done(fmt::format("the freelist lists page {}, in use", page),
                    {page_reachable_but_free}, page, false);
    }
    Outcome freelist_lists_page_out_of_range() {
        if (survey_.free.empty())
            return std::nullopt;
        const std::uint64_t page = random_.below(3) == 0 ? random_.below(2) : beyond();
        file_.put(free_offset(random_.below(survey_.free.size())), page);
        return done(fmt::format("the freelist lists page {}", page), {freelist_out_of_range},
                    survey_.freelist, false);
    }
    Outcome freelist_count_leaves_page() {
        return at_freelist(count_offset, std::uint16_t{0xFFFE}, freelist_count);
    }
    Outcome freelist_has_other_type() {
        return at_freelist(flags_offset, format::leaf_flag, freelist_type);
    }

    Outcome file_is_truncated() {
        const std::uint64_t size = page_in_use() * page_size_ + random_.below(page_size_);
        file_.resize(size);
        return done(fmt::format("truncated to {} bytes", size), {file_truncated}, std::nullopt,
                    true);
    }

    Outcome doubling_ladder() {
        if (survey_.children.empty())
            return std::nullopt;
        const ChildPlace& place = one_of(survey_.children);
        const std::uint64_t first = file_.bytes().size() / page_size_;
        constexpr std::uint64_t rungs = 40;
        file_.resize((first + rungs) * page_size_);
        for (std::uint64_t page = first; page < first + rungs; ++page)
            put_rung(page, page + 1 < first + rungs ? page + 1 : place.child);
        file_.put(place.offset, first)
            .put(survey_.meta * page_size_ + high_water_mark_offset, first + rungs)
            .seal_meta(survey_.meta, page_size_);
        return done(
            fmt::format("branch {} leads to a ladder from page {}", place.path.back(), first), {},
            std::nullopt, false);
    }

private:
    template <class T>
    [[nodiscard]] const T& one_of(const std::vector<T>& choices) {
        return choices[random_.below(choices.size())];
    }

    [[nodiscard]] std::uint64_t page_in_use() {
        const std::uint64_t choice = random_.below(survey_.branches.size() + survey_.leaves.size());
        return choice < survey_.branches.size() ? survey_.branches[choice]
                                                : survey_.leaves[choice - survey_.branches.size()];
    }

    // Page ids that no database of this size has.
    [[nodiscard]] std::uint64_t beyond() {
        const std::array<std::uint64_t, 5> ids = {
            survey_.high_water_mark, survey_.high_water_mark + 1, std::uint64_t{1} << 32U,
            std::uint64_t{1} << 63U, ~std::uint64_t{0} - 1};
        return ids[random_.below(ids.size())];
    }

    [[nodiscard]] std::uint16_t type_of(std::uint64_t page) const {
        return file_.get<std::uint16_t>(page * page_size_ + flags_offset);
    }
    [[nodiscard]] std::uint64_t id_at(std::uint64_t offset) const {
        return file_.get<std::uint64_t>(offset);
    }
    [[nodiscard]] std::uint64_t free_offset(std::uint64_t index) const {
        return survey_.freelist * page_size_ + format::page_header_bytes + index * 8;
    }
    [[nodiscard]] static bool stands_in(const BucketPlace& inner, const BucketPlace& outer) {
        return std::ranges::find(inner.path, outer.root) != inner.path.end();
    }

    Outcome done(std::string text, Codes codes, std::optional<std::uint64_t> page, bool stops) {
        DamagedFile damaged{std::move(file_.bytes()), std::move(text), std::move(codes),
                            std::nullopt, stops};
        if (page)
            damaged.page = PageId{*page};
        return damaged;
    }

    template <class Choose>
    Outcome at_child(Choose&& choose, FindingCode code) {
        if (survey_.children.empty())
            return std::nullopt;
        const ChildPlace& place = one_of(survey_.children);
        const std::uint64_t page = choose(place);
        file_.put(place.offset, page);
        return done(fmt::format("branch {} leads to page {}", place.path.back(), page), {code},
                    page, true);
    }

    template <class Choose>
    Outcome at_bucket(Choose&& choose, FindingCode code) {
        std::vector<BucketPlace> places = survey_.buckets;
        std::erase_if(places, [](const BucketPlace& place) { return place.root == 0; });
        if (places.empty())
            return std::nullopt;
        const BucketPlace& place = one_of(places);
        const std::uint64_t page = choose(place);
        file_.put(place.offset, page);
        return done(fmt::format("a bucket in page {} has root {}", place.path.back(), page), {code},
                    page, true);
    }

    Outcome at_inline_bucket(std::uint64_t header_offset, std::uint16_t wrong) {
        std::vector<BucketPlace> places = survey_.buckets;
        std::erase_if(places, [](const BucketPlace& place) { return place.root != 0; });
        if (places.empty())
            return std::nullopt;
        const BucketPlace& place = one_of(places);
        file_.put(place.offset + sizeof(format::BucketHeader) + header_offset, wrong);
        return done(fmt::format("an inline bucket in page {} has {} at byte {} of its page",
                                place.path.back(), wrong, header_offset),
                    {inline_bucket_malformed}, place.path.back(), true);
    }

    template <class T>
    Outcome at_header(std::uint64_t page, std::uint64_t offset, T wrong, FindingCode code) {
        file_.put(page * page_size_ + offset, wrong);
        return done(fmt::format("header of page {}, offset {} = {}", page, offset, wrong), {code},
                    page, true);
    }

    Outcome at_freelist(std::uint64_t offset, std::uint16_t wrong, FindingCode code) {
        if (PageId{survey_.freelist} == no_freelist)
            return std::nullopt;
        file_.put(survey_.freelist * page_size_ + offset, wrong);
        return done(fmt::format("freelist page, offset {} = {}", offset, wrong), {code},
                    survey_.freelist, false);
    }

    template <class Change>
    Outcome at_free_pair(Change&& change, FindingCode code) {
        if (survey_.free.size() < 2)
            return std::nullopt;
        const std::uint64_t index = random_.below(survey_.free.size() - 1);
        change(free_offset(index));
        return done(fmt::format("freelist entries {} and {} changed", index, index + 1), {code},
                    survey_.freelist, false);
    }

    // A branch with the keys `a` and `b`, both leading to `next`.
    void put_rung(std::uint64_t page, std::uint64_t next) {
        const std::uint64_t at = page * page_size_;
        file_.put(at, format::PageHeader{page, format::branch_flag, 2, 0})
            .put(at + 16, format::BranchElementHeader{32, 1, next})
            .put(at + 32, format::BranchElementHeader{17, 1, next})
            .put(at + 48, 'a')
            .put(at + 49, 'b');
    }

    PatchedFile file_;
    std::uint32_t page_size_;
    Random& random_;
    TreeSurvey survey_;
};

struct Row {
    Damage damage;
    std::string_view name;
    Outcome (Inflictor::*inflict)();
};

using enum Damage;

// One row a damage, in the enum's order (a static_assert holds it to that).
constexpr std::array<Row, damage_count> table{{
    {child_leads_to_itself, "child-leads-to-itself", &Inflictor::child_leads_to_itself},
    {child_leads_above, "child-leads-above", &Inflictor::child_leads_above},
    {child_is_shared, "child-is-shared", &Inflictor::child_is_shared},
    {child_is_free, "child-is-free", &Inflictor::child_is_free},
    {child_is_meta, "child-is-meta", &Inflictor::child_is_meta},
    {child_is_out_of_range, "child-is-out-of-range", &Inflictor::child_is_out_of_range},
    {bucket_leads_above, "bucket-leads-above", &Inflictor::bucket_leads_above},
    {bucket_root_is_shared, "bucket-root-is-shared", &Inflictor::bucket_root_is_shared},
    {bucket_root_is_out_of_range, "bucket-root-is-out-of-range",
     &Inflictor::bucket_root_is_out_of_range},
    {inline_bucket_type, "inline-bucket-type", &Inflictor::inline_bucket_type},
    {inline_bucket_count, "inline-bucket-count", &Inflictor::inline_bucket_count},
    {page_is_zeroed, "page-is-zeroed", &Inflictor::page_is_zeroed},
    {page_has_other_id, "page-has-other-id", &Inflictor::page_has_other_id},
    {page_has_no_type, "page-has-no-type", &Inflictor::page_has_no_type},
    {branch_is_empty, "branch-is-empty", &Inflictor::branch_is_empty},
    {count_leaves_page, "count-leaves-page", &Inflictor::count_leaves_page},
    {overflow_leaves_database, "overflow-leaves-database", &Inflictor::overflow_leaves_database},
    {freelist_lists_page_twice, "freelist-lists-page-twice", &Inflictor::freelist_lists_page_twice},
    {freelist_lists_page_in_use, "freelist-lists-page-in-use",
     &Inflictor::freelist_lists_page_in_use},
    {freelist_lists_page_out_of_range, "freelist-lists-page-out-of-range",
     &Inflictor::freelist_lists_page_out_of_range},
    {freelist_is_unsorted, "freelist-is-unsorted", &Inflictor::freelist_is_unsorted},
    {freelist_count_leaves_page, "freelist-count-leaves-page",
     &Inflictor::freelist_count_leaves_page},
    {freelist_has_other_type, "freelist-has-other-type", &Inflictor::freelist_has_other_type},
    {file_is_truncated, "file-is-truncated", &Inflictor::file_is_truncated},
    {doubling_ladder, "doubling-ladder", &Inflictor::doubling_ladder},
}};

constexpr bool in_enum_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].damage) != i)
            return false;
    return true;
}
static_assert(in_enum_order());

} // namespace

std::string_view name_of(Damage damage) noexcept {
    return table[static_cast<std::size_t>(damage)].name;
}

std::optional<DamagedFile> inflict(Damage damage, const std::vector<std::byte>& sound_file,
                                   std::uint32_t page_size, Random& random) {
    Inflictor inflictor(sound_file, page_size, random);
    return (inflictor.*table[static_cast<std::size_t>(damage)].inflict)();
}

} // namespace rebolt::test
