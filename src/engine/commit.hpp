// Commit: writes a transaction's changes to the file.
//
// In this order: the trees are rebalanced, and every dirty page gets an id that no
// state in use has; the file grows; pages are written and synced; then one
// meta page makes them the newest state, and is synced (bbolt: Tx.Commit).
// Until the meta is there, the file is what it was.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <rebolt/result.hpp>

#include "engine/changes.hpp"
#include "engine/database.hpp"

namespace rebolt::engine {

class Commit {
public:
    Commit(Database& database, TransactionState& state) noexcept;

    /// After an error the pages it took are free again; sync_failed: the state
    /// of the file is not known.
    Result<void> run();
    /// What the file is after run().
    [[nodiscard]] const format::MetaFields& meta() const noexcept { return meta_; }
    /// The mapping that shows it.
    [[nodiscard]] const std::shared_ptr<const io::Mapping>& mapping() const noexcept {
        return mapping_;
    }
    [[nodiscard]] const std::optional<PageRun>& freelist_run() const noexcept {
        return freelist_run_;
    }

private:
    /// What an error would mean now.
    enum class Stage : std::uint8_t {
        harmless, ///< the file is what it was
        sync,     ///< it is, but the disk cannot be trusted
        meta,     ///< nobody knows which state the file has
    };
    struct Write {
        PageRun run;
        const DirtyPage* page; ///< null: the freelist
    };

    Result<void> write_all();
    Result<void> rebalance(OpenBucket& bucket);
    Result<void> write_header(OpenBucket& parent, OpenBucket& bucket);
    [[nodiscard]] bool fits_inline(const OpenBucket& bucket) const noexcept;
    Result<PageId> assign_page_ids(PageId page);
    Result<void> assign_freelist_page();
    [[nodiscard]] std::uint64_t pages_of(std::uint64_t bytes) const noexcept;
    void reserve();
    Result<PageRun> allocate(std::uint64_t bytes);
    Result<void> grow_file();
    Result<void> enlarge_file(std::uint64_t needed);
    Result<void> write_pages();
    void put_in_buffer(const Write& write);
    Result<void> flush(std::uint64_t end);
    Result<void> write_meta();
    [[nodiscard]] std::uint64_t grown(std::uint64_t needed_bytes) const noexcept;
    /// How a sync failed is for `stage` to say.
    Result<void> sync(Result<void> (io::FileWriter::*sync_now)());

    Database& database_;
    TransactionState& state_;
    Changes& changes_;
    format::MetaFields meta_;
    std::shared_ptr<const io::Mapping> mapping_;
    std::optional<PageRun> freelist_run_;
    std::vector<Write> writes_;
    std::vector<PageRun> taken_; ///< from the free pages
    PageRun reserved_{};         ///< of these, what is left of the run taken at first
    const bool syncs_;           ///< one answer for all of a commit
    Stage stage_ = Stage::harmless;
};

} // namespace rebolt::engine
