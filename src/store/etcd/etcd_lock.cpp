#include "store/etcd/etcd_lock.hpp"

#include <utility>

#include "base/try.hpp"
#include "store/etcd/etcd_watch.hpp"
#include "store/etcd/transaction.hpp"

namespace rebolt::store::etcd {
namespace {

// The renewal looks at the clock at least this often: a machine that slept must
// not take long to notice.
constexpr std::chrono::milliseconds look_interval{1'000};

} // namespace

EtcdLock::~EtcdLock() {
    if (lease_ != 0)
        static_cast<void>(release());
}

bool EtcdLock::is_held() const {
    return expires_.load() > BootClock::now();
}

Result<void> EtcdLock::acquire(std::stop_token stop) {
    if (is_held())
        return Error(ErrorCode::cannot_lock, "this lock is held already");
    if (lease_ != 0)
        static_cast<void>(release()); // what is left of a lost lock
    while (!TRY(try_once(stop))) {
    }
    return {};
}

// Waits as long as somebody else has it, then tries. Returns whether it is held.
Result<bool> EtcdLock::try_once(const std::stop_token& stop) {
    const Attempt now = TRY(look(0, stop));
    if (now.is_made) {
        TRY(wait_for_removal(now.revision, stop));
        return false;
    }
    const BootClock::time_point since = BootClock::now();
    const LeaseGrant lease = TRY(client_.grant(options_.time_to_live, stop));
    client_.hold(lease.id);
    Result<Attempt> attempt = make_key(lease, stop);
    if (attempt && attempt->is_made) {
        start(lease, since, attempt->revision);
        if (is_held())
            return true;
        static_cast<void>(release()); // it took longer than the lease lasted
        return false;
    }
    // If the transaction is still on its way, it will find no lease.
    if (client_.revoke(lease.id))
        client_.unhold(lease.id);
    if (!attempt)
        return std::move(attempt).error();
    return false;
}

Result<EtcdLock::Attempt> EtcdLock::make_key(const LeaseGrant& lease, const std::stop_token& stop) {
    rpc::PutRequest put;
    put.set_key(key_);
    put.set_value(options_.value);
    put.set_lease(lease.id);
    Result<rpc::TxnResponse> done = client_.transact(if_absent(key_, put), stop);
    if (done)
        return Attempt{.is_made = done->succeeded(), .revision = done->header().revision()};
    if (done.error().code() != ErrorCode::not_reachable)
        return std::move(done).error();
    // Of unknown fate: the key itself shows whose it is.
    return look(lease.id, stop);
}

// Whether the key is there: of this lease, or, for 0, of any.
Result<EtcdLock::Attempt> EtcdLock::look(std::int64_t lease, const std::stop_token& stop) {
    rpc::RangeRequest request;
    request.set_key(key_);
    request.set_keys_only(true);
    const rpc::RangeResponse answer = TRY(client_.range(request, {.stop = stop}));
    const bool is_there = answer.kvs_size() == 1;
    if (lease == 0)
        return Attempt{.is_made = is_there, .revision = answer.header().revision()};
    const bool is_ours = is_there && answer.kvs(0).lease() == lease;
    return Attempt{.is_made = is_ours, .revision = is_ours ? answer.kvs(0).create_revision() : 0};
}

Result<void> EtcdLock::wait_for_removal(std::int64_t after, const std::stop_token& stop) {
    EtcdWatch watch(client_, {KeySpace(""), {key_, ""}});
    watch.begin_after(after);
    for (;;) {
        const std::optional<Event> event = TRY(watch.next(stop, std::chrono::milliseconds::max()));
        // After a reset one has to look again.
        if (event && event->kind != EventKind::put)
            return {};
    }
}

void EtcdLock::start(const LeaseGrant& lease, BootClock::time_point since, std::int64_t revision) {
    lost_ = std::stop_source();
    lease_ = lease.id;
    revision_ = revision;
    time_to_live_ = lease.time_to_live;
    expires_ = end_of(since, lease.time_to_live);
    by_close_.emplace(client_.closing(), [this] { lose(); });
    renewal_ = std::jthread([this](const std::stop_token& stop) { renew_until(stop); });
}

// A twentieth less than the server counts: clocks do not go alike.
BootClock::time_point EtcdLock::end_of(BootClock::time_point since,
                                       std::chrono::seconds time_to_live) {
    return since + time_to_live - std::chrono::milliseconds{time_to_live} / 20;
}

void EtcdLock::lose() {
    expires_ = BootClock::time_point{};
    lost_.request_stop();
}

std::chrono::milliseconds EtcdLock::left() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(expires_.load() -
                                                                 BootClock::now());
}

void EtcdLock::renew_until(const std::stop_token& stop) {
    auto next = BootClock::now() + time_to_live_ / 3;
    while (!stop.stop_requested() && is_held()) {
        const auto until_next =
            std::chrono::duration_cast<std::chrono::milliseconds>(next - BootClock::now());
        if (until_next.count() > 0) {
            client_.wait(std::min({until_next, left(), look_interval}), stop);
            continue;
        }
        if (!renew(stop))
            break;
        next = BootClock::now() + time_to_live_ / 3;
    }
    if (!stop.stop_requested())
        lose();
}

// Returns false if the lock is lost.
bool EtcdLock::renew(const std::stop_token& stop) {
    const BootClock::time_point since = BootClock::now();
    const auto timeout = std::min(left(), client_.call_timeout());
    const Result<std::chrono::seconds> renewed =
        client_.keep_alive(lease_, {.stop = stop, .timeout = timeout});
    if (!renewed)
        return is_held(); // until it has run out, there are more attempts
    if (renewed->count() <= 0)
        return false;
    // Unless it was lost meanwhile.
    BootClock::time_point was = expires_;
    while (was != BootClock::time_point{} &&
           !expires_.compare_exchange_weak(was, end_of(since, *renewed))) {
    }
    return is_ours(stop);
}

// Whether the key was not taken away under the lease, as by remove(). If that
// cannot be known, the lease holds.
bool EtcdLock::is_ours(const std::stop_token& stop) {
    rpc::RangeRequest request;
    request.set_key(key_);
    request.set_keys_only(true);
    const auto answer = client_.range(request, {.stop = stop, .timeout = left()});
    return !answer || (answer->kvs_size() == 1 && answer->kvs(0).create_revision() == revision_);
}

Result<void> EtcdLock::release() {
    if (lease_ == 0)
        return Error(ErrorCode::cannot_lock, "this lock is not held");
    const bool was_held = is_held();
    renewal_.request_stop();
    renewal_ = std::jthread();
    by_close_.reset();
    lose();
    const std::int64_t lease = std::exchange(lease_, 0);
    Result<void> revoked = client_.revoke(lease);
    if (revoked)
        client_.unhold(lease);
    if (!was_held)
        return Error(ErrorCode::cannot_lock, "the lock was lost before it was released");
    return revoked;
}

} // namespace rebolt::store::etcd
