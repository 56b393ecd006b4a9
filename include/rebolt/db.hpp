// DB: a bbolt database file, opened. Start here.
//
//   auto db = rebolt::DB::open("local-kv.db", {.read_only = true});
//   auto tx = db->begin();
//   auto bucket = tx->bucket("libnetwork");
//   auto value = bucket->get("docker/network/v1.0/…");
//
// Every call on every file, whatever its bytes, ends in time linear in the file
// (or in what it returns), with memory that does not depend on page content:
// damage is an Error that names page, offset and the pages on the way.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <rebolt/result.hpp>
#include <rebolt/stats.hpp>
#include <rebolt/tx.hpp>

namespace rebolt {

/// How to open (bbolt: Options).
struct OpenOptions {
    /// Only reading is built yet: opening with false is invalid_argument.
    bool read_only = true;
    /// How long to wait for the file's lock; nullopt: without end, bbolt's default.
    std::optional<std::chrono::milliseconds> timeout = std::nullopt;
    /// Off: read although another program may be writing (see ReadOptions).
    bool lock = true;
};

/// A handle to a file. Copies share it; it closes with its last copy and the
/// last transaction. Safe to use from many threads.
class DB {
public:
    /// Opens, takes bbolt's lock (shared for read_only) and chooses the meta as
    /// bbolt does: the valid one with the larger txid. Errors: file_not_found,
    /// permission_denied, io, lock_timeout (naming who may hold it), damaged
    /// (file_empty, not_a_bolt_file, foreign_byte_order, both_metas_invalid,
    /// meta_page_size). Cost: O(1).
    static Result<DB> open(const std::string& path, const OpenOptions& options = {});

    [[nodiscard]] const std::string& path() const noexcept;
    [[nodiscard]] std::uint32_t page_size_bytes() const noexcept;

    /// Begins a transaction that only reads: a snapshot of the newest commit.
    /// Errors: database_closed, io, damaged (meta_root_out_of_range, …).
    [[nodiscard]] Result<Tx> begin() const;
    /// Runs `work` in a read transaction (bbolt: DB.View). Returns its result.
    Result<void> view(const std::function<Result<void>(Tx&)>& work) const;
    /// Reads and counts the freelist. Errors: damaged (freelist_*), io.
    /// Cost: O(pages), when no freelist is stored: a walk of all trees.
    [[nodiscard]] Result<DatabaseStats> stats() const;
    /// Lets go of the file and its lock as soon as no transaction uses it.
    /// Further calls on any copy fail with database_closed.
    void close() noexcept;

private:
    struct Impl;
    explicit DB(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

    std::shared_ptr<Impl> impl_;
};

} // namespace rebolt
