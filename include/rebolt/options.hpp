// How to open a database (bbolt: Options).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include <rebolt/id.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

class Tx;

/// Which of several fitting runs of free pages a writer takes (bbolt:
/// FreelistType). Not stored in the file: either reads what the other wrote.
enum class FreelistType : std::uint8_t {
    array,   ///< the lowest page id that fits: files stay short
    hashmap, ///< the next that fits behind the last one taken: no search from the start
};
/// `array`, `hashmap`.
[[nodiscard]] std::string_view name_of(FreelistType type) noexcept;

/// How much a line of the log matters.
enum class LogLevel : std::uint8_t {
    debug,   ///< what is done: opened, committed, grown, closed
    info,    ///< what takes long: a lock that another program holds
    warning, ///< what was wrong when the file was opened
    error,   ///< why nothing more is written
};
/// `debug`, `info`, `warning`, `error`.
[[nodiscard]] std::string_view name_of(LogLevel level) noexcept;

struct OpenOptions {
    /// Never write; share the file with other readers. Otherwise the file is
    /// made if it is not there, and held exclusively.
    bool read_only = false;
    /// How long to wait for the file's lock; nullopt: without end, bbolt's default, but
    /// not for a handle of this very process: that is an error at once.
    std::optional<std::chrono::milliseconds> timeout = std::nullopt;
    /// Off, for read_only alone: read although another program may be writing
    /// (see ReadOptions).
    bool lock = true;

    /// Go on although a newer transaction than the one opened is in the file, whose
    /// meta is damaged: a writer's next commit destroys it, copies leave it out.
    bool from_older = false;
    /// Open the state of this transaction, one of the two that the metas name, though
    /// the other is newer; readers see what is committed later no more, a writer goes
    /// on from here and its first commit replaces the newer one. nullopt: the newest.
    /// Errors of open: invalid_argument if no valid meta names it.
    std::optional<TxId> transaction = std::nullopt;

    /// Of a new file, in bytes: a power of two from 512 to 65536; 0: the
    /// system's. A file that is there has its own.
    std::uint32_t page_size_bytes = 0;
    /// Permissions of a new file, before the process's umask.
    std::uint32_t file_mode = 0600;
    /// A file that must grow doubles at first; beyond this size it grows by as much at a
    /// time (bbolt: AllocSize); at least a page.
    std::uint64_t growth_bytes = 16ULL << 20;
    /// The file may not grow beyond this; 0: no bound (bbolt: MaxSize).
    std::uint64_t max_size_bytes = 0;
    /// When the file must grow, it grows to this size at least, and is mapped
    /// whole (bbolt: InitialMmapSize). Other than in bbolt no reader ever holds
    /// up a writer that must map more: this only saves growing often.
    std::uint64_t initial_mapping_bytes = 0;
    /// Reads all of the mapped file in advance (bbolt: MmapFlags with MAP_POPULATE).
    bool populate = false;
    /// Keeps the mapped file in memory; needs the right to (bbolt: Mlock).
    bool lock_memory = false;

    /// Commits do not sync: fast, and after a power cut anything may be there
    /// (bbolt: NoSync). For files that can be made again. See DB::set_commit_sync.
    bool no_sync = false;
    /// Growing the file is not synced by itself (bbolt: NoGrowSync).
    bool no_grow_sync = false;
    /// The freelist is not stored, and found by a walk of all trees when the
    /// file is opened for writing (bbolt: NoFreelistSync).
    bool no_freelist_sync = false;
    FreelistType freelist_type = FreelistType::array;
    /// Read-only: read the freelist at once, so that one that is damaged is
    /// met here (bbolt: PreLoadFreelist). Writers always do.
    bool preload_freelist = false;
    /// Compare the stored freelist with all trees when opening for writing:
    /// else a page that is in use and listed as free may be overwritten. On by
    /// default up to this size; beyond, opening would take seconds.
    std::uint64_t verify_freelist_up_to_bytes = 64ULL << 20;

    /// Called after each commit with a read transaction of that very commit; its error
    /// is commit's (bbolt: DB.StrictMode). The commit itself stands.
    std::function<Result<void>(const Tx&)> strict_check = nullptr;
    /// Told in one line what the handle does, by the thread that does it (bbolt: Logger).
    /// May not use the handle; what it throws is dropped.
    std::function<void(LogLevel level, std::string_view line)> log = nullptr;
    /// batch(): as many calls go into one transaction (bbolt: MaxBatchSize), …
    std::size_t batch_size_max = 1000;
    /// … and the first waits so long for others (bbolt: MaxBatchDelay).
    std::chrono::milliseconds batch_delay_max{10};
};

} // namespace rebolt
