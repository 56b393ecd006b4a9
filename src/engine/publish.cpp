// Database: what a commit does around the writing (commit.hpp).
#include <chrono>
#include <functional>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/commit.hpp"
#include "engine/database.hpp"
#include "engine/freelist.hpp"

namespace rebolt::engine {
namespace {

std::int64_t to_milliseconds(std::chrono::nanoseconds time) noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

} // namespace

Result<void> Database::publish_if_possible(TransactionState& state) {
    TRY(require_own_process());
    try {
        return publish(state);
    } catch (const std::bad_alloc&) { // at any step: what is known of free pages may be wrong
        refuse_writing("memory ran out in a commit: open the database again");
        return Error(ErrorCode::out_of_memory, "out of memory: nothing was changed").in_file(path_);
    }
}

Result<void> Database::commit(TransactionState& state) {
    Changes& changes = *state.changes;
    Result<void> result;
    if (!changes.failure.empty())
        result = Error(ErrorCode::transaction_failed,
                       fmt::format("nothing was written: {}", changes.failure))
                     .in_file(path_);
    else
        result = publish_if_possible(state);
    if (!result) {
        end(state);
        return result;
    }
    const std::vector<std::function<void()>> hooks = std::move(changes.on_commit);
    // Begun before the next writer may commit: it must see this state.
    std::optional<Result<std::shared_ptr<TransactionState>>> committed;
    if (options_.strict_check)
        committed = begin(Access::read);
    state.stats_at_end = changes.stats;
    state.open.store(false);
    state.changes.reset();
    release_writer();
    if constexpr (io::views_are_checked)
        state.mapping->forbid_reading();
    log_commit(state);
    for (const auto& hook : hooks)
        hook();
    if (!committed)
        return {};
    const Tx tx(TRY(*std::move(committed)));
    return options_.strict_check(tx);
}

void Database::log_commit(const TransactionState& state) const {
    const TxStats& stats = state.stats_at_end;
    log(LogLevel::debug, "{}: committed transaction {}: {} bytes in {} ms, of which {} ms syncing",
        path_, state.meta.txid, stats.bytes_written, to_milliseconds(stats.commit_time),
        to_milliseconds(stats.sync_time));
}

// Makes the transaction the newest state, for the file and for this process.
Result<void> Database::publish(TransactionState& state) {
    Commit commit(*this, state);
    TRY(commit.run());
    freelist_run_ = commit.freelist_run();
    is_new_ = false;
    const std::scoped_lock lock(mutex_);
    meta_ = commit.meta();
    mapping_ = commit.mapping();
    count_pages(stats_);
    stats_.writes.add(state.changes->stats);
    return {};
}

void Database::count_pages(DatabaseStats& stats) const noexcept {
    const std::uint64_t free = free_pages_.free_count();
    const std::uint64_t pending = free_pages_.pending_count();
    stats.page_size_bytes = page_size_;
    stats.high_water_mark = meta_.high_water_mark;
    stats.file_bytes = file_bytes_;
    stats.free_page_count = free;
    stats.pending_page_count = pending;
    stats.free_alloc_bytes = (free + pending) * page_size_;
    stats.freelist_inuse_bytes = freelist_bytes(free + pending);
}

} // namespace rebolt::engine
