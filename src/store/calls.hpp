// Calls: who is inside a store, and how it closes under them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <utility>

#include <rebolt/result.hpp>

namespace rebolt::store {

/// The calls of one store that are under way. Shared by the store, its watches
/// and its locks. Safe to use from many threads.
class Calls {
public:
    /// One call, until it goes out of scope. Move-only.
    class Call {
    public:
        explicit Call(Calls& calls) noexcept : calls_(&calls) {}
        Call(Call&& other) noexcept : calls_(std::exchange(other.calls_, nullptr)) {}
        Call& operator=(Call&&) = delete;
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        ~Call();

    private:
        Calls* calls_;
    };

    /// Errors: cancelled (the store is closed).
    [[nodiscard]] Result<Call> begin();
    /// Requested by close().
    [[nodiscard]] std::stop_token closing() const noexcept { return closing_.get_token(); }
    /// Lets no further call in, and waits until those inside are gone. Idempotent.
    void close();

private:
    std::mutex mutex_;
    std::condition_variable left_;
    std::size_t inside_ = 0;
    bool is_closed_ = false;
    std::stop_source closing_;
};

/// What a call returns that `stop` or a close ended.
[[nodiscard]] Error cancelled_error();

/// The errors of keys that no backend takes. Errors: key_required.
[[nodiscard]] Result<void> check_key(std::string_view key);

} // namespace rebolt::store
