// EtcdLock: the key itself, made with a lease by whoever finds it absent.
//
// Invariants:
// - Only the transaction that found no key makes it; so at most one lease has it.
// - The lease counts, on this side, from before it was asked for or renewed, on a
//   clock that goes on in sleep, and ends a little early: `lost` is requested
//   before the server may give the key to another.
// - A lease whose key may have been made without our knowing is revoked before
//   another attempt.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <rebolt/store.hpp>

#include "store/etcd/boot_clock.hpp"
#include "store/etcd/client.hpp"

namespace rebolt::store::etcd {

class EtcdLock final : public Lock {
public:
    /// `key`: with its prefix.
    EtcdLock(Client& client, std::string key, LockOptions options)
        : client_(client), key_(std::move(key)), options_(std::move(options)) {}
    EtcdLock(const EtcdLock&) = delete;
    EtcdLock& operator=(const EtcdLock&) = delete;
    ~EtcdLock() override;

    Result<void> acquire(std::stop_token stop) override;
    [[nodiscard]] std::stop_token lost() const override { return lost_.get_token(); }
    [[nodiscard]] bool is_held() const override;
    Result<void> release() override;

private:
    /// What became of an attempt.
    struct Attempt {
        bool is_made = false;
        std::int64_t revision = 0; // that it was made at, or seen as another's
    };

    Result<bool> try_once(const std::stop_token& stop);
    Result<Attempt> make_key(const LeaseGrant& lease, const std::stop_token& stop);
    Result<Attempt> look(std::int64_t lease, const std::stop_token& stop);
    Result<void> wait_for_removal(std::int64_t after, const std::stop_token& stop);
    void start(const LeaseGrant& lease, BootClock::time_point since, std::int64_t revision);
    void renew_until(const std::stop_token& stop);
    bool renew(const std::stop_token& stop);
    [[nodiscard]] bool is_ours(const std::stop_token& stop);
    [[nodiscard]] static BootClock::time_point end_of(BootClock::time_point since,
                                                      std::chrono::seconds time_to_live);
    void lose();
    [[nodiscard]] std::chrono::milliseconds left() const;

    Client& client_;
    const std::string key_;
    const LockOptions options_;

    // Of the lock as it is held, or was last.
    std::int64_t lease_ = 0; // 0: not acquired, or released
    std::int64_t revision_ = 0;
    std::chrono::seconds time_to_live_{0};
    std::atomic<BootClock::time_point> expires_{}; // the epoch: not held
    std::stop_source lost_;
    // While acquired: the store's end is the lock's.
    std::optional<std::stop_callback<std::function<void()>>> by_close_;
    std::jthread renewal_;
};

} // namespace rebolt::store::etcd
