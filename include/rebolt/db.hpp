// DB: a bbolt database file, opened. Start here.
//
//   auto db = rebolt::DB::open("my.db");
//   if (!db)
//       return std::move(db).error();
//   return db->update([](rebolt::Tx& tx) -> rebolt::Result<void> {
//       auto bucket = tx.create_bucket_if_missing("fruit");
//       return bucket ? bucket->put("apple", "red") : std::move(bucket).error();
//   });
//
// The file is bbolt's: programs in Go share it, one writer or many readers at a
// time. Within a process one write transaction and any number of read
// transactions run side by side; each reader sees one committed state.
//
// Every call on every file, whatever its bytes, ends in time linear in the file
// (or in what it returns), with memory that does not depend on page content:
// damage is an Error that names page, offset and the pages on the way. A write
// transaction that meets damage stops with it: nothing is written.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rebolt/options.hpp>
#include <rebolt/result.hpp>
#include <rebolt/stats.hpp>
#include <rebolt/tx.hpp>

namespace rebolt {

namespace engine {
class Database;
}

/// Whether commits wait until what they wrote is on the disk.
enum class CommitSync : std::uint8_t { on, off };
/// `on`, `off`.
[[nodiscard]] std::string_view name_of(CommitSync sync) noexcept;

/// A handle to a file. Copies share it; it closes with its last copy and the
/// last transaction. Safe to use from many threads.
class DB {
public:
    /// Opens, takes bbolt's lock (shared for read_only, else exclusive) and
    /// chooses the meta as bbolt does: the valid one with the larger txid.
    /// For writing it refuses a file with a newer transaction whose meta is damaged
    /// (see OpenOptions::from_older), makes a new file of an empty or missing one
    /// (and empties it again if no transaction succeeds), judges root and freelist, and finds the
    /// free pages again where the freelist is damaged: findings_at_open() says so. Errors:
    /// file_not_found, permission_denied, io, lock_timeout (naming who may hold it; also
    /// if this process itself has the file open and no timeout was given), damaged
    /// (file_empty, not_a_bolt_file, foreign_byte_order, both_metas_invalid,
    /// meta_page_size; for writing also whatever the trees show).
    /// Cost: O(1) to read; to write O(freelist), or O(file) where it is verified.
    static Result<DB> open(const std::string& path, const OpenOptions& options = {});
    /// The same of a file that is open already (bbolt: Options.OpenFile), for reading and
    /// writing unless read_only. Takes the descriptor over: it is closed with the handle,
    /// or with the error. Errors also: invalid_argument (it cannot be written to).
    static Result<DB> open_descriptor(int descriptor, const OpenOptions& options = {});

    [[nodiscard]] const std::string& path() const noexcept;
    [[nodiscard]] std::uint32_t page_size_bytes() const noexcept;
    [[nodiscard]] bool is_read_only() const noexcept;
    /// What was wrong when the file was opened: with one of its metas; for
    /// writing, also with the freelist, which was put right in memory: the next
    /// commit writes it. A damaged meta that is not the newest is a note.
    [[nodiscard]] const std::vector<Finding>& findings_at_open() const noexcept;
    /// False if the file has a newer transaction than the one that is shown, whose
    /// meta is damaged: findings_at_open() says which.
    [[nodiscard]] bool shows_newest() const noexcept;

    /// Begins a transaction: a snapshot of the newest commit. One that writes
    /// waits until the one before it has ended. Errors: database_closed,
    /// database_read_only, sync_failed, io, damaged (meta_root_out_of_range, …),
    /// invalid_argument (this thread began one that is still open: it would wait for
    /// itself).
    [[nodiscard]] Result<Tx> begin(Access access = Access::read) const;
    /// Runs `work` in a read transaction (bbolt: DB.View). Returns its result.
    Result<void> view(const std::function<Result<void>(Tx&)>& work) const;
    /// Runs `work` in a write transaction and commits, or rolls back if it
    /// returns an error, which is passed on (bbolt: DB.Update). What `work`
    /// throws passes through it, view and batch, but for std::bad_alloc, which is an
    /// error out_of_memory; the transaction is rolled back.
    Result<void> update(const std::function<Result<void>(Tx&)>& work) const;
    /// The same for many threads at once: calls that come together share one
    /// transaction and its syncs (bbolt: DB.Batch). `work` may run more than
    /// once: when another's fails, the transaction is tried again without it.
    Result<void> batch(const std::function<Result<void>(Tx&)>& work) const;

    /// Syncs the file, for those who write with no_sync. Errors: io, sync_failed,
    /// invalid_argument (in a write transaction of this thread).
    Result<void> sync() const;
    /// For the commits that begin from now on; at first as OpenOptions::no_sync says
    /// (bbolt: DB.NoSync). After `on`, what was committed before is on the disk with the
    /// next sync() or commit.
    void set_commit_sync(CommitSync sync) const noexcept;
    [[nodiscard]] CommitSync commit_sync() const noexcept;
    /// Counts pages and, when opened for writing, transactions. Errors: damaged
    /// (freelist_*), io. Cost: O(1) of a writer; else O(pages), when no freelist
    /// is stored: a walk of all trees.
    [[nodiscard]] Result<DatabaseStats> stats() const;
    /// Waits for the write transaction, if another thread has one open, and lets go of
    /// the file and its lock as soon as no transaction uses it. Further calls on any
    /// copy fail with database_closed.
    void close() noexcept;

private:
    explicit DB(std::shared_ptr<engine::Database> database) noexcept
        : database_(std::move(database)) {}

    std::shared_ptr<engine::Database> database_;
};

} // namespace rebolt
