// Damage to what leads to no key: freelist and metas.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "damage_kinds.hpp"
#include "patient.hpp"

namespace rebolt::test {
namespace {

bool has_freelist(const Patient& patient) {
    return PageId{patient.tree().fields.freelist} != no_freelist;
}

std::uint64_t freelist_pages(const Patient& patient) {
    const std::uint64_t begin = patient.offset_of(patient.tree().fields.freelist);
    return std::uint64_t{1} + patient.get<format::PageHeader>(begin).overflow;
}

std::uint64_t newer(const Patient& patient) {
    return patient.tree().meta;
}

std::uint64_t older(const Patient& patient) {
    return 1 - patient.tree().meta;
}

void unseal(Patient& patient, std::uint64_t meta) {
    const std::uint64_t checksum = patient.offset_of(meta) + format::page_header_bytes +
                                   offsetof(format::MetaFields, checksum);
    patient.put(checksum, patient.get<std::uint64_t>(checksum) + 1 + patient.random().below(1000));
}

} // namespace

Inflicted harm_nothing(SoundFile file, Random&) {
    return Harmed{{file.bytes.begin(), file.bytes.end()}, "nothing", {}};
}

Inflicted zero_freelist(SoundFile file, Random& random) {
    Patient patient(file, random);
    if (!has_freelist(patient))
        return std::nullopt;
    patient.zero(patient.tree().fields.freelist, freelist_pages(patient));
    return patient.discharge("the freelist is zeroed");
}

Inflicted garble_freelist(SoundFile file, Random& random) {
    Patient patient(file, random);
    if (!has_freelist(patient))
        return std::nullopt;
    patient.fill_with_noise(patient.tree().fields.freelist, freelist_pages(patient));
    return patient.discharge("the freelist is garbage");
}

Inflicted change_free_ids(SoundFile file, Random& random) {
    Patient patient(file, random);
    if (!has_freelist(patient) || patient.tree().free.empty())
        return std::nullopt;
    const std::uint64_t begin =
        patient.offset_of(patient.tree().fields.freelist) + format::page_header_bytes;
    for (std::uint64_t i = 0; i < patient.tree().free.size(); ++i)
        if (random.below(3) == 0)
            patient.put(begin + i * 8, random.below(2 * patient.tree().fields.high_water_mark));
    return patient.discharge("ids in the freelist are changed");
}

Inflicted retype_freelist(SoundFile file, Random& random) {
    Patient patient(file, random);
    if (!has_freelist(patient))
        return std::nullopt;
    const std::uint64_t flags =
        patient.offset_of(patient.tree().fields.freelist) + offsetof(format::PageHeader, flags);
    patient.put(flags, random.below(2) == 0 ? format::leaf_flag : format::branch_flag);
    return patient.discharge("the freelist has another page's type");
}

Inflicted free_live_pages(SoundFile file, Random& random) {
    Patient patient(file, random);
    if (!has_freelist(patient))
        return std::nullopt;
    const std::uint64_t begin = patient.offset_of(patient.tree().fields.freelist);
    std::vector<std::uint64_t> ids = patient.tree().free;
    const std::uint64_t room = (patient.page_size() - format::page_header_bytes) / 8;
    for (int i = 0; i < 8 && ids.size() < room; ++i)
        ids.push_back(patient.tree().pages[random.below(patient.tree().pages.size())].id);
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    if (ids.size() > room)
        return std::nullopt;
    patient.put(begin + offsetof(format::PageHeader, count),
                static_cast<std::uint16_t>(ids.size()));
    for (std::size_t i = 0; i < ids.size(); ++i)
        patient.put(begin + format::page_header_bytes + i * 8, ids[i]);
    return patient.discharge("the freelist lists live pages");
}

Inflicted zero_newer_meta(SoundFile file, Random& random) {
    Patient patient(file, random);
    patient.zero(newer(patient), 1);
    return patient.discharge("the newer meta is zeroed");
}

Inflicted unseal_newer_meta(SoundFile file, Random& random) {
    Patient patient(file, random);
    unseal(patient, newer(patient));
    return patient.discharge("the newer meta's checksum is wrong");
}

Inflicted garble_newer_meta(SoundFile file, Random& random) {
    Patient patient(file, random);
    patient.fill_with_noise(newer(patient), 1);
    return patient.discharge("the newer meta is garbage");
}

// Some of its fields are still those of two transactions before.
Inflicted tear_newer_meta(SoundFile file, Random& random) {
    Patient patient(file, random);
    const std::uint64_t from = patient.offset_of(older(patient)) + format::page_header_bytes;
    const std::uint64_t to = patient.offset_of(newer(patient)) + format::page_header_bytes;
    for (std::uint64_t at = 8 * (2 + random.below(4)); at < 56; at += 8)
        patient.put(to + at, patient.get<std::uint64_t>(from + at));
    return patient.discharge("the newer meta's last fields are the older one's");
}

Inflicted zero_older_meta(SoundFile file, Random& random) {
    Patient patient(file, random);
    patient.zero(older(patient), 1);
    return patient.discharge("the older meta is zeroed");
}

Inflicted unseal_older_meta(SoundFile file, Random& random) {
    Patient patient(file, random);
    unseal(patient, older(patient));
    return patient.discharge("the older meta's checksum is wrong");
}

Inflicted zero_both_metas(SoundFile file, Random& random) {
    Patient patient(file, random);
    patient.zero(0, 2);
    return patient.discharge("both metas are zeroed");
}

Inflicted unseal_both_metas(SoundFile file, Random& random) {
    Patient patient(file, random);
    unseal(patient, 0);
    unseal(patient, 1);
    return patient.discharge("both metas' checksums are wrong");
}

Inflicted garble_both_metas(SoundFile file, Random& random) {
    Patient patient(file, random);
    patient.fill_with_noise(0, 2);
    return patient.discharge("both metas are garbage");
}

} // namespace rebolt::test
