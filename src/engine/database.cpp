#include "engine/database.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/freelist_count.hpp"

namespace rebolt::engine {

Error Database::closed() const {
    return Error(ErrorCode::database_closed, "the database is closed").in_file(path_);
}

Error Database::refuse(const std::string& reason) {
    const std::string refusal =
        fmt::format("{}; nothing more is written by this handle: close it, check the file, and "
                    "open it again",
                    reason);
    log(LogLevel::error, "{}", refusal);
    const std::scoped_lock lock(mutex_);
    refusal_ = refusal;
    return Error(ErrorCode::sync_failed, refusal).in_file(path_);
}

// A debug build gives each transaction a mapping of its own, which is closed to
// all reading when it ends: who uses a view too long is stopped there and then.
Result<std::shared_ptr<const io::Mapping>> Database::map(std::shared_ptr<const io::File> file,
                                                         std::uint64_t size_bytes) const {
    auto mapping = TRY(io::Mapping::map(std::move(file), size_bytes,
                                        options_.populate ? io::Populate::yes : io::Populate::no));
    if (options_.lock_memory)
        TRY(mapping->lock_in_memory());
    return mapping;
}

// As much again as the file has (bbolt: mmapSize), up to 1 GiB: a file that grows step by
// step is mapped a few times, not at each step.
Result<std::shared_ptr<const io::Mapping>>
Database::map_to_grow(std::shared_ptr<const io::File> file, std::uint64_t size_bytes) const {
    constexpr std::uint64_t room_bytes_max = std::uint64_t{1} << 30;
    if (!options_.populate && !options_.lock_memory) {
        auto mapping = io::Mapping::map_with_room(
            file, size_bytes, size_bytes + std::min(size_bytes, room_bytes_max));
        if (mapping) // else there may be addresses for less
            return mapping;
    }
    return map(std::move(file), size_bytes);
}

Result<std::shared_ptr<TransactionState>>
Database::state_of(std::shared_ptr<const io::Mapping> mapping, const format::MetaFields& meta) {
    auto state = std::make_shared<TransactionState>();
    if constexpr (io::views_are_checked)
        mapping = TRY(map(mapping->shared_file(), mapping->bytes().size()));
    state->mapping = std::move(mapping);
    state->file = state->mapping->bytes();
    state->page_size = page_size_;
    state->faults = &state->mapping->fault_counter();
    state->faults_at_begin = state->mapping->fault_count();
    state->meta = meta;
    state->page_end = std::min(meta.high_water_mark, state->file.size() / page_size_);
    if (meta.root < 2 || meta.root >= meta.high_water_mark)
        return damage(*state, FindingCode::meta_root_out_of_range, PageId{meta.root}, 0,
                      fmt::format("the root is page {}, expected 2 to {}", meta.root,
                                  meta.high_water_mark - 1),
                      {}, nullptr);
    return state;
}

Result<void> Database::require_own_process() const {
    if (Forks::count() == forks_)
        return {};
    return Error(ErrorCode::invalid_argument,
                 "the database was opened before fork(), by another process: this one must open "
                 "it by itself")
        .in_file(path_);
}

void Database::refuse_writing(const char* why) noexcept {
    const std::scoped_lock lock(mutex_);
    try {
        refusal_ = why;
    } catch (const std::bad_alloc&) {
        refusal_ = "no memory"; // short enough to need none
    }
}

Result<std::shared_ptr<TransactionState>> Database::begin(Access access) {
    TRY(require_own_process());
    auto state = TRY(access == Access::read ? begin_read() : begin_write());
    state->database = shared_from_this();
    return state;
}

Result<std::shared_ptr<TransactionState>> Database::begin_read() {
    std::shared_ptr<const io::Mapping> mapping;
    format::MetaFields meta;
    {
        const std::scoped_lock lock(mutex_);
        if (mapping_ == nullptr || is_closing_)
            return closed();
        if (options_.read_only) { // others may have written: without a lock, and before we came
            const std::uint64_t size = TRY(mapping_->file().size_bytes());
            const std::uint64_t needed = bytes_to_map(mapping_->bytes(), size);
            if (needed > mapping_->bytes().size())
                mapping_ = TRY(map(mapping_->shared_file(), needed));
            const auto chosen =
                is_older_ ? meta_ : newest_state(mapping_->bytes(), page_size_).taken;
            if (!chosen)
                return no_meta(mapping_->bytes(), page_size_, path_);
            meta = *chosen;
        } else {
            meta = meta_;
        }
        mapping = mapping_;
        ++stats_.transaction_count;
        ++stats_.open_transaction_count;
        readers_.insert(meta.txid);
    }
    auto state = state_of(std::move(mapping), meta);
    if (!state) {
        const std::scoped_lock lock(mutex_);
        --stats_.open_transaction_count;
        readers_.erase(readers_.find(meta.txid));
    }
    return state;
}

// What was freed may be used again when no reader sees it, and the state that
// the other meta names does not either: both metas' trees stay whole. (Not in
// the first transaction of a handle: see FreePages.)
Result<std::shared_ptr<TransactionState>> Database::begin_write() {
    if (options_.read_only)
        return Error(ErrorCode::database_read_only, "the database was opened for reading only")
            .in_file(path_);
    TRY(require_no_own_writer());
    writer_.acquire();
    writing_thread_.store(std::this_thread::get_id());
    auto state = [&]() -> Result<std::shared_ptr<TransactionState>> {
        std::shared_ptr<const io::Mapping> mapping;
        format::MetaFields meta;
        std::uint64_t oldest = 0;
        {
            const std::scoped_lock lock(mutex_);
            if (mapping_ == nullptr)
                return closed();
            if (!refusal_.empty())
                return Error(ErrorCode::sync_failed, refusal_).in_file(path_);
            mapping = mapping_;
            meta = meta_;
            oldest = readers_.empty() ? meta.txid : *readers_.begin();
        }
        if (meta.txid == std::numeric_limits<std::uint64_t>::max())
            return Error(ErrorCode::invalid_argument,
                         fmt::format("transaction {} is the last that there can be: nothing more "
                                     "can be committed; compact it into a new file",
                                     meta.txid))
                .in_file(path_);
        if (meta.txid > 0)
            free_pages_.release(std::min(oldest, meta.txid - 1));
        auto begun = TRY(state_of(std::move(mapping), meta));
        begun->meta.txid = meta.txid + 1;
        begun->changes = std::make_unique<Changes>(dirty_page_memory_.get());
        OpenBucket& root = begun->changes->root;
        root.root = root.root_at_begin = PageId{meta.root};
        root.sequence = meta.sequence;
        return begun;
    }();
    if (!state)
        release_writer();
    return state;
}

Result<void> Database::require_no_own_writer() const {
    if (writing_thread_.load() != std::this_thread::get_id())
        return {};
    return Error(ErrorCode::invalid_argument,
                 "this thread has a write transaction open (it may be in update() or batch()): "
                 "use that one, or end it first")
        .in_file(path_);
}

void Database::release_writer() noexcept {
    if (is_closing_)
        let_go();
    writing_thread_.store({});
    writer_.release();
}

void Database::end(TransactionState& state) noexcept {
    if (!state.open.exchange(false))
        return;
    if (state.changes != nullptr) {
        free_pages_.forget_pending(state.meta.txid);
        state.stats_at_end = state.changes->stats;
        state.changes.reset();
        release_writer();
    } else {
        const std::scoped_lock lock(mutex_);
        --stats_.open_transaction_count;
        readers_.erase(readers_.find(state.meta.txid));
    }
    if constexpr (io::views_are_checked)
        state.mapping->forbid_reading();
}

Result<void> Database::sync() {
    if (options_.read_only)
        return Error(ErrorCode::database_read_only, "the database was opened for reading only")
            .in_file(path_);
    TRY(require_own_process());
    TRY(require_no_own_writer());
    writer_.acquire();
    Result<void> result = sync_now();
    writer_.release();
    return result;
}

// writer_ is held.
Result<void> Database::sync_now() {
    if (!file_writer_)
        return closed();
    {
        const std::scoped_lock lock(mutex_);
        if (!refusal_.empty())
            return Error(ErrorCode::sync_failed, refusal_).in_file(path_);
    }
    Result<void> synced = file_writer_->sync_data();
    if (synced)
        return synced;
    return refuse(
        fmt::format("{}: the disk may have lost what was written", synced.error().message()));
}

Result<DatabaseStats> Database::stats() {
    {
        const std::scoped_lock lock(mutex_);
        if (mapping_ == nullptr || is_closing_)
            return closed();
        if (!options_.read_only)
            return stats_;
    }
    const Tx tx(TRY(begin(Access::read)));
    const TransactionState& state = *tx.state_;
    const FreelistCount count = TRY(count_freelist(state, tx));
    DatabaseStats stats;
    stats.page_size_bytes = page_size_;
    stats.high_water_mark = state.meta.high_water_mark;
    stats.file_bytes = state.file.size();
    stats.free_page_count = count.free_pages;
    stats.free_alloc_bytes = count.free_pages * page_size_;
    stats.freelist_inuse_bytes = count.inuse_bytes;
    const std::scoped_lock lock(mutex_);
    stats.transaction_count = stats_.transaction_count - 1; // not our own
    stats.open_transaction_count = stats_.open_transaction_count - 1;
    return stats;
}

std::optional<Error> Database::newer_state() const {
    if (shows_newest_ || is_older_ || options_.from_older)
        return std::nullopt;
    return Error(findings_at_open_.front()).in_file(path_);
}

Database::~Database() {
    let_go();
}

// A new file is made when it is opened, as by bbolt. If all that was to be put
// into it failed, it is emptied again: what failed has changed nothing. (It keeps
// its name: another program may have it open and wait for its lock.)
void Database::empty_if_unused() noexcept {
    if (is_new_ && has_failed_ && file_writer_ && Forks::count() == forks_)
        static_cast<void>(file_writer_->resize(0));
    is_new_ = false;
}

// In a write transaction of this thread it is closed when that ends.
void Database::close() noexcept {
    if (writing_thread_.load() == std::this_thread::get_id()) {
        is_closing_ = true;
        return;
    }
    writer_.acquire();
    let_go();
    writer_.release();
}

// writer_ is held.
void Database::let_go() noexcept {
    {
        const std::scoped_lock lock(mutex_);
        if (mapping_ == nullptr)
            return;
        if (readers_.empty())
            empty_if_unused();
        mapping_.reset();
        file_writer_.reset();
    }
    log(LogLevel::debug, "closed {}", path_);
}

} // namespace rebolt::engine
