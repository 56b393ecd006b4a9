// BoltFile: a database file as the stores of this process share it.
//
// Unless it is held, it is opened for each call and closed again, as libkv does,
// so that other programs can use it in between (bbolt's flock). Calls of this
// process queue here, because a taken flock can only be polled.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <rebolt/db.hpp>
#include <rebolt/result.hpp>

#include "io/file_events.hpp"

namespace rebolt::store {

/// A bucket of a file, and how long to wait for the file.
struct BoltTarget {
    std::string bucket;
    std::chrono::milliseconds timeout;
    bool create; ///< create file and bucket if they are missing
};

class BoltFile {
public:
    /// The one object for this path, shared while it is in use.
    static std::shared_ptr<BoltFile> of(const std::string& path);

    /// Runs `work` with the bucket in one state; null if there is no bucket, or
    /// no file and target.create. Errors: file_not_found, permission_denied,
    /// lock_timeout, io, damaged, work's.
    Result<void> read(const BoltTarget& target,
                      const std::function<Result<void>(const Bucket*)>& work);
    /// Runs `work` with the bucket in a write transaction, and commits. Errors:
    /// as read; bucket_not_found; invalid_argument (within this thread's read).
    Result<void> write(const BoltTarget& target, const std::function<Result<void>(Bucket&)>& work);

    /// Keeps the file open until release() has been called as often as hold().
    Result<void> hold(const BoltTarget& target);
    void release();

    /// The number of finished writes to the held file. Such a write reaches the
    /// file before the readers of this process see it: whoever compares the file's
    /// mark must look again when this has changed.
    [[nodiscard]] std::uint64_t held_writes() const noexcept { return held_writes_; }
    /// Wakes `listener` after each of them.
    void add(io::FileEvents& listener);
    void remove(io::FileEvents& listener) noexcept;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    explicit BoltFile(std::string path) : path_(std::move(path)) {}

private:
    enum class Use : bool { shared, exclusive };
    using Deadline = std::chrono::steady_clock::time_point;

    /// This process's access to the file, shared or exclusive, until it goes out
    /// of scope. With `db` the file is held open, and access needs no waiting.
    struct AccessGuard;
    Result<AccessGuard> enter(Use use, Deadline deadline);
    void leave(Use use) noexcept;
    void tell_listeners();
    [[nodiscard]] Result<DB> open(Use use, Deadline deadline) const;
    [[nodiscard]] Result<void> expect_file(const BoltTarget& target) const;

    std::string path_;
    std::mutex mutex_;
    std::condition_variable left_;
    std::size_t readers_ = 0;
    std::size_t writers_waiting_ = 0;
    bool is_written_ = false;
    std::optional<DB> held_;
    std::size_t holders_ = 0;
    std::atomic<std::uint64_t> held_writes_ = 0;
    std::set<io::FileEvents*> listeners_;
};

} // namespace rebolt::store
