// What a transaction reads: one mapping of the file by one meta.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <rebolt/error.hpp>
#include <rebolt/format.hpp>
#include <rebolt/stats.hpp>

#include "engine/judged_pages.hpp"
#include "io/mapping.hpp"

namespace rebolt::engine {

class Database;
struct Changes;

/// A leaf of few elements, whose keys lie far apart behind large values.
struct ShortLeaf {
    std::uint32_t depth = 0;           ///< where it stood; 0: no such leaf
    std::uint32_t last_key_offset = 0; ///< in the leaf, bytes
};

/// Constant but for `open`. Shared by everything that came from a transaction.
struct TransactionState {
    TransactionState();
    TransactionState(const TransactionState&) = delete;
    TransactionState& operator=(const TransactionState&) = delete;
    ~TransactionState();

    std::shared_ptr<Database> database;
    std::shared_ptr<const io::Mapping> mapping;
    format::MetaFields meta{};
    Bytes file;                  ///< the mapping's bytes
    std::uint32_t page_size = 0; ///< bytes
    std::uint64_t page_end = 0;  ///< one past the last page: by the meta and by the file
    const std::atomic<std::uint64_t>* faults = nullptr; ///< the mapping's fault counter
    std::uint64_t faults_at_begin = 0;
    std::atomic<bool> open{true};
    /// What the transaction changed, until it ends; null if it only reads.
    std::unique_ptr<Changes> changes;
    TxStats stats_at_end{}; ///< of a write transaction that has ended
    /// A guess for reading ahead: what the last leaf was in which a key was looked
    /// up. Never decides what is found.
    mutable std::atomic<ShortLeaf> short_leaf{};
    mutable JudgedPages judged;

    [[nodiscard]] const std::string& path() const noexcept { return mapping->file().path(); }
    [[nodiscard]] bool has_new_faults() const noexcept {
        return faults->load(std::memory_order_relaxed) != faults_at_begin;
    }
    /// True if the bytes could be read: those of a dirty page always can. Reads
    /// them, so that a fault that is to come comes now.
    [[nodiscard]] bool touch(Bytes bytes) const noexcept;
    /// True if no fault has been met in the bytes so far.
    [[nodiscard]] bool is_sound(Bytes bytes) const noexcept;
    /// The pages that there are, dirty pages included: no walk without repetition
    /// enters more.
    [[nodiscard]] std::uint64_t page_bound() const noexcept;

private:
    [[nodiscard]] bool is_in_file(Bytes bytes) const noexcept {
        return bytes.data() >= file.data() && bytes.data() < file.data() + file.size();
    }
};

/// A bucket's place among buckets, for errors and for the bound on depth.
struct BucketName {
    std::shared_ptr<const BucketName> parent; ///< null for a top-level bucket
    std::string name;
    PageId root; ///< 0 when inline
    std::size_t depth;
};

/// Names from the top-level bucket down.
[[nodiscard]] std::vector<std::string> path_of(const BucketName* name);

/// The error for damage at a page, with its place filled in.
[[nodiscard]] Error damage(const TransactionState& state, FindingCode code, PageId page,
                           std::uint64_t offset_in_page, std::string message,
                           std::span<const PageId> path, const BucketName* bucket);
[[nodiscard]] Error damage(const TransactionState& state, const format::Fault& fault, PageId page,
                           std::span<const PageId> path, const BucketName* bucket);

/// The same for an inline bucket's page image, which has no page of its own.
[[nodiscard]] Error inline_damage(const TransactionState& state, const format::Fault& fault,
                                  const BucketName* bucket);

[[nodiscard]] Error transaction_closed(const TransactionState& state);

} // namespace rebolt::engine
