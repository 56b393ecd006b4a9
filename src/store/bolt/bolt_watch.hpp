// BoltWatch: a watch of a file. It has no thread of its own: next() looks for a
// commit since the last look, and compares the new state with the last one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <rebolt/bucket.hpp>
#include <rebolt/store.hpp>

#include "io/file_events.hpp"
#include "io/file_mark.hpp"
#include "store/watched_keys.hpp"

namespace rebolt::store {

struct BoltShared;

/// No change is lost between calls of next(): it compares with the last state
/// that was delivered. Memory: a key and 16 bytes for each watched key, and the
/// changes not delivered yet.
class BoltWatch final : public Watch {
public:
    /// Reads the current state; delivers it first if `current_first`.
    static Result<std::unique_ptr<Watch>> open(std::shared_ptr<BoltShared> shared, WatchedKeys keys,
                                               bool current_first);

    BoltWatch(const BoltWatch&) = delete;
    BoltWatch& operator=(const BoltWatch&) = delete;
    ~BoltWatch() override;
    Result<std::optional<Event>> next(std::stop_token stop,
                                      std::chrono::milliseconds timeout) override;

private:
    /// Index and hash of a value: libkv's index alone may occur twice.
    using State = std::pair<std::uint64_t, std::size_t>;

    BoltWatch(std::shared_ptr<BoltShared> shared, WatchedKeys keys);
    Result<void> refresh(bool is_delivered);
    Result<void> compare(const Bucket* bucket, std::map<std::string, State>& seen);
    Result<void> visit(const Entry& entry, std::map<std::string, State>& seen);

    std::shared_ptr<BoltShared> shared_;
    WatchedKeys keys_;
    io::FileEvents events_;
    std::optional<io::FileMark> mark_; ///< of the state in known_, or older
    std::uint64_t held_writes_ = 0;    ///< BoltFile's, with mark_
    std::map<std::string, State> known_;
    std::deque<Event> pending_;
};

} // namespace rebolt::store
