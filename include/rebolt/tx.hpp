// Tx: a transaction that reads one snapshot of the database.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <rebolt/bucket.hpp>
#include <rebolt/format.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

namespace engine {
struct Snapshot;
}

/// Ends with rollback() or its destructor. Buckets, cursors, keys and values
/// got from it are valid until then. Move-only. One thread at a time.
class Tx {
public:
    Tx(Tx&&) noexcept = default;
    Tx& operator=(Tx&& other) noexcept;
    Tx(const Tx&) = delete;
    Tx& operator=(const Tx&) = delete;
    ~Tx();

    [[nodiscard]] TxId id() const noexcept;
    /// The meta this transaction reads by.
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

    /// Ends the transaction. Later calls on what came from it fail with
    /// transaction_closed; views into the file must not be used any more.
    void rollback() noexcept;

private:
    friend class DB;
    explicit Tx(std::shared_ptr<engine::Snapshot> snapshot) noexcept;

    std::shared_ptr<engine::Snapshot> snapshot_;
};

} // namespace rebolt
