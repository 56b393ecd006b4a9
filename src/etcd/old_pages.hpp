// Records of lost pages, from older copies of them.
//
// bbolt copies on write, so that older copies of a leaf stay in the file until
// their page is used again. etcd's keyspace only grows at its end: a leaf that was
// written after the revision had passed its last record held every record between
// its first and its last, and records never change. What is still needed of a lost
// leaf is therefore in any older copy whose records span it.
#pragma once

#include <span>
#include <vector>

#include <rebolt/etcd/database.hpp>
#include <rebolt/page_source.hpp>

namespace rebolt::etcd {

struct OldRecords {
    std::vector<StoredRecord> records; ///< in their order; of the holes alone
    std::vector<TreeHole> left;        ///< holes that are not proven to be filled
    std::uint64_t conflicts = 0;       ///< revisions of which two copies differ
};

/// Looks through every leaf of the files for records of the holes in the keyspace.
/// Cost: O(bytes of the files).
[[nodiscard]] OldRecords find_old_records(std::span<const PageSource* const> sources,
                                          const std::vector<TreeHole>& holes);

} // namespace rebolt::etcd
