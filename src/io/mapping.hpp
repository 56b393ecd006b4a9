// A read-only mapping that never kills the process.
//
// Reading a mapped page that the disk cannot deliver (EIO), or that lies past
// the end of a file that shrank, raises SIGBUS. Copying every page with pread
// instead would make reads several times slower, so we map, and handle the
// signal: one handler for the process, installed with the first mapping,
// looks the address up among our mappings. If it is ours, the handler puts
// zeros (an anonymous page) under the address, notes the page in the mapping's
// fault map, and returns: the read goes on with zeros. The reader asks
// afterwards: `fault_count()` is one relaxed atomic load, and only if it moved
// `faulted(offset, length)` says which bytes were not really there. The engine
// asks before it hands out a view, the checker after each page; so what cannot
// be read becomes a page-unreadable error or finding. An address that is not
// ours goes to the handler that was there before.
//
// The handler uses only system calls that are safe in a handler (fstat, mmap)
// and atomics. A shrunken file is answered with one zero mapping for the whole
// tail; if the system has no more room for mappings, the rest of the mapping is
// replaced at once and all of it counts as faulted: it always ends.
//
// Limits: a view that was handed out and is read again after the file shrank
// shows zeros; the next call on the handle reports it. A program that
// overwrites a mapped file in place changes what views show; the lock is there
// to prevent that.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <rebolt/bytes.hpp>
#include <rebolt/result.hpp>

#include "io/file.hpp"

namespace rebolt::io {

/// In debug builds a view into the file that is used after its transaction is
/// stopped by the processor; and a view into a changed page, after the page was
/// changed again, by the address sanitizer.
#ifdef NDEBUG
inline constexpr bool views_are_checked = false;
#else
inline constexpr bool views_are_checked = true;
#endif

/// Whether all of a mapping is read at once.
enum class Populate : bool { no, yes };

/// The first `size_bytes` of a file, mapped. Its address is constant for its life, and
/// so is its size, but for extend(). Safe to use from many threads.
class Mapping {
public:
    /// Maps `size_bytes` > 0 of `file`; keeps the file open. Errors: io,
    /// out_of_memory. Cost: one system call, and a bit of memory a 4 KiB page.
    static Result<std::shared_ptr<const Mapping>> map(std::shared_ptr<const File> file,
                                                      std::uint64_t size_bytes,
                                                      Populate populate = Populate::no);
    /// The same with addresses for `room_bytes`, more than the file has yet: extend()
    /// needs no new mapping, which would have to find each page in memory once more.
    static Result<std::shared_ptr<const Mapping>> map_with_room(std::shared_ptr<const File> file,
                                                                std::uint64_t size_bytes,
                                                                std::uint64_t room_bytes);
    /// Shows the file's first `size_bytes`, which it must have, from now on. Views stay
    /// valid. False, and nothing changed, if there is no room. Cost: O(1).
    [[nodiscard]] bool extend(std::uint64_t size_bytes) const noexcept;

    /// The first `file_bytes` of `file` as they would be with other bytes in
    /// places: what put() writes stays in memory, and costs it. Zeros follow up
    /// to `size_bytes` > 0. Errors: as map.
    static Result<std::shared_ptr<Mapping>> map_private(std::shared_ptr<const File> file,
                                                        std::uint64_t file_bytes,
                                                        std::uint64_t size_bytes);
    /// Only of a private mapping; the range lies in it. Errors: out_of_memory.
    Result<void> put(std::uint64_t offset, Bytes bytes);

    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping();

    [[nodiscard]] Bytes bytes() const noexcept {
        return {begin_, size_bytes_.load(std::memory_order_acquire)};
    }
    [[nodiscard]] const File& file() const noexcept { return *file_; }
    [[nodiscard]] const std::shared_ptr<const File>& shared_file() const noexcept { return file_; }

    /// How many times bytes were not there. Ask after reading, before using.
    [[nodiscard]] std::uint64_t fault_count() const noexcept;
    /// The counter that fault_count() reads, for frequent callers. Valid as long
    /// as this object.
    [[nodiscard]] const std::atomic<std::uint64_t>& fault_counter() const noexcept;
    /// True if any of these bytes were not there when they were read.
    /// Cost: O(length / 4096).
    [[nodiscard]] bool faulted(std::uint64_t offset, std::uint64_t length) const noexcept;
    /// Reads one byte of each system page of the range, so that any fault
    /// happens now; once for each page in the mapping's life. Returns
    /// true if all of it could be read.
    [[nodiscard]] bool touch(std::uint64_t offset, std::uint64_t length) const noexcept;
    /// Keeps it in memory (mlock). Errors: permission_denied, out_of_memory, io.
    [[nodiscard]] Result<void> lock_in_memory() const;
    /// Every later read of it ends the process.
    void forbid_reading() const noexcept;
    /// Asks the system to read ahead all of it, best effort.
    void advise_will_need() const noexcept;

private:
    struct Faults;
    struct Slot;
    friend struct SignalHandler;

    Mapping() = default;
    static Result<std::shared_ptr<Mapping>> prepare(const File& file, std::uint64_t room_bytes);
    static Result<std::shared_ptr<Mapping>> map_shared(std::shared_ptr<const File> file,
                                                       std::uint64_t room_bytes, int flags);
    void take(void* address, std::uint64_t room_bytes, std::shared_ptr<const File> file);

    std::shared_ptr<const File> file_;
    const std::byte* begin_ = nullptr;
    mutable std::atomic<std::size_t> size_bytes_{0}; ///< what is shown
    std::size_t room_bytes_ = 0;                     ///< what is mapped
    std::unique_ptr<Faults> faults_;
    Slot* slot_ = nullptr;
};

} // namespace rebolt::io
