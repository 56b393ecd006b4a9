#include "format/newer_meta.hpp"

#include <cstddef>
#include <span>

namespace rebolt::format {
namespace {

bool has_its_checksum(const MetaFields& fields) {
    const Bytes bytes = std::as_bytes(std::span(&fields, 1));
    return fnv1a(bytes.first(offsetof(MetaFields, checksum))) == fields.checksum;
}

} // namespace

std::optional<NewerMeta> newer_than(const MetaFields& taken, const MetaFields& damaged) noexcept {
    const std::uint64_t next = taken.txid + 1;
    MetaFields fields = damaged;
    fields.magic = magic;
    fields.version = version;
    fields.page_size = taken.page_size;
    fields.flags = taken.flags;
    for (const std::uint64_t txid : {fields.txid, next}) {
        fields.txid = txid;
        if (has_its_checksum(fields))
            return txid > taken.txid ? std::optional(NewerMeta{fields, true}) : std::nullopt;
    }
    fields.txid = damaged.txid;
    return fields.txid == next ? std::optional(NewerMeta{fields, false}) : std::nullopt;
}

MetaAge age_of(const MetaFields& damaged, const MetaFields& taken) noexcept {
    if (newer_than(taken, damaged))
        return MetaAge::newer;
    const bool names_one_before =
        damaged.magic == magic && damaged.version == version && damaged.txid + 1 == taken.txid;
    return names_one_before ? MetaAge::older : MetaAge::unknown;
}

} // namespace rebolt::format
