#include "store/etcd/client.hpp"

#include <condition_variable>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "store/etcd/backoff.hpp"

namespace rebolt::store::etcd {
namespace {

// On a closing store, leases are revoked as long as this and no longer.
constexpr std::chrono::milliseconds farewell{1'000};

Error cancelled() {
    return {ErrorCode::cancelled, "cancelled"};
}

// Of a change that a server may have seen.
Error cancelled_midway() {
    return {ErrorCode::cancelled,
            "cancelled; the change may have been carried out, or may still be"};
}

} // namespace

// One call, from its first attempt to its last.
struct Client::Round {
    Round(const CallOptions& call, std::chrono::milliseconds longest)
        : options(call), timeout(longest), deadline(longest) {}

    const CallOptions& options;
    std::chrono::milliseconds timeout;
    Deadline deadline;
    Place place;
    bool is_begun = false; // the last attempt got beyond authentication
    std::size_t failures = 0;
    int tokens_refused = 0;
    Backoff backoff;
    grpc::Status telling; // of all failures, the one to be told
};

Client::Client(std::vector<Connection> connections, const StoreOptions& options)
    : connections_(std::move(connections)), user_(options.user), password_(options.password),
      call_timeout_(options.call_timeout), give_up_after_(options.give_up_after),
      wants_token_(!options.user.empty()) {
    // Many clients of one cluster do not all begin with its first server.
    std::random_device random;
    current_ = random() % connections_.size();
}

Client::~Client() {
    close();
}

Result<std::unique_ptr<Client>> Client::connect(const Url& url, const StoreOptions& options) {
    std::vector<Connection> connections = TRY(make_connections(url, options));
    // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): out of memory ends the program
    std::unique_ptr<Client> client(new Client(std::move(connections), options));
    rpc::RangeRequest request;
    request.set_key(url.path.empty() ? std::string(1, '\0') : url.path + "/");
    request.set_count_only(true);
    grpc::Status status;
    auto answer = client->range(request, {.timeout = options.connect_timeout, .status = &status});
    // A user that may not read this very key has still been recognised.
    const bool is_known = answer || status.error_message() == "etcdserver: permission denied";
    if (!is_known)
        return std::move(answer).error();
    return client;
}

Place Client::current_place() const {
    Place place{.index = current_.load(std::memory_order_relaxed), .token = {}};
    if (wants_token_) {
        const std::scoped_lock guard(token_lock_);
        place.token = token_;
    }
    return place;
}

void Client::leave(const Place& place) {
    std::size_t index = place.index;
    current_.compare_exchange_strong(index, (index + 1) % connections_.size());
}

void Client::forget_token(const std::string& token) {
    const std::scoped_lock guard(token_lock_);
    if (token_ == token)
        token_.clear();
}

void Client::prepare(grpc::ClientContext& context, const std::string& token) const {
    // A server that is cut off from its cluster says so at once.
    context.AddMetadata("hasleader", "true");
    if (!token.empty())
        context.AddMetadata("token", token);
}

// Puts a new token into `place`; none if the cluster wants none.
grpc::Status Client::authenticate(Place& place, const Deadline& deadline,
                                  const std::stop_token& stop) {
    grpc::ClientContext context;
    context.set_deadline(deadline.for_grpc());
    const std::stop_callback by_close(closing_.get_token(), [&] { context.TryCancel(); });
    const std::stop_callback by_caller(stop, [&] { context.TryCancel(); });
    rpc::AuthenticateRequest request;
    request.set_name(user_);
    request.set_password(password_);
    rpc::AuthenticateResponse response;
    grpc::Status status = connection(place).auth->Authenticate(&context, request, &response);
    if (status.error_message() == "etcdserver: authentication is not enabled") {
        wants_token_ = false;
        return grpc::Status::OK;
    }
    if (!status.ok())
        return status;
    const std::scoped_lock guard(token_lock_);
    token_ = response.token();
    place.token = token_;
    return status;
}

// Before a change: if it waited for a connection within gRPC until its deadline,
// nobody could tell whether it was sent. False if there is none in time; where
// connecting has failed, gRPC tells why to the call.
bool Client::is_connecting_done(const Connection& to, const Round& round) const {
    constexpr std::chrono::milliseconds look{50};
    constexpr std::chrono::milliseconds fresh{50};
    if (Deadline::Clock::now() - to.answered->load(std::memory_order_relaxed) < fresh)
        return true;
    let_grpc_look(std::chrono::milliseconds{0});
    for (auto state = to.channel->GetState(true);
         state == GRPC_CHANNEL_IDLE || state == GRPC_CHANNEL_CONNECTING;
         state = to.channel->GetState(true)) {
        if (round.deadline.is_over() || is_ended(round.options.stop))
            return false;
        const Deadline deadline(std::min(round.deadline.left(), look));
        to.channel->WaitForStateChange(state, deadline.for_grpc());
    }
    return true;
}

grpc::Status Client::once(Round& round, const Attempt& attempt) {
    round.place = current_place();
    // With other servers to ask, one that hangs must not use up all the time. For
    // a change that is no use: its fate would be unknown.
    std::chrono::milliseconds most = round.deadline.left();
    if (round.options.effect == Effect::none && connections_.size() > 1)
        most = std::min(most, round.timeout / static_cast<int>(connections_.size()));
    const Deadline deadline(most);
    round.is_begun = false;
    if (wants_token_ && round.place.token.empty())
        if (grpc::Status status = authenticate(round.place, deadline, round.options.stop);
            !status.ok())
            return status;
    const Connection& to = connection(round.place);
    if (round.options.effect == Effect::change && !is_connecting_done(to, round))
        return {grpc::StatusCode::UNAVAILABLE, "failed to connect to all addresses in time"};
    round.is_begun = true;
    grpc::ClientContext context;
    context.set_deadline(deadline.for_grpc());
    prepare(context, round.place.token);
    const std::stop_callback by_close(closing_.get_token(), [&] { context.TryCancel(); });
    const std::stop_callback by_caller(round.options.stop, [&] { context.TryCancel(); });
    grpc::Status status = attempt(to, context);
    if (status.ok())
        to.answered->store(Deadline::Clock::now(), std::memory_order_relaxed);
    return status;
}

// The error that ends the round, or nothing: then it is tried again.
std::optional<Error> Client::after_failure(Round& round, const grpc::Status& status) {
    const std::string& server = connection(round.place).name;
    if (round.options.status != nullptr)
        *round.options.status = status;
    const FailureKind kind = classify(status);
    const bool is_unknown = kind == FailureKind::unknown_fate && round.is_begun &&
                            round.options.effect == Effect::change;
    if (is_ended(round.options.stop))
        return is_unknown ? cancelled_midway() : cancelled();
    if (kind == FailureKind::refused)
        return error_of(status, server);
    if (kind == FailureKind::token_invalid) {
        forget_token(round.place.token);
        if (!wants_token_ || ++round.tokens_refused > 2)
            return error_of(status, server);
        return std::nullopt;
    }
    if (is_unknown)
        return Error(ErrorCode::not_reachable,
                     error_of(status, server).message() +
                         "; the change may have been carried out, or may still be");
    leave(round.place);
    if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED || round.telling.ok())
        round.telling = status;
    if (round.deadline.is_over())
        return Error(ErrorCode::not_reachable,
                     fmt::format("no server answered within {} ms; the last: {}",
                                 round.timeout.count(), error_of(round.telling, server).message()));
    if (++round.failures % connections_.size() == 0)
        pause(std::min(round.backoff.next(), round.deadline.left()), round.options.stop);
    return std::nullopt;
}

Result<void> Client::run(const CallOptions& options, const Attempt& attempt) {
    const UnderWay under_way(*this);
    Round round(options, options.timeout.value_or(call_timeout_));
    while (!is_ended(options.stop)) {
        const grpc::Status status = once(round, attempt);
        if (status.ok())
            return {};
        if (std::optional<Error> error = after_failure(round, status))
            return std::move(*error);
    }
    return cancelled();
}

template <class Response, class Invoke>
Result<Response> Client::call(const CallOptions& options, const Invoke& invoke) {
    Response response;
    TRY(run(options, [&](const Connection& connection, grpc::ClientContext& context) {
        return invoke(connection, context, response);
    }));
    return response;
}

Result<rpc::RangeResponse> Client::range(const rpc::RangeRequest& request,
                                         const CallOptions& options) {
    return call<rpc::RangeResponse>(
        options, [&](const Connection& to, grpc::ClientContext& context, rpc::RangeResponse& into) {
            return to.kv->Range(&context, request, &into);
        });
}

Result<rpc::PutResponse> Client::put(const rpc::PutRequest& request) {
    return call<rpc::PutResponse>(
        {.effect = Effect::change},
        [&](const Connection& to, grpc::ClientContext& context, rpc::PutResponse& into) {
            return to.kv->Put(&context, request, &into);
        });
}

Result<rpc::DeleteRangeResponse> Client::erase(const rpc::DeleteRangeRequest& request) {
    return call<rpc::DeleteRangeResponse>(
        {.effect = Effect::change},
        [&](const Connection& to, grpc::ClientContext& context, rpc::DeleteRangeResponse& into) {
            return to.kv->DeleteRange(&context, request, &into);
        });
}

Result<rpc::TxnResponse> Client::transact(const rpc::TxnRequest& request, std::stop_token stop) {
    return call<rpc::TxnResponse>(
        {.effect = Effect::change, .stop = std::move(stop)},
        [&](const Connection& to, grpc::ClientContext& context, rpc::TxnResponse& into) {
            return to.kv->Txn(&context, request, &into);
        });
}

// Granting twice hurts nobody: the lease that nobody knows of ends by itself.
Result<LeaseGrant> Client::grant(std::chrono::milliseconds time_to_live, std::stop_token stop) {
    rpc::LeaseGrantRequest request;
    request.set_ttl(std::chrono::ceil<std::chrono::seconds>(time_to_live).count());
    const rpc::LeaseGrantResponse granted = TRY(call<rpc::LeaseGrantResponse>(
        {.stop = std::move(stop)},
        [&](const Connection& to, grpc::ClientContext& context, rpc::LeaseGrantResponse& into) {
            return to.lease->LeaseGrant(&context, request, &into);
        }));
    return LeaseGrant{.id = granted.id(), .time_to_live = std::chrono::seconds{granted.ttl()}};
}

Result<void> Client::revoke(std::int64_t lease) {
    rpc::LeaseRevokeRequest request;
    request.set_id(lease);
    grpc::Status status;
    auto revoked = call<rpc::LeaseRevokeResponse>(
        {.status = &status},
        [&](const Connection& to, grpc::ClientContext& context, rpc::LeaseRevokeResponse& into) {
            return to.lease->LeaseRevoke(&context, request, &into);
        });
    if (!revoked && status.error_code() != grpc::StatusCode::NOT_FOUND)
        return std::move(revoked).error();
    return {};
}

Result<std::chrono::seconds> Client::keep_alive(std::int64_t lease, const CallOptions& options) {
    const auto answer = TRY(call<rpc::LeaseKeepAliveResponse>(
        options, [lease](const Connection& to, grpc::ClientContext& context,
                         rpc::LeaseKeepAliveResponse& into) {
            const auto stream = to.lease->LeaseKeepAlive(&context);
            rpc::LeaseKeepAliveRequest request;
            request.set_id(lease);
            const bool has_answer =
                stream->Write(request) && stream->WritesDone() && stream->Read(&into);
            const grpc::Status status = stream->Finish();
            if (status.ok() && !has_answer)
                return grpc::Status(grpc::StatusCode::UNAVAILABLE, "a stream without an answer");
            // The answer is what counts, not how the stream ended.
            return has_answer ? grpc::Status::OK : status;
        }));
    return std::chrono::seconds{answer.ttl()};
}

Result<Place> Client::place(const Deadline& deadline, const std::stop_token& stop) {
    Place place = current_place();
    if (wants_token_ && place.token.empty()) {
        const grpc::Status status = authenticate(place, deadline, stop);
        if (!status.ok() && classify(status) != FailureKind::refused)
            leave(place);
        if (!status.ok())
            return error_of(status, connection(place).name);
    }
    return place;
}

void Client::pause(std::chrono::milliseconds longest, const std::stop_token& stop) const {
    constexpr std::chrono::milliseconds look{20};
    for (const Deadline deadline(longest); !deadline.is_over() && !is_ended(stop);)
        let_grpc_look(std::min(deadline.left(), look));
}

void Client::wait(std::chrono::milliseconds longest, const std::stop_token& stop) const {
    std::mutex lock;
    std::condition_variable_any ended;
    const std::stop_callback by_caller(stop, [&] {
        const std::scoped_lock guard(lock);
        ended.notify_all();
    });
    std::unique_lock guard(lock);
    ended.wait_for(guard, closing_.get_token(), longest, [&] { return stop.stop_requested(); });
}

void Client::hold(std::int64_t lease) {
    const std::scoped_lock guard(leases_lock_);
    leases_.insert(lease);
}

void Client::unhold(std::int64_t lease) {
    const std::scoped_lock guard(leases_lock_);
    leases_.erase(lease);
}

void Client::close() {
    closing_.request_stop();
    for (int count = under_way_; count != 0; count = under_way_)
        under_way_.wait(count);
    revoke_held();
}

// Not through run(), which a closed store refuses. Failures are of no matter:
// the leases end by themselves.
void Client::revoke_held() {
    const std::scoped_lock guard(leases_lock_);
    const Place place = current_place();
    const Deadline deadline(farewell);
    for (const std::int64_t lease : leases_) {
        grpc::ClientContext context;
        context.set_deadline(deadline.for_grpc());
        prepare(context, place.token);
        rpc::LeaseRevokeRequest request;
        request.set_id(lease);
        rpc::LeaseRevokeResponse response;
        connection(place).lease->LeaseRevoke(&context, request, &response);
    }
    leases_.clear();
}

} // namespace rebolt::store::etcd
