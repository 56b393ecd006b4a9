// EtcdWatch: changes of a key or tree, across broken connections.
//
// Invariants:
// - Everything is counted by revisions: the watch stands before `next_revision_`,
//   from its creation on. A new stream begins there, on whichever server.
// - A revision is never delivered in part and then taken up as if whole: of one
//   that came in fragments, the keys already delivered are remembered.
// - If etcd no longer has what comes next (compacted), or is another cluster than
//   before, `reset` is delivered, and all that is there now after it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <rebolt/store.hpp>

#include "store/etcd/backoff.hpp"
#include "store/etcd/client.hpp"
#include "store/etcd/key_space.hpp"
#include "store/etcd/pages.hpp"
#include "store/etcd/watch_stream.hpp"

namespace rebolt::store::etcd {

/// What is watched.
struct Watched {
    KeySpace keys;
    KeyRange range;
};

class EtcdWatch final : public Watch {
public:
    /// Asks the cluster where to start: all changes after this call are seen.
    static Result<std::unique_ptr<Watch>> open(Client& client, Watched watched,
                                               const WatchOptions& options);
    EtcdWatch(const EtcdWatch&) = delete;
    EtcdWatch& operator=(const EtcdWatch&) = delete;
    ~EtcdWatch() override = default;

    Result<std::optional<Event>> next(std::stop_token stop,
                                      std::chrono::milliseconds timeout) override;

    // For use before open()'s answer is there: a lock knows the revision itself.
    EtcdWatch(Client& client, Watched watched) : client_(client), watched_(std::move(watched)) {}
    /// Stands after this revision from now on.
    void begin_after(std::int64_t revision) { next_revision_ = revision + 1; }

private:
    Result<void> begin(const WatchOptions& options);
    Result<void> list(const CallOptions& options);
    Result<void> advance(const Deadline& deadline, const std::stop_token& stop);
    Result<void> list_on(const Deadline& deadline, const std::stop_token& stop);
    Result<void> connect(const Deadline& deadline, const std::stop_token& stop);
    Result<void> take(rpc::WatchResponse& response);
    Result<void> take_cancellation(const rpc::WatchResponse& response);
    void take_events(rpc::WatchResponse& response);
    Result<void> take_break(const grpc::Status& status, const Place& place);
    Result<void> retry_later(const Error& why);
    void take_connection(std::uint64_t cluster);
    void reset();
    [[nodiscard]] bool is_ended(const std::stop_token& stop) const {
        return client_.closing().stop_requested() || stop.stop_requested();
    }

    Client& client_;
    Watched watched_;
    std::deque<Event> ready_;
    std::optional<Pages> listing_; // while what is there is being delivered
    std::unique_ptr<WatchStream> stream_;

    std::int64_t next_revision_ = 0;   // all before it has been taken
    std::set<std::string> taken_keys_; // of next_revision_, if it came in part
    std::uint64_t cluster_ = 0;        // 0: not known yet

    // Of a broken connection.
    Backoff backoff_;
    std::size_t failures_ = 0;
    std::optional<Deadline> retry_at_;
    std::optional<Deadline> give_up_at_;
};

} // namespace rebolt::store::etcd
