#include "store/calls.hpp"

namespace rebolt::store {

Calls::Call::~Call() {
    if (calls_ == nullptr)
        return;
    const std::lock_guard lock(calls_->mutex_);
    // Under the mutex: who waits for the last one may destroy it right after.
    if (--calls_->inside_ == 0)
        calls_->left_.notify_all();
}

Result<Calls::Call> Calls::begin() {
    const std::lock_guard lock(mutex_);
    if (is_closed_)
        return cancelled_error();
    ++inside_;
    return Call(*this);
}

void Calls::close() {
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
    }
    closing_.request_stop();
    std::unique_lock lock(mutex_);
    left_.wait(lock, [&] { return inside_ == 0; });
}

Error cancelled_error() {
    return {ErrorCode::cancelled, "cancelled, or the store was closed"};
}

Result<void> check_key(std::string_view key) {
    if (key.empty())
        return Error(ErrorCode::key_required, "a key needs at least one byte");
    return {};
}

} // namespace rebolt::store
