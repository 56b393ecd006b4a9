#include "store/bolt/bolt_watch.hpp"

#include <functional>
#include <string_view>

#include "base/try.hpp"
#include "store/bolt/bolt_store.hpp"

namespace rebolt::store {

using Clock = std::chrono::steady_clock;

BoltWatch::BoltWatch(std::shared_ptr<BoltShared> shared, WatchedKeys keys)
    : shared_(std::move(shared)), keys_(std::move(keys)), events_(shared_->file->path()) {
    shared_->file->add(events_);
}

BoltWatch::~BoltWatch() {
    shared_->file->remove(events_);
}

Result<std::unique_ptr<Watch>> BoltWatch::open(std::shared_ptr<BoltShared> shared, WatchedKeys keys,
                                               bool current_first) {
    std::unique_ptr<BoltWatch> watch(new BoltWatch(std::move(shared), std::move(keys)));
    TRY(watch->refresh(current_first));
    if (current_first)
        watch->pending_.push_back({.kind = EventKind::caught_up, .pair = {}});
    return std::unique_ptr<Watch>(std::move(watch));
}

Result<std::optional<Event>> BoltWatch::next(std::stop_token stop,
                                             std::chrono::milliseconds timeout) {
    const CallGate::Call call = TRY(shared_->gate.enter());
    const std::stop_token closing = shared_->gate.closing();
    const std::stop_callback wake_on_stop(stop, [this] { events_.wake(); });
    const std::stop_callback wake_on_close(closing, [this] { events_.wake(); });
    const auto deadline = Clock::now() + timeout;
    while (true) {
        if (stop.stop_requested() || closing.stop_requested())
            return cancelled_error();
        if (pending_.empty())
            TRY(refresh(true));
        if (!pending_.empty()) {
            Event event = std::move(pending_.front());
            pending_.pop_front();
            return std::optional<Event>(std::move(event));
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            return std::optional<Event>();
        events_.wait(left);
    }
}

Result<void> BoltWatch::refresh(bool is_delivered) {
    // Before the state is read, so that a commit in between is seen next time.
    const std::uint64_t held_writes = shared_->file->held_writes();
    const io::FileMark mark = TRY(io::mark_of(shared_->file->path()));
    if (mark_ == mark && held_writes_ == held_writes)
        return {};
    const std::size_t before = pending_.size();
    std::map<std::string, State> seen;
    auto compared = shared_->read([&](const Bucket* bucket) { return compare(bucket, seen); });
    if (!compared || !is_delivered)
        pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(before), pending_.end());
    TRY(std::move(compared));
    known_ = std::move(seen);
    mark_ = mark;
    held_writes_ = held_writes;
    return {};
}

Result<void> BoltWatch::compare(const Bucket* bucket, std::map<std::string, State>& seen) {
    if (bucket != nullptr && keys_.is_prefix)
        TRY(bucket->for_each_prefix(keys_.text,
                                    [&](const Entry& entry) { return visit(entry, seen); }));
    if (bucket != nullptr && !keys_.is_prefix)
        if (const auto value = TRY(bucket->get(keys_.text)))
            TRY(visit({.key = keys_.text, .value = *value}, seen));
    for (const auto& [key, state] : known_)
        if (!seen.contains(key))
            pending_.push_back({.kind = EventKind::removed, .pair = {key, "", 0}});
    return {};
}

Result<void> BoltWatch::visit(const Entry& entry, std::map<std::string, State>& seen) {
    KeyValue pair = TRY(pair_of(*shared_, entry));
    const State state{pair.last_index, std::hash<std::string_view>()(pair.value)};
    const auto known = known_.find(pair.key);
    const bool is_new = known == known_.end() || known->second != state;
    seen.emplace_hint(seen.end(), pair.key, state);
    if (is_new)
        pending_.push_back({.kind = EventKind::put, .pair = std::move(pair)});
    return {};
}

} // namespace rebolt::store
