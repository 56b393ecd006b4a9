// Tx: a transaction: one snapshot of the database, and changes to it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <rebolt/bucket.hpp>
#include <rebolt/format.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

namespace engine {
struct TransactionState;
class Database;
} // namespace engine

class DB;
struct CompactOptions;
Result<void> compact_file(const DB& from, const std::string& path, const CompactOptions& options);

enum class Access : std::uint8_t { read, write };
/// `read`, `write`.
[[nodiscard]] std::string_view name_of(Access access) noexcept;

/// Ends with commit(), rollback() or its destructor, which rolls back. Buckets,
/// cursors, keys and values got from it are valid until then; in a write
/// transaction keys and values only until its next change. Move-only. One
/// thread at a time.
class Tx {
public:
    Tx(Tx&&) noexcept = default;
    Tx& operator=(Tx&& other) noexcept;
    Tx(const Tx&) = delete;
    Tx& operator=(const Tx&) = delete;
    ~Tx();

    /// A write transaction's is one more than that of the state it began with.
    [[nodiscard]] TxId id() const noexcept;
    [[nodiscard]] bool is_writable() const noexcept;
    /// The meta this transaction reads by: that of the state it began with.
    [[nodiscard]] const format::MetaFields& meta() const noexcept;
    /// The database's size in this snapshot: high water mark × page size, bytes.
    [[nodiscard]] std::uint64_t size_bytes() const noexcept;

    /// The bucket that holds all top-level buckets.
    [[nodiscard]] Bucket root() const;
    /// A top-level bucket. Errors: as Bucket::bucket.
    [[nodiscard]] Result<Bucket> bucket(std::string_view name) const;
    /// A cursor over the top-level buckets' names (bbolt: Tx.Cursor).
    [[nodiscard]] Cursor cursor() const;
    /// Calls visit(name, bucket) for each top-level bucket in key order, until
    /// it returns an error, which is passed on. Errors: damaged, and visit's.
    template <class Visit>
    Result<void> for_each(Visit&& visit) const {
        return root().for_each_bucket(std::forward<Visit>(visit));
    }

    /// As Bucket's of the same name, for top-level buckets.
    Result<Bucket> create_bucket(std::string_view name);
    Result<Bucket> create_bucket_if_missing(std::string_view name);
    Result<void> delete_bucket(std::string_view name);

    /// Writes all changes so that after any crash either all or none of them
    /// are there, syncs, and ends the transaction. After an error nothing has
    /// changed; after sync_failed nobody can say until the file is opened again.
    /// Errors: transaction_not_writable, transaction_closed, transaction_failed,
    /// invalid_argument (within update or batch), max_size_reached, io,
    /// sync_failed, damaged. Cost: O(changed pages + freelist).
    Result<void> commit();
    /// `done` runs after a commit that succeeded, in the order of the calls,
    /// when the transaction has ended and the next may begin.
    void on_commit(std::function<void()> done);
    /// Ends the transaction without a change. Later calls on what came from it
    /// fail with transaction_closed; views must not be used any more.
    void rollback() noexcept;

    /// What this transaction has done so far, and once it has ended: on_commit sees what
    /// was written, and the times.
    [[nodiscard]] TxStats stats() const noexcept;

    /// Judges every page of the trees as this transaction's begin saw them. Errors:
    /// damaged. Cost: O(pages); memory: a bit a page.
    [[nodiscard]] Result<void> judge() const;

    /// Writes the database as this transaction's begin saw it: a whole bbolt
    /// file, while others write on (bbolt: Tx.WriteTo), of 4096 bytes at least.
    /// Judges it first. Calls write(bytes) in file order until it returns an
    /// error, which is passed on. Errors: io, damaged (whatever judge() finds;
    /// that a newer transaction is in the file, unless it was opened from_older).
    Result<void> write_to(const std::function<Result<void>(Bytes)>& write) const;
    /// The same into a new file, synced; `path` is made by rename once it is
    /// whole, in place of what stands there (bbolt: Tx.CopyFile). `progress` is
    /// told bytes written and bytes in all; returns false to cancel. `file_mode`
    /// before the process's umask; 0: owner, permissions and extended attributes
    /// are this file's. Errors: those of write_to, permission_denied, cancelled.
    Result<void>
    copy_file(const std::string& path, std::uint32_t file_mode = 0,
              const std::function<bool(std::uint64_t, std::uint64_t)>& progress = nullptr) const;

private:
    friend class DB;
    friend class engine::Database;
    friend Result<void> compact_file(const DB&, const std::string&, const CompactOptions&);
    explicit Tx(std::shared_ptr<engine::TransactionState> state) noexcept;

    std::shared_ptr<engine::TransactionState> state_;
};

} // namespace rebolt
