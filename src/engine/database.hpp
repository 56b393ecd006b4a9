// Database: what copies of a DB share: the file, its newest state, who reads
// and who writes.
//
// One mutex guards what threads share; it is never held during I/O of a commit.
// The writer holds `writer_` from begin to end: what only it touches needs no
// mutex. Each transaction keeps the mapping it began with; growth of the file
// makes a new one, and no reader waits for it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include <rebolt/db.hpp>
#include <rebolt/finding.hpp>
#include <rebolt/options.hpp>
#include <rebolt/result.hpp>
#include <rebolt/stats.hpp>
#include <rebolt/tx.hpp>

#include "engine/batch.hpp"
#include "engine/dirty_page_memory.hpp"
#include "engine/forks.hpp"
#include "engine/free_pages.hpp"
#include "engine/newest_state.hpp"
#include "engine/transaction_state.hpp"
#include "engine/write_buffer.hpp"
#include "io/file_writer.hpp"
#include "io/mapping.hpp"

namespace rebolt::engine {

class Database : public std::enable_shared_from_this<Database> {
public:
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    static Result<std::shared_ptr<Database>> open(const std::string& path,
                                                  const OpenOptions& options);
    static Result<std::shared_ptr<Database>> open_descriptor(int descriptor,
                                                             const OpenOptions& options);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::uint32_t page_size() const noexcept { return page_size_; }
    [[nodiscard]] const OpenOptions& options() const noexcept { return options_; }
    [[nodiscard]] const std::vector<Finding>& findings_at_open() const noexcept {
        return findings_at_open_;
    }
    [[nodiscard]] bool shows_newest() const noexcept { return shows_newest_; }
    /// The error of whoever needs the newest state, if this is an older one and
    /// was not asked for.
    [[nodiscard]] std::optional<Error> newer_state() const;
    [[nodiscard]] Batch& batch() noexcept { return batch_; }

    [[nodiscard]] Result<std::shared_ptr<TransactionState>> begin(Access access);
    /// Writes the transaction's changes and ends it. After an error it has
    /// ended too, without a change, or with one of unknown fate (sync_failed).
    Result<void> commit(TransactionState& state);
    /// Ends a transaction without a change.
    void end(TransactionState& state) noexcept;

    Result<void> sync();
    void set_commit_sync(CommitSync sync) noexcept { commit_sync_.store(sync); }
    [[nodiscard]] CommitSync commit_sync() const noexcept { return commit_sync_.load(); }
    [[nodiscard]] Result<DatabaseStats> stats();
    void close() noexcept;

    /// Errors: invalid_argument, in the thread that began the write transaction: whoever
    /// waits for that to end waits for ever.
    [[nodiscard]] Result<void> require_no_own_writer() const;
    /// An update() failed: see empty_if_unused().
    void note_failed_update() noexcept { has_failed_.store(true); }
    /// The free pages: the writer's alone.
    [[nodiscard]] FreePages& free_pages() noexcept { return free_pages_; }

private:
    friend class Commit;

    Database(std::string path, const OpenOptions& options)
        : path_(std::move(path)), options_(options),
          commit_sync_(options.no_sync ? CommitSync::off : CommitSync::on),
          free_pages_(options.freelist_type) {}

    // open.cpp
    Result<void> open(std::shared_ptr<const io::File> file);
    Result<void> open_file(std::shared_ptr<const io::File> file);
    Result<void> lock(const io::File& file) const;
    Result<void> make_new(std::uint32_t page_size);
    [[nodiscard]] std::uint32_t page_size_wanted() const;
    Result<std::optional<std::uint32_t>> cut_off_making(const io::File& file) const;
    Result<void> judge_other_meta(NewestState newest);
    Result<void> take_older(TxId transaction);
    Result<void> judge_for_writing();
    Result<void> load_free_pages(const TransactionState& state);

    [[nodiscard]] Error closed() const;
    [[nodiscard]] Error refuse(const std::string& reason);
    Result<std::shared_ptr<const io::Mapping>> map(std::shared_ptr<const io::File> file,
                                                   std::uint64_t size_bytes) const;
    Result<std::shared_ptr<const io::Mapping>> map_to_grow(std::shared_ptr<const io::File> file,
                                                           std::uint64_t size_bytes) const;
    Result<std::shared_ptr<TransactionState>> begin_read();
    Result<std::shared_ptr<TransactionState>> begin_write();
    Result<std::shared_ptr<TransactionState>> state_of(std::shared_ptr<const io::Mapping> mapping,
                                                       const format::MetaFields& meta);
    Result<void> publish(TransactionState& state);
    Result<void> publish_if_possible(TransactionState& state);
    /// Errors: invalid_argument, in a process that was forked from the one that
    /// opened it: two writers would share one lock.
    [[nodiscard]] Result<void> require_own_process() const;
    void refuse_writing(const char* why) noexcept;
    Result<void> sync_now();
    void release_writer() noexcept;
    void let_go() noexcept;
    void empty_if_unused() noexcept;
    void log_commit(const TransactionState& state) const;
    /// Cost: nothing, unless somebody listens.
    template <class... Values>
    void log(LogLevel level, fmt::format_string<Values...> format, Values&&... values) const;
    void count_pages(DatabaseStats& stats) const noexcept;

    const std::string path_;
    const OpenOptions options_;
    const unsigned forks_ = Forks::count(); ///< when it was opened
    std::uint32_t page_size_ = 0;
    std::vector<Finding> findings_at_open_;
    bool shows_newest_ = true;
    bool is_older_ = false; ///< of OpenOptions::transaction: the metas are not looked at again

    std::atomic<CommitSync> commit_sync_;

    std::mutex mutex_;                           // guards these:
    std::shared_ptr<const io::Mapping> mapping_; // keeps the file open; null: closed
    format::MetaFields meta_{};                  // the newest commit; read-only: unused
    std::multiset<std::uint64_t> readers_;       // the states that are being read
    DatabaseStats stats_;
    std::string refusal_; // why no more is written; empty: it is

    std::atomic<bool> is_closing_ = false;          // as soon as the write transaction ends
    std::atomic<std::thread::id> writing_thread_{}; // that began the write transaction
    std::binary_semaphore writer_{1};               // held by the write transaction, guards these:
    std::optional<io::FileWriter> file_writer_;
    FreePages free_pages_;
    std::optional<PageRun> freelist_run_; // where the freelist is stored
    std::uint64_t file_bytes_ = 0;
    bool is_new_ = false;                  // made by this handle, and nothing was committed yet
    std::atomic<bool> has_failed_ = false; // an update() did
    std::unique_ptr<DirtyPageMemory> dirty_page_memory_;
    WriteBuffer write_buffer_; // of commits

    Batch batch_;
};

// What the listener throws, and a want of memory for the line, stop nothing.
template <class... Values>
void Database::log(LogLevel level, fmt::format_string<Values...> format, Values&&... values) const {
    if (!options_.log)
        return;
    try {
        options_.log(level, fmt::format(format, std::forward<Values>(values)...));
    } catch (...) { // NOLINT(bugprone-empty-catch): see above
    }
}

/// How much of a file is mapped: all of it, but of a large one no more than its
/// metas ask for. A sparse file may claim more than can be mapped. `head`: the
/// file's first bytes, io::metas_bytes_max of them if it has so many.
[[nodiscard]] std::uint64_t bytes_to_map(Bytes head, std::uint64_t file_bytes);
/// Why a file without a usable meta is none.
[[nodiscard]] Error no_meta(Bytes file, std::uint32_t page_size, const std::string& path);
/// A meta page with these fields, its checksum made right.
[[nodiscard]] std::vector<std::byte> meta_page(format::MetaFields fields);
/// Damage of the file as a whole.
[[nodiscard]] Error file_damage(FindingCode code, std::string message, const std::string& path);

} // namespace rebolt::engine
