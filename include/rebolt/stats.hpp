// Statistics: the numbers that bbolt's Bucket.Stats and DB.Stats give, with
// bbolt's meaning.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace rebolt {

/// What a bucket and all buckets inside it take up (bbolt: BucketStats).
struct BucketStats {
    std::uint64_t branch_page_count = 0;
    std::uint64_t branch_overflow_count = 0; ///< physical pages behind branch pages
    std::uint64_t leaf_page_count = 0;
    std::uint64_t leaf_overflow_count = 0; ///< physical pages behind leaf pages
    std::uint64_t key_count = 0;
    std::uint64_t depth = 0;              ///< levels of the deepest tree
    std::uint64_t branch_alloc_bytes = 0; ///< allocated for branch pages
    std::uint64_t branch_inuse_bytes = 0; ///< of these, in use
    std::uint64_t leaf_alloc_bytes = 0;
    std::uint64_t leaf_inuse_bytes = 0;
    std::uint64_t bucket_count = 0; ///< buckets, this one included
    std::uint64_t inline_bucket_count = 0;
    std::uint64_t inline_bucket_inuse_bytes = 0; ///< counted in leaf_inuse_bytes too

    /// Adds another bucket's numbers (bbolt: BucketStats.Add).
    void add(const BucketStats& other) noexcept;
    bool operator==(const BucketStats&) const = default;
};

/// A bucket and those in it, as a tree (bbolt: BucketStructure).
struct BucketStructure {
    std::string name;            ///< `root` of the one that holds all others
    std::uint64_t key_count = 0; ///< keys that are no buckets
    std::vector<BucketStructure> buckets{};

    bool operator==(const BucketStructure&) const = default;
};

/// What transactions have done (bbolt: TxStats).
struct TxStats {
    std::uint64_t pages_copied = 0;  ///< to memory, to be changed (bbolt: NodeCount)
    std::uint64_t splits = 0;        ///< pages split (bbolt: Split)
    std::uint64_t merges = 0;        ///< pages merged or emptied (bbolt: Rebalance)
    std::uint64_t pages_written = 0; ///< runs of pages: a page with its overflow is one
    std::uint64_t bytes_written = 0;
    std::uint64_t pages_allocated = 0;
    std::uint64_t pages_freed = 0;
    std::chrono::nanoseconds commit_time{}; ///< in commits (bbolt: SpillTime, WriteTime, …)
    std::chrono::nanoseconds sync_time{};   ///< of these, waiting for the disk

    void add(const TxStats& other) noexcept;
    bool operator==(const TxStats&) const = default;
};

/// What the whole database takes up (bbolt: DB.Stats and DB.Info).
struct DatabaseStats {
    std::uint64_t page_size_bytes = 0;
    std::uint64_t high_water_mark = 0; ///< pages
    std::uint64_t file_bytes = 0;
    std::uint64_t free_page_count = 0;        ///< on the stored freelist, or found free
    std::uint64_t pending_page_count = 0;     ///< 0 for whoever only reads
    std::uint64_t free_alloc_bytes = 0;       ///< free pages × page size
    std::uint64_t freelist_inuse_bytes = 0;   ///< bytes the freelist's page uses
    std::uint64_t transaction_count = 0;      ///< read transactions begun (bbolt: TxN)
    std::uint64_t open_transaction_count = 0; ///< of these, not yet ended (bbolt: OpenTxN)
    TxStats writes = {};                      ///< of all commits of this handle

    bool operator==(const DatabaseStats&) const = default;
};

} // namespace rebolt
