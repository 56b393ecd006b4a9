// HashKV over records that come from two places: a file, and a replay of the log.
#pragma once

#include <span>

#include <rebolt/etcd/database.hpp>

namespace rebolt::etcd {

/// The hash at a revision of `older`, then `newer`; both in their order. Cost:
/// O(records); memory: O(keys).
[[nodiscard]] KeyspaceHash hash_records(std::span<const StoredRecord> older,
                                        std::span<const StoredRecord> newer,
                                        const KeyspaceHash& at);

} // namespace rebolt::etcd
