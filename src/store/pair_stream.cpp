#include "store/pair_stream.hpp"

#include <utility>

#include "base/try.hpp"
#include "store/call_gate.hpp"

namespace rebolt::store {
namespace {

constexpr std::size_t batches_ahead = 3;
constexpr std::size_t batch_pairs = 256;
constexpr std::size_t batch_bytes = std::size_t{256} << 10U;

} // namespace

PairStream::PairStream(Store& store, std::string prefix)
    : store_(store), prefix_(std::move(prefix)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

PairStream::~PairStream() {
    thread_.request_stop();
    moved_.notify_all();
}

void PairStream::run(const std::stop_token& stop) {
    Batch batch;
    std::size_t bytes = 0;
    Result<void> done = store_.for_each(prefix_, [&](const PairView& pair) -> Result<void> {
        bytes += pair.key.size() + pair.value.size();
        batch.push_back(KeyValue::copy_of(pair));
        if (batch.size() < batch_pairs && bytes < batch_bytes)
            return {};
        bytes = 0;
        return hand_over(batch, stop);
    });
    if (done)
        done = hand_over(batch, stop);
    const std::lock_guard lock(mutex_);
    end_ = std::move(done);
    moved_.notify_all();
}

Result<void> PairStream::hand_over(Batch& batch, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!moved_.wait(lock, stop, [&] { return ready_.size() < batches_ahead; }))
        return cancelled_error();
    ready_.push_back(std::exchange(batch, {}));
    moved_.notify_all();
    return {};
}

Result<std::optional<KeyValue>> PairStream::next() {
    while (place_ == current_.size()) {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return !ready_.empty() || end_; });
        if (ready_.empty()) {
            TRY(std::exchange(*end_, Result<void>()));
            return std::optional<KeyValue>();
        }
        current_ = std::move(ready_.front());
        ready_.pop_front();
        place_ = 0;
        moved_.notify_all();
    }
    return std::optional<KeyValue>(std::move(current_[place_++]));
}

} // namespace rebolt::store
