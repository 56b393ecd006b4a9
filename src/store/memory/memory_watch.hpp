// MemoryWatch, MemoryLock: of the model.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include <rebolt/store.hpp>

#include "store/call_gate.hpp"
#include "store/memory/model.hpp"
#include "store/watched_keys.hpp"

namespace rebolt::store {

class MemoryWatch final : public Watch {
public:
    MemoryWatch(std::shared_ptr<Model> model, std::shared_ptr<CallGate> gate, WatchedKeys keys,
                const WatchOptions& options);
    Result<std::optional<Event>> next(std::stop_token stop,
                                      std::chrono::milliseconds timeout) override;

private:
    [[nodiscard]] std::optional<Event> take();

    std::shared_ptr<Model> model_;
    std::shared_ptr<CallGate> gate_;
    WatchedKeys keys_;
    std::deque<Event> first_; ///< what was there at the start
    std::size_t place_ = 0;   ///< in the model's history
};

class MemoryLock final : public Lock {
public:
    MemoryLock(std::shared_ptr<Model> model, std::shared_ptr<CallGate> gate, std::string key,
               std::string value);
    ~MemoryLock() override;
    Result<void> acquire(std::stop_token stop) override;
    [[nodiscard]] std::stop_token lost() const override;
    [[nodiscard]] bool is_held() const override;
    Result<void> release() override;

private:
    [[nodiscard]] bool holds() const; ///< with the mutex held
    Result<std::stop_source> free_lock();

    std::shared_ptr<Model> model_;
    std::shared_ptr<CallGate> gate_;
    std::string key_;
    std::string value_;
    std::stop_source lost_;
    std::stop_callback<std::function<void()>> on_close_;
};

} // namespace rebolt::store
