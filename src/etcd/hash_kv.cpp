#include "etcd/hash_kv.hpp"

#include <array>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "etcd/crc32c.hpp"

namespace rebolt::etcd {
namespace {

// Where each key's newest record up to a revision is: etcd's Keep.
class Newest {
public:
    explicit Newest(std::int64_t revision) : revision_(revision) {}

    void take(const StoredRecord& record) {
        if (record.revision.main > revision_)
            return;
        if (const auto value = parse_key_value(record.value))
            of_key_[value->key] = &record;
    }
    // Only now is it known which are tombstones.
    [[nodiscard]] std::unordered_set<const StoredRecord*> kept() const {
        std::unordered_set<const StoredRecord*> kept;
        for (const auto& [key, record] : of_key_)
            if (!record->is_tombstone)
                kept.insert(record);
        return kept;
    }

private:
    std::int64_t revision_;
    std::unordered_map<std::string_view, const StoredRecord*> of_key_;
};

} // namespace

KeyspaceHash hash_records(std::span<const StoredRecord> older, std::span<const StoredRecord> newer,
                          const KeyspaceHash& at) {
    const std::array parts{older, newer};
    std::unordered_set<const StoredRecord*> kept;
    if (at.compacted > 0) {
        Newest newest(at.revision);
        for (const auto& part : parts)
            for (const StoredRecord& record : part)
                newest.take(record);
        kept = newest.kept();
    }
    KeyspaceHash result = at;
    result.hash = crc32c(0, "key");
    for (const auto& part : parts)
        for (const StoredRecord& record : part) {
            if (record.revision.main > at.revision)
                continue;
            if (record.revision.main <= at.compacted && !kept.empty() && !kept.contains(&record))
                continue;
            result.hash = crc32c(result.hash, stored_key(record.revision, record.is_tombstone));
            result.hash = crc32c(result.hash, record.value);
        }
    return result;
}

Result<KeyspaceHash> hash_kv(const DatabaseState& state, std::int64_t revision) {
    const std::int64_t newest = state.revision();
    const std::int64_t compacted = state.compacted();
    if (revision > newest)
        return Error(
            ErrorCode::invalid_argument,
            fmt::format("revision {} was not reached: the newest is {}", revision, newest));
    if (revision != 0 && revision < compacted)
        return Error(
            ErrorCode::invalid_argument,
            fmt::format("revision {} is compacted: the oldest is {}", revision, compacted));
    return hash_records(state.records, {}, {0, revision == 0 ? newest : revision, compacted});
}

} // namespace rebolt::etcd
