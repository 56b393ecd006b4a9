// BoltWatch: a watch of a file. It has no thread: next() looks whether a commit
// was made since it last looked, and if so compares what is there with what was.
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

namespace rebolt::store {

struct BoltShared;

/// Nothing is lost while nobody calls next(): the comparison is with the last
/// state that was delivered. Memory: a key and 16 bytes for each key watched,
/// and the changes that are not delivered yet.
class BoltWatch final : public Watch {
public:
    enum class Keys : bool { one, all };
    struct Subject {
        std::string text; ///< the key, or the prefix of all
        Keys keys;
    };

    /// Takes what is there now; delivers it first if `current_first`.
    static Result<std::unique_ptr<Watch>> begin(std::shared_ptr<BoltShared> shared, Subject subject,
                                                bool current_first);

    BoltWatch(const BoltWatch&) = delete;
    BoltWatch& operator=(const BoltWatch&) = delete;
    ~BoltWatch() override;
    Result<std::optional<Event>> next(std::stop_token stop,
                                      std::chrono::milliseconds timeout) override;

private:
    /// A value, in short: libkv's index alone may come twice.
    using State = std::pair<std::uint64_t, std::size_t>;

    BoltWatch(std::shared_ptr<BoltShared> shared, Subject subject);
    Result<void> look(bool is_delivered);
    Result<void> compare(const Bucket* bucket, std::map<std::string, State>& seen);
    Result<void> visit(const Entry& entry, std::map<std::string, State>& seen);

    std::shared_ptr<BoltShared> shared_;
    Subject subject_;
    io::FileEvents events_;
    std::optional<io::FileMark> mark_; ///< of the state in known_, or older
    std::uint64_t held_writes_ = 0;    ///< BoltFile's, with mark_
    std::map<std::string, State> known_;
    std::deque<Event> pending_;
};

} // namespace rebolt::store
