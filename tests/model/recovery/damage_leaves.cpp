// Damage to leaf pages.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "damage_kinds.hpp"
#include "patient.hpp"

namespace rebolt::test {
namespace {

// Pages of 512 bytes and values that lie over several pages: disks write at
// least so many bytes at once.
constexpr std::uint64_t sector_bytes = 512;

std::vector<std::uint64_t> other_leaves(const Patient& patient, std::uint64_t page) {
    std::vector<std::uint64_t> found = patient.stale_leaves();
    for (const std::size_t index : patient.leaves())
        if (patient.tree().pages[index].id != page && patient.tree().pages[index].pages == 1)
            found.push_back(patient.tree().pages[index].id);
    return found;
}

// The page's elements stand where they stood, and their keys ascend and fit:
// only values have changed, or keys by chance, and no structure tells of it.
bool looks_sound(const Patient& patient, std::size_t index) {
    const LivePage& page = patient.tree().pages[index];
    const auto leaf = format::LeafView::of(patient.page(page.id));
    const auto sound = format::LeafView::of(patient.sound_page(page.id));
    if (leaf->count() != sound->count())
        return false;
    std::string_view last;
    for (std::size_t i = 0; i < leaf->count(); ++i) {
        const auto one = leaf->raw(i);
        const auto two = sound->raw(i);
        if (one.flags != two.flags || one.pos != two.pos || one.key_bytes != two.key_bytes ||
            one.value_bytes != two.value_bytes)
            return false;
        // Keys of a page with overflow pages may lie behind the page itself.
        if (page.pages != 1)
            continue;
        const std::string_view key = leaf->element(i)->key;
        if (i != 0 && key <= last)
            return false;
        last = key;
    }
    return page.pages != 1 || leaf->count() == 0 ||
           patient.would_fit(index, {std::string(leaf->element(0)->key), std::string(last)});
}

// Puts the end of another page behind some sectors of this one.
bool tear(Patient& patient, std::size_t index) {
    const LivePage& page = patient.tree().pages[index];
    const auto others = other_leaves(patient, page.id);
    if (others.empty())
        return false;
    const std::uint64_t from = others[patient.random().below(others.size())];
    const std::uint64_t unit = std::min(sector_bytes, patient.page_size() / 2);
    const std::uint64_t kept = unit * (1 + patient.random().below(patient.page_size() / unit - 1));
    patient.restore(page.id);
    patient.copy_rest(from, page.id, kept);
    return true;
}

enum class Told : std::uint8_t { by_structure, by_nothing };

// Tears until it can be told, or cannot. False: it does not come to that.
bool tear_until(Patient& patient, std::size_t index, Told told) {
    for (int i = 0; i < 30; ++i)
        if (!tear(patient, index))
            return false;
        else if (patient.is_changed(patient.tree().pages[index].id) &&
                 looks_sound(patient, index) == (told == Told::by_nothing))
            return true;
    patient.restore(patient.tree().pages[index].id);
    return false;
}

} // namespace

Inflicted zero_leaf(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaf = patient.any_of(patient.leaves());
    if (!leaf)
        return std::nullopt;
    patient.zero(patient.tree().pages[*leaf].id, 1);
    return patient.discharge(fmt::format("leaf {} zeroed", patient.tree().pages[*leaf].id));
}

Inflicted garble_leaf(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaf = patient.any_of(patient.leaves());
    if (!leaf)
        return std::nullopt;
    patient.fill_with_noise(patient.tree().pages[*leaf].id, 1);
    return patient.discharge(fmt::format("leaf {} is garbage", patient.tree().pages[*leaf].id));
}

// By another leaf, live or stale; with its id changed to that of the place only
// where its keys tell that it is another: else nothing could (lose_leaf_write).
Inflicted replace_leaf(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaf = patient.any_of(patient.leaves());
    if (!leaf)
        return std::nullopt;
    const std::uint64_t place = patient.tree().pages[*leaf].id;
    const auto others = other_leaves(patient, place);
    if (others.empty())
        return std::nullopt;
    const std::uint64_t from = others[random.below(others.size())];
    patient.copy_page(from, place);
    const auto keys = patient.keys_of(from);
    const bool keeps_id = random.below(2) == 0 || !keys || patient.would_fit(*leaf, *keys);
    if (!keeps_id)
        patient.put(patient.offset_of(place), place);
    return patient.discharge(fmt::format("leaf {} is replaced by {}{}", place, from,
                                         keeps_id ? "" : ", which has its id now"));
}

Inflicted change_leaf_count(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaf = patient.any_of(patient.leaves());
    if (!leaf)
        return std::nullopt;
    const std::uint64_t page = patient.tree().pages[*leaf].id;
    const std::uint64_t at = patient.offset_of(page) + offsetof(format::PageHeader, count);
    const auto count = patient.get<std::uint16_t>(at);
    const auto other = static_cast<std::uint16_t>(random.below(random.below(2) == 0 ? 65536
                                                               : count == 0         ? 8
                                                                                    : 2U * count));
    patient.put(at, other);
    return patient.discharge(fmt::format("leaf {} has count {}, not {}", page, other, count));
}

Inflicted change_leaf_flags(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaf = patient.any_of(patient.leaves());
    if (!leaf)
        return std::nullopt;
    constexpr std::array<std::uint16_t, 6> others{0, 1, 4, 16, 3, 0xFFFF};
    const std::uint64_t page = patient.tree().pages[*leaf].id;
    const std::uint16_t flags = others[random.below(others.size())];
    patient.put(patient.offset_of(page) + offsetof(format::PageHeader, flags), flags);
    return patient.discharge(fmt::format("leaf {} has flags {}", page, flags));
}

Inflicted tear_leaf(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaf = patient.any_of(patient.leaves());
    if (!leaf || !tear_until(patient, *leaf, Told::by_structure))
        return std::nullopt;
    return patient.discharge(fmt::format("leaf {} is torn", patient.tree().pages[*leaf].id));
}

Inflicted tear_values(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaf = patient.any_of(patient.leaves());
    if (!leaf || !tear_until(patient, *leaf, Told::by_nothing))
        return std::nullopt;
    return patient.discharge(
        fmt::format("leaf {} is torn within values", patient.tree().pages[*leaf].id));
}

Inflicted zero_overflow(SoundFile file, Random& random) {
    Patient patient(file, random);
    std::vector<std::size_t> long_ones;
    for (const std::size_t leaf : patient.leaves())
        if (patient.tree().pages[leaf].pages > 1)
            long_ones.push_back(leaf);
    const auto leaf = patient.any_of(long_ones);
    if (!leaf)
        return std::nullopt;
    const LivePage& page = patient.tree().pages[*leaf];
    const std::uint64_t overflow = page.id + 1 + random.below(page.pages - 1);
    patient.zero(overflow, 1);
    return patient.discharge(fmt::format("overflow page {} of leaf {} zeroed", overflow, page.id));
}

Inflicted change_leaf_header(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaf = patient.any_of(patient.leaves());
    if (!leaf)
        return std::nullopt;
    const std::uint64_t page = patient.tree().pages[*leaf].id;
    const std::uint64_t begin = patient.offset_of(page);
    if (random.below(2) == 0) {
        patient.put(begin, page + 1 + random.below(patient.tree().fields.high_water_mark));
        return patient.discharge(fmt::format("leaf {} has another id", page));
    }
    const std::uint32_t more = random.below(2) == 0 ? 1U : 0x7FFF'FFFFU;
    const std::uint64_t overflow = begin + offsetof(format::PageHeader, overflow);
    patient.put(overflow, patient.get<std::uint32_t>(overflow) + more);
    return patient.discharge(fmt::format("leaf {} has {} more overflow pages", page, more));
}

Inflicted zero_leaves(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaves = patient.leaves();
    if (leaves.empty())
        return std::nullopt;
    std::string text = "leaves zeroed:";
    for (std::uint64_t i = 0; i < 1 + leaves.size() / 8; ++i) {
        const std::size_t leaf = leaves[random.below(leaves.size())];
        patient.zero(patient.tree().pages[leaf].id, 1);
        text += fmt::format(" {}", patient.tree().pages[leaf].id);
    }
    return patient.discharge(text);
}

Inflicted tear_leaves(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto leaves = patient.leaves();
    if (leaves.empty())
        return std::nullopt;
    std::string text = "leaves torn:";
    for (std::uint64_t i = 0; i < 1 + leaves.size() / 8; ++i) {
        const std::size_t leaf = leaves[random.below(leaves.size())];
        if (tear_until(patient, leaf, Told::by_structure))
            text += fmt::format(" {}", patient.tree().pages[leaf].id);
    }
    return patient.discharge(text);
}

Inflicted lose_leaf_write(SoundFile file, Random& random) {
    Patient patient(file, random);
    std::vector<std::pair<std::size_t, std::uint64_t>> choices;
    for (const std::uint64_t stale : patient.stale_leaves())
        for (const std::size_t leaf : patient.leaves())
            if (patient.tree().pages[leaf].pages == 1 &&
                patient.would_fit(leaf, *patient.keys_of(stale)))
                choices.emplace_back(leaf, stale);
    if (choices.empty())
        return std::nullopt;
    const auto [leaf, stale] = choices[random.below(choices.size())];
    const std::uint64_t place = patient.tree().pages[leaf].id;
    patient.copy_page(stale, place);
    patient.put(patient.offset_of(place), place);
    return patient.discharge(fmt::format("leaf {} is what {} is", place, stale));
}

Inflicted flip_bytes(SoundFile file, Random& random) {
    Patient patient(file, random);
    const auto& items = patient.tree().items;
    for (int i = 0; i < 5; ++i) {
        const LiveItem& item = items[random.below(items.size())];
        const std::string_view text =
            item.value && !item.value->empty() && random.below(4) != 0 ? *item.value : item.key;
        const auto begin = as_bytes(text).data() - file.bytes.data();
        const auto at = static_cast<std::uint64_t>(begin) + random.below(text.size());
        patient.put(
            at, static_cast<std::uint8_t>(patient.get<std::uint8_t>(at) ^ (1 + random.below(255))));
    }
    return patient.discharge("bytes flipped in keys and values");
}

} // namespace rebolt::test
