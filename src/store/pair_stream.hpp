// PairStream: the pairs of a store one by one, to whoever asks: for_each turned
// inside out, by a thread that runs ahead a little.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

namespace rebolt::store {

/// One thread may ask. Memory: at most four batches of 256 pairs or 256 KiB
/// (or of one pair that is larger).
class PairStream {
public:
    /// `store` must outlive it.
    PairStream(Store& store, std::string prefix);
    PairStream(const PairStream&) = delete;
    PairStream& operator=(const PairStream&) = delete;
    /// Breaks the listing off if it has not ended.
    ~PairStream();

    /// The next pair in key order; nullopt after the last. Errors: the listing's.
    [[nodiscard]] Result<std::optional<KeyValue>> next();

private:
    using Batch = std::vector<KeyValue>;

    void run(const std::stop_token& stop);
    Result<void> hand_over(Batch& batch, const std::stop_token& stop);

    Store& store_;
    std::string prefix_;
    Batch current_;
    std::size_t place_ = 0;

    std::mutex mutex_;
    std::condition_variable_any moved_;
    std::deque<Batch> ready_;
    std::optional<Result<void>> end_; ///< the listing's result, once it has ended
    std::jthread thread_;
};

} // namespace rebolt::store
