// Client: calls to a cluster. Goes from server to server until one answers,
// keeps the token of the user, and knows which calls are under way.
//
// A call without effect is repeated until its deadline. A change is repeated as
// long as no server can have seen it; from then on its fate is unknown if the
// answer does not come, and its error says so.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

#include "store/etcd/connection.hpp"
#include "store/etcd/deadline.hpp"
#include "store/etcd/failure.hpp"

namespace rebolt::store::etcd {

enum class Effect : std::uint8_t { none, change };

struct CallOptions {
    Effect effect = Effect::none;
    std::stop_token stop = {}; ///< the caller's
    /// The store's call_timeout if none.
    std::optional<std::chrono::milliseconds> timeout = std::nullopt;
    grpc::Status* status = nullptr; ///< where a failed call's last status goes
};

/// What is needed to leave a stream's server for another.
struct Place {
    std::size_t index = 0;
    std::string token = {};
};

/// A lease, and since when the server counts at the latest.
struct LeaseGrant {
    std::int64_t id;
    std::chrono::seconds time_to_live;
};

class Client {
public:
    /// Connects, authenticates and asks the cluster for something.
    static Result<std::unique_ptr<Client>> connect(const Url& url, const StoreOptions& options);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    Result<rpc::RangeResponse> range(const rpc::RangeRequest& request,
                                     const CallOptions& options = {});
    Result<rpc::PutResponse> put(const rpc::PutRequest& request);
    Result<rpc::DeleteRangeResponse> erase(const rpc::DeleteRangeRequest& request);
    Result<rpc::TxnResponse> transact(const rpc::TxnRequest& request, std::stop_token stop = {});
    Result<LeaseGrant> grant(std::chrono::milliseconds time_to_live, std::stop_token stop = {});
    /// Also removes all keys of the lease. No error if there is no such lease.
    Result<void> revoke(std::int64_t lease);
    /// Returns the new time to live; 0 if there is no such lease any more.
    Result<std::chrono::seconds> keep_alive(std::int64_t lease, const CallOptions& options);

    // For streams, which decide themselves when to start again.
    [[nodiscard]] Result<Place> place(const Deadline& deadline, const std::stop_token& stop);
    [[nodiscard]] const Connection& connection(const Place& place) const {
        return connections_[place.index];
    }
    [[nodiscard]] std::size_t servers() const { return connections_.size(); }
    /// The next call, of whomever, goes to another server.
    void leave(const Place& place);
    void forget_token(const std::string& token);
    /// What every request carries besides itself.
    void prepare(grpc::ClientContext& context, const std::string& token) const;

    /// Requested by close().
    [[nodiscard]] std::stop_token closing() const { return closing_.get_token(); }
    [[nodiscard]] std::chrono::milliseconds call_timeout() const { return call_timeout_; }
    [[nodiscard]] std::chrono::milliseconds give_up_after() const { return give_up_after_; }
    /// Waits so long, less if the store closes or `stop` is requested.
    void wait(std::chrono::milliseconds longest, const std::stop_token& stop) const;
    /// The same, between attempts: connections are made meanwhile.
    void pause(std::chrono::milliseconds longest, const std::stop_token& stop) const;

    /// A lease that close() is to end: that of a lock.
    void hold(std::int64_t lease);
    void unhold(std::int64_t lease);

    /// Ends all calls and waits until they are over; ends the leases held.
    void close();

    /// While one lives, close() waits. Calls have their own.
    class UnderWay {
    public:
        explicit UnderWay(Client& client) : count_(client.under_way_) { ++count_; }
        UnderWay(const UnderWay&) = delete;
        UnderWay& operator=(const UnderWay&) = delete;
        ~UnderWay() {
            if (--count_ == 0)
                count_.notify_all();
        }

    private:
        std::atomic<int>& count_;
    };

private:
    using Attempt = std::function<grpc::Status(const Connection&, grpc::ClientContext&)>;
    struct Round;

    explicit Client(std::vector<Connection> connections, const StoreOptions& options);
    template <class Response, class Invoke>
    Result<Response> call(const CallOptions& options, const Invoke& invoke);
    Result<void> run(const CallOptions& options, const Attempt& attempt);
    [[nodiscard]] bool is_connecting_done(const Connection& to, const Round& round) const;
    grpc::Status once(Round& round, const Attempt& attempt);
    std::optional<Error> after_failure(Round& round, const grpc::Status& status);
    grpc::Status authenticate(Place& place, const Deadline& deadline, const std::stop_token& stop);
    [[nodiscard]] Place current_place() const;
    [[nodiscard]] bool is_ended(const std::stop_token& stop) const {
        return closing_.stop_requested() || stop.stop_requested();
    }
    void revoke_held();

    std::vector<Connection> connections_;
    const std::string user_;
    const std::string password_;
    const std::chrono::milliseconds call_timeout_;
    const std::chrono::milliseconds give_up_after_;
    std::stop_source closing_;
    std::atomic<std::size_t> current_ = 0;
    std::atomic<int> under_way_ = 0;

    mutable std::mutex token_lock_; // guards token_
    std::string token_;             // empty: none yet
    std::atomic<bool> wants_token_;

    std::mutex leases_lock_; // guards leases_
    std::set<std::int64_t> leases_;
};

} // namespace rebolt::store::etcd
