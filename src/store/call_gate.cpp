#include "store/call_gate.hpp"

namespace rebolt::store {

CallGate::Call::~Call() {
    if (gate_ == nullptr)
        return;
    const std::lock_guard lock(gate_->mutex_);
    // Under the mutex: close() may return, and the gate be destroyed, right after.
    if (--gate_->inside_ == 0)
        gate_->left_.notify_all();
}

Result<CallGate::Call> CallGate::enter() {
    const std::lock_guard lock(mutex_);
    if (is_closed_)
        return cancelled_error();
    ++inside_;
    return Call(*this);
}

void CallGate::close() {
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
