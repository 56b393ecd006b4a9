// Damage to branch pages, to the root, and to where pages are.
#include <algorithm>

#include <fmt/format.h>

#include "damage_kinds.hpp"
#include "patient.hpp"

namespace rebolt::test {
namespace {

// The id of a branch's child.
std::uint64_t child_offset(const Patient& patient, std::uint64_t page, std::uint64_t index) {
    return patient.offset_of(page) + format::page_header_bytes + index * format::element_bytes +
           offsetof(format::BranchElementHeader, child);
}

std::uint16_t count_of(const Patient& patient, std::uint64_t page) {
    return patient.get<format::PageHeader>(patient.offset_of(page)).count;
}

// Leads a random element of a branch to `child`.
Inflicted redirect(Patient& patient, std::size_t branch, std::uint64_t child) {
    const std::uint64_t page = patient.tree().pages[branch].id;
    const std::uint64_t index = patient.random().below(count_of(patient, page));
    patient.put(child_offset(patient, page, index), child);
    return patient.discharge(
        fmt::format("branch {} element {} leads to page {}", page, index, child));
}

void zero_all_branches(Patient& patient) {
    for (const std::size_t branch : patient.branches())
        patient.zero(patient.tree().pages[branch].id, patient.tree().pages[branch].pages);
}

} // namespace

Inflicted zero_branch(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto branch = patient.any_of(patient.branches());
    if (!branch)
        return std::nullopt;
    patient.zero(patient.tree().pages[*branch].id, 1);
    return patient.discharge(fmt::format("branch {} zeroed", patient.tree().pages[*branch].id));
}

Inflicted garble_branch(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto branch = patient.any_of(patient.branches());
    if (!branch)
        return std::nullopt;
    patient.fill_with_noise(patient.tree().pages[*branch].id, 1);
    return patient.discharge(fmt::format("branch {} is garbage", patient.tree().pages[*branch].id));
}

Inflicted lead_branch_to_itself(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto branch = patient.any_of(patient.branches());
    if (!branch)
        return std::nullopt;
    return redirect(patient, *branch, patient.tree().pages[*branch].id);
}

Inflicted lead_branch_above(SoundFile file, Random& random) {
    Patient patient(file, random);
    std::vector<std::size_t> deep;
    for (const std::size_t branch : patient.branches())
        if (patient.tree().pages[branch].parent != no_index)
            deep.push_back(branch);
    const auto branch = patient.any_of(deep);
    if (!branch)
        return std::nullopt;
    return redirect(patient, *branch,
                    patient.tree().pages[patient.tree().pages[*branch].parent].id);
}

// To a free page that holds an older leaf, best one that fits there.
Inflicted lead_branch_to_free_page(SoundFile file, Random& random) {
    Patient patient(file, random);
    std::vector<std::pair<std::size_t, std::uint64_t>> choices;
    std::vector<std::pair<std::size_t, std::uint64_t>> fitting;
    for (const std::uint64_t stale : patient.stale_leaves())
        for (const std::size_t leaf : patient.leaves()) {
            if (patient.tree().pages[leaf].parent == no_index)
                continue;
            choices.emplace_back(leaf, stale);
            if (patient.would_fit(leaf, *patient.keys_of(stale)))
                fitting.emplace_back(leaf, stale);
        }
    if (!fitting.empty() && random.below(2) == 0)
        choices = fitting;
    if (choices.empty())
        return std::nullopt;
    const auto [leaf, stale] = choices[random.below(choices.size())];
    const LivePage& page = patient.tree().pages[leaf];
    const std::uint64_t parent = patient.tree().pages[page.parent].id;
    patient.put(child_offset(patient, parent, page.element), stale);
    return patient.discharge(fmt::format("branch {} element {} leads to free page {}, not {}",
                                         parent, page.element, stale, page.id));
}

Inflicted share_child(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto branch = patient.any_of(patient.branches());
    if (!branch)
        return std::nullopt;
    const auto other = patient.any_of(patient.leaves());
    return redirect(patient, *branch, patient.tree().pages[*other].id);
}

Inflicted change_separator(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto branch = patient.any_of(patient.branches());
    if (!branch)
        return std::nullopt;
    const std::uint64_t page = patient.tree().pages[*branch].id;
    const std::uint64_t index = random.below(count_of(patient, page));
    const std::uint64_t element =
        patient.offset_of(page) + format::page_header_bytes + index * format::element_bytes;
    const auto header = patient.get<format::BranchElementHeader>(element);
    const std::uint64_t at = element + header.pos + random.below(header.key_bytes);
    patient.put(at, static_cast<std::uint8_t>(random.next()));
    return patient.discharge(fmt::format("branch {} element {} has another key", page, index));
}

Inflicted change_branch_count(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto branch = patient.any_of(patient.branches());
    if (!branch)
        return std::nullopt;
    const std::uint64_t page = patient.tree().pages[*branch].id;
    const std::uint16_t count = count_of(patient, page);
    const auto other =
        static_cast<std::uint16_t>(random.below(random.below(2) == 0 ? 65536 : 2U * count));
    patient.put(patient.offset_of(page) + offsetof(format::PageHeader, count), other);
    return patient.discharge(fmt::format("branch {} has count {}, not {}", page, other, count));
}

Inflicted zero_branches(SoundFile file, Random& random) {
    Patient patient(file, random);
    zero_all_branches(patient);
    return patient.discharge("every branch zeroed");
}

Inflicted garble_branches(SoundFile file, Random& random) {
    Patient patient(file, random);
    for (const std::size_t branch : patient.branches())
        patient.fill_with_noise(patient.tree().pages[branch].id,
                                patient.tree().pages[branch].pages);
    return patient.discharge("every branch is garbage");
}

Inflicted zero_branches_and_metas(SoundFile file, Random& random) {
    Patient patient(file, random);
    if (patient.branches().empty())
        return std::nullopt;
    zero_all_branches(patient);
    patient.zero(0, 2);
    return patient.discharge("every branch and both metas zeroed");
}

Inflicted zero_freelist_metas_and_branches(SoundFile file, Random& random) {
    Patient patient(file, random);
    if (patient.branches().empty() || PageId{patient.tree().fields.freelist} == no_freelist)
        return std::nullopt;
    zero_all_branches(patient);
    patient.zero(0, 2);
    patient.zero(patient.tree().fields.freelist, 1);
    return patient.discharge("freelist, every branch and both metas zeroed");
}

Inflicted zero_root(SoundFile file, Random& random) {
    Patient patient(file, random);
    patient.zero(patient.tree().pages[0].id, patient.tree().pages[0].pages);
    return patient.discharge("the root page is zeroed");
}

Inflicted zero_root_and_branches(SoundFile file, Random& random) {
    Patient patient(file, random);
    zero_all_branches(patient);
    patient.zero(patient.tree().pages[0].id, patient.tree().pages[0].pages);
    return patient.discharge("the root page and every branch zeroed");
}

Inflicted garble_root(SoundFile file, Random& random) {
    Patient patient(file, random);
    patient.fill_with_noise(patient.tree().pages[0].id, patient.tree().pages[0].pages);
    return patient.discharge("the root page is garbage");
}

Inflicted swap_leaves(SoundFile file, Random& random) {
    Patient patient(file, random);
    std::vector<std::size_t> single;
    for (const std::size_t leaf : patient.leaves())
        if (patient.tree().pages[leaf].pages == 1)
            single.push_back(leaf);
    if (single.size() < 2)
        return std::nullopt;
    const std::uint64_t left = patient.tree().pages[*patient.any_of(single)].id;
    const std::uint64_t right = patient.tree().pages[*patient.any_of(single)].id;
    patient.copy_page(left, right);
    patient.copy_page(right, left);
    patient.was_moved(left, right);
    patient.was_moved(right, left);
    return patient.discharge(fmt::format("leaves {} and {} swapped", left, right));
}

Inflicted cut_tail(SoundFile file, Random& random) {
    Patient patient(file, random);
    const std::uint64_t used = patient.offset_of(patient.tree().fields.high_water_mark);
    patient.bytes().resize(used / 2 + random.below(used / 2));
    return patient.discharge(fmt::format("cut to {} bytes", patient.bytes().size()));
}

} // namespace rebolt::test
