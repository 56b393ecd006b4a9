#include "store/bolt/bolt_lock.hpp"

#include <cerrno>
#include <chrono>
#include <utility>

#include <fcntl.h>

#include "base/try.hpp"
#include "store/bolt/bolt_store.hpp"

namespace rebolt::store {
namespace {

// The kernel wakes a waiter only if it blocks without a time limit, so the lock is
// polled: one system call per attempt.
constexpr std::chrono::milliseconds retry_interval{10};
constexpr std::uint32_t file_mode = 0600;

Result<bool> try_lock(const io::File& file, std::int64_t offset) {
    struct flock range{};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = offset;
    range.l_len = 1;
    if (::fcntl(file.descriptor(), F_OFD_SETLK, &range) == 0)
        return true;
    if (errno == EAGAIN || errno == EACCES || errno == EINTR)
        return false;
    if (errno == EINVAL)
        return Error(ErrorCode::not_supported, "locks of keys need Linux 3.15 or later")
            .in_file(file.path());
    return io::system_error(errno, "cannot lock", file.path());
}

} // namespace

// FNV-1a of 64 bits over both names and a zero between them, cut to what an
// offset can be. Programs of any version must agree on it.
std::int64_t lock_offset(std::string_view bucket, std::string_view key) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325;
    const auto add = [&](char byte) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    };
    for (const char byte : bucket)
        add(byte);
    add('\0');
    for (const char byte : key)
        add(byte);
    return static_cast<std::int64_t>(hash >> 2U);
}

BoltLock::BoltLock(std::shared_ptr<BoltShared> shared, std::string key, std::string value)
    : shared_(std::move(shared)), key_(std::move(key)), value_(std::move(value)),
      on_close_(shared_->gate.closing(), [this] {
          woken_.notify_all();
          static_cast<void>(release());
      }) {}

BoltLock::~BoltLock() {
    static_cast<void>(release());
}

Result<void> BoltLock::acquire(std::stop_token stop) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    std::unique_lock lock(mutex_);
    if (held_)
        return Error(ErrorCode::cannot_lock, "this lock is held already");
    const std::string path = shared_->file->path() + ".locks";
    auto file = TRY(io::File::open_for_writing(path, file_mode));
    TRY(wait_for(*file, lock, stop));
    TRY(show_value());
    held_ = std::move(file);
    lost_ = std::stop_source();
    return {};
}

Result<void> BoltLock::wait_for(const io::File& file, std::unique_lock<std::mutex>& lock,
                                const std::stop_token& stop) {
    const std::int64_t offset = lock_offset(shared_->target.bucket, key_);
    const std::stop_token closing = shared_->gate.closing();
    while (true) {
        if (stop.stop_requested() || closing.stop_requested())
            return cancelled_error();
        if (TRY(try_lock(file, offset)))
            return {};
        woken_.wait_for(lock, stop, retry_interval, [&] { return closing.stop_requested(); });
    }
}

Result<void> BoltLock::show_value() {
    return shared_->write([&](Bucket& bucket) -> Result<void> {
        index_ = TRY(put_indexed(*shared_, bucket, key_, value_));
        return {};
    });
}

Result<void> BoltLock::hide_value() {
    return shared_->write([&](Bucket& bucket) -> Result<void> {
        const auto value = TRY(bucket.get(key_));
        if (!value)
            return {};
        const KeyValue pair = TRY(pair_of(*shared_, {.key = key_, .value = *value}));
        return pair.last_index == index_ ? erase_indexed(bucket, pair) : Result<void>();
    });
}

std::stop_token BoltLock::lost() const {
    const std::lock_guard lock(mutex_);
    return lost_.get_token();
}

bool BoltLock::is_held() const {
    const std::lock_guard lock(mutex_);
    return held_ != nullptr;
}

Result<std::stop_source> BoltLock::free_lock(Result<void>& hidden) {
    const std::lock_guard lock(mutex_);
    if (!held_)
        return Error(ErrorCode::cannot_lock, "this lock is not held");
    hidden = hide_value();
    held_.reset();
    return lost_;
}

Result<void> BoltLock::release() {
    Result<void> hidden;
    TRY(free_lock(hidden)).request_stop(); // whoever is notified may ask this lock
    return hidden;
}

} // namespace rebolt::store
