// MemoryWatch, MemoryLock: of the model.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include <rebolt/store.hpp>

#include "store/calls.hpp"
#include "store/memory/model.hpp"

namespace rebolt::store {

/// Which keys a watch is of.
struct WatchedKeys {
    std::string text;
    bool is_prefix;

    [[nodiscard]] bool has(std::string_view key) const {
        return is_prefix ? key.starts_with(text) : key == text;
    }
};

class MemoryWatch final : public Watch {
public:
    MemoryWatch(std::shared_ptr<Model> model, std::shared_ptr<Calls> calls, WatchedKeys keys,
                const WatchOptions& options);
    Result<std::optional<Event>> next(std::stop_token stop,
                                      std::chrono::milliseconds timeout) override;

private:
    [[nodiscard]] std::optional<Event> take();

    std::shared_ptr<Model> model_;
    std::shared_ptr<Calls> calls_;
    WatchedKeys keys_;
    std::deque<Event> first_; ///< what was there at the begin
    std::size_t place_ = 0;   ///< in the model's history
};

class MemoryLock final : public Lock {
public:
    MemoryLock(std::shared_ptr<Model> model, std::shared_ptr<Calls> calls, std::string key,
               std::string value);
    ~MemoryLock() override;
    Result<void> acquire(std::stop_token stop) override;
    [[nodiscard]] std::stop_token lost() const override;
    [[nodiscard]] bool is_held() const override;
    Result<void> release() override;

private:
    [[nodiscard]] bool holds() const; ///< with the mutex held
    Result<std::stop_source> let_go();

    std::shared_ptr<Model> model_;
    std::shared_ptr<Calls> calls_;
    std::string key_;
    std::string value_;
    std::stop_source lost_;
    std::stop_callback<std::function<void()>> on_close_;
};

} // namespace rebolt::store
