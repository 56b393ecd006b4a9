// CallGate: lets calls into a store until it is closed.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <utility>

#include <rebolt/result.hpp>

namespace rebolt::store {

/// Counts the calls in progress in one store. Shared by the store, its watches
/// and its locks. Thread-safe.
class CallGate {
public:
    /// One call in progress, until it goes out of scope. Move-only.
    class Call {
    public:
        explicit Call(CallGate& gate) noexcept : gate_(&gate) {}
        Call(Call&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Call& operator=(Call&&) = delete;
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        ~Call();

    private:
        CallGate* gate_;
    };

    /// Errors: cancelled (the store is closed).
    [[nodiscard]] Result<Call> enter();
    /// Requested by close().
    [[nodiscard]] std::stop_token closing() const noexcept { return closing_.get_token(); }
    /// Refuses further calls and waits for those in progress. Idempotent.
    void close();

private:
    std::mutex mutex_;
    std::condition_variable left_;
    std::size_t inside_ = 0;
    bool is_closed_ = false;
    std::stop_source closing_;
};

/// The error of a call that `stop` or close() ended.
[[nodiscard]] Error cancelled_error();

/// Refuses keys that no backend takes. Errors: key_required.
[[nodiscard]] Result<void> check_key(std::string_view key);

} // namespace rebolt::store
