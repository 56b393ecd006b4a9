// BoltLock: a lock of a bolt store: the kernel's (an open file description
// lock) on one byte of `FILE.locks`, which byte the bucket and the key say.
// The kernel frees it when its holder's process ends, however it ends.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <rebolt/store.hpp>

#include "io/file.hpp"

namespace rebolt::store {

struct BoltShared;

class BoltLock final : public Lock {
public:
    BoltLock(std::shared_ptr<BoltShared> shared, std::string key, std::string value);
    BoltLock(const BoltLock&) = delete;
    BoltLock& operator=(const BoltLock&) = delete;
    ~BoltLock() override;

    Result<void> acquire(std::stop_token stop) override;
    [[nodiscard]] std::stop_token lost() const override;
    [[nodiscard]] bool is_held() const override;
    /// The key's value is removed, unless somebody else wrote it meanwhile.
    Result<void> release() override;

private:
    Result<void> wait_for(const io::File& file, std::unique_lock<std::mutex>& lock,
                          const std::stop_token& stop);
    Result<void> show_value();
    Result<void> hide_value();
    Result<std::stop_source> free_lock(Result<void>& hidden);

    std::shared_ptr<BoltShared> shared_;
    std::string key_;
    std::string value_;

    mutable std::mutex mutex_;
    std::condition_variable_any woken_;
    std::shared_ptr<const io::File> held_; ///< closing it frees the lock
    std::uint64_t index_ = 0;              ///< of the value that shows the holder
    std::stop_source lost_;
    std::stop_callback<std::function<void()>> on_close_;
};

/// Where in the file of locks a key's byte is.
[[nodiscard]] std::int64_t lock_offset(std::string_view bucket, std::string_view key) noexcept;

} // namespace rebolt::store
