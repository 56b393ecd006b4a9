#include "store/memory/memory_watch.hpp"

#include <algorithm>
#include <utility>

#include "base/try.hpp"

namespace rebolt::store {
namespace {

// Wakes all waiters of the model when `closing` is requested. Constructed before,
// and destroyed after, the model's mutex is held.
class WakeOnClose {
public:
    WakeOnClose(Model& model, std::stop_token closing)
        : callback_(std::move(closing), [&model] {
              const std::lock_guard lock(model.mutex);
              model.changed.notify_all();
          }) {}

private:
    std::stop_callback<std::function<void()>> callback_;
};

} // namespace

MemoryWatch::MemoryWatch(std::shared_ptr<Model> model, std::shared_ptr<CallGate> gate,
                         WatchedKeys keys, const WatchOptions& options)
    : model_(std::move(model)), gate_(std::move(gate)), keys_(std::move(keys)) {
    const std::lock_guard lock(model_->mutex);
    const auto& cells = model_->cells();
    if (options.after_index != 0) {
        place_ = model_->place_behind(options.after_index);
        return;
    }
    place_ = model_->history().size();
    if (!options.current_first)
        return;
    for (const auto& [key, cell] : cells)
        if (keys_.contains(key))
            first_.push_back({EventKind::put, {key, cell.value, cell.index}});
    first_.push_back({EventKind::caught_up, {}});
}

std::optional<Event> MemoryWatch::take() {
    static_cast<void>(model_->cells());
    if (!first_.empty()) {
        Event event = std::move(first_.front());
        first_.pop_front();
        return event;
    }
    while (place_ < model_->history().size())
        if (const Event& event = model_->history()[place_++]; keys_.contains(event.pair.key))
            return event;
    return std::nullopt;
}

Result<std::optional<Event>> MemoryWatch::next(std::stop_token stop,
                                               std::chrono::milliseconds timeout) {
    const CallGate::Call call = TRY(gate_->enter());
    const auto deadline = Model::Clock::now() + timeout;
    const WakeOnClose wake(*model_, gate_->closing());
    std::unique_lock lock(model_->mutex);
    while (true) {
        if (stop.stop_requested() || gate_->closing().stop_requested())
            return cancelled_error();
        if (std::optional<Event> event = take())
            return event;
        if (Model::Clock::now() >= deadline)
            return std::optional<Event>();
        const auto until = std::min(deadline, model_->next_end().value_or(deadline));
        const std::size_t seen = model_->history().size();
        model_->changed.wait_until(lock, stop, until, [&] {
            return model_->history().size() != seen || gate_->closing().stop_requested();
        });
    }
}

MemoryLock::MemoryLock(std::shared_ptr<Model> model, std::shared_ptr<CallGate> gate,
                       std::string key, std::string value)
    : model_(std::move(model)), gate_(std::move(gate)), key_(std::move(key)),
      value_(std::move(value)),
      on_close_(gate_->closing(), [this] { static_cast<void>(release()); }) {}

MemoryLock::~MemoryLock() {
    static_cast<void>(release());
}

bool MemoryLock::holds() const {
    const auto at = model_->holders.find(key_);
    return at != model_->holders.end() && at->second == this;
}

Result<void> MemoryLock::acquire(std::stop_token stop) {
    const CallGate::Call call = TRY(gate_->enter());
    const WakeOnClose wake(*model_, gate_->closing());
    std::unique_lock lock(model_->mutex);
    if (holds())
        return Error(ErrorCode::cannot_lock, "this lock is held already");
    model_->changed.wait(lock, stop, [&] {
        return !model_->holders.contains(key_) || gate_->closing().stop_requested();
    });
    if (stop.stop_requested() || gate_->closing().stop_requested())
        return cancelled_error();
    model_->holders.emplace(key_, this);
    model_->put(key_, value_, {});
    lost_ = std::stop_source();
    return {};
}

std::stop_token MemoryLock::lost() const {
    const std::lock_guard lock(model_->mutex);
    return lost_.get_token();
}

bool MemoryLock::is_held() const {
    const std::lock_guard lock(model_->mutex);
    return holds();
}

Result<std::stop_source> MemoryLock::free_lock() {
    const std::lock_guard lock(model_->mutex);
    if (!holds())
        return Error(ErrorCode::cannot_lock, "this lock is not held");
    model_->holders.erase(key_);
    if (model_->cells().contains(key_))
        model_->remove(key_);
    model_->changed.notify_all();
    return lost_;
}

Result<void> MemoryLock::release() {
    TRY(free_lock()).request_stop(); // whoever is notified may ask this lock
    return {};
}

} // namespace rebolt::store
