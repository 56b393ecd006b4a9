#include "etcd/keyspace.hpp"

#include <algorithm>

namespace rebolt::etcd {
namespace {

constexpr std::int64_t ttl_seconds_max = 9'000'000'000;
constexpr std::string_view all_from_here("\0", 1);

template <class T>
bool compare_by(std::int64_t result, const T& left, const T& right) {
    switch (static_cast<Compare::Result>(result)) {
    case Compare::Result::equal:
        return left == right;
    case Compare::Result::not_equal:
        return left != right;
    case Compare::Result::greater:
        return left > right;
    case Compare::Result::less:
        return left < right;
    }
    return true; // as etcd does with what it does not know
}

} // namespace

std::string NewRecord::stored_value() const {
    return encoded(value);
}

struct Keyspace::Write {
    Revision next;
    std::vector<NewRecord>* made;

    void add(bool is_tombstone, const KeyValue& value) {
        made->push_back({next, is_tombstone, value});
        ++next.sub;
    }
};

void Keyspace::take_in(std::string_view key, const Live& live) {
    drop(key);
    keys_.emplace(key, live);
    if (live.lease != 0)
        if (const auto lease = leases_.find(live.lease); lease != leases_.end())
            lease->second.insert(key);
}

void Keyspace::drop(std::string_view key) {
    const auto at = keys_.find(key);
    if (at == keys_.end())
        return;
    if (const auto lease = leases_.find(at->second.lease); lease != leases_.end())
        lease->second.erase(key);
    keys_.erase(at);
}

void Keyspace::restore(const StoredRecord& record) {
    revision_ = std::max(revision_, record.revision.main);
    const auto value = parse_key_value(record.value);
    if (!value || value->key.empty())
        return;
    if (record.is_tombstone)
        drop(value->key);
    else
        take_in(value->key, {record.revision, value->create_revision, value->version, value->value,
                             value->lease});
}

Applied Keyspace::apply(const LogEntry& entry, std::vector<NewRecord>& made) {
    const Request request = request_of(entry);
    return std::visit([&](const auto& one) { return run(one, made); }, request);
}

std::pair<Keyspace::Keys::iterator, Keyspace::Keys::iterator>
Keyspace::range(std::string_view key, std::string_view end) {
    if (end.empty()) {
        const auto at = keys_.find(key);
        return {at, at == keys_.end() ? at : std::next(at)};
    }
    const auto first = keys_.lower_bound(key);
    if (end == all_from_here)
        return {first, keys_.end()};
    return {first, end <= key ? first : keys_.lower_bound(end)};
}

bool Keyspace::has_alarm(std::uint64_t kind) const {
    return std::ranges::any_of(alarms_, [&](const Alarm& alarm) { return alarm.kind == kind; });
}

bool Keyspace::may_put(const PutRequest& put) const {
    if (put.lease != 0 && !leases_.contains(put.lease))
        return false;
    return (!put.ignore_value && !put.ignore_lease) || keys_.contains(put.key);
}

void Keyspace::put(const PutRequest& request, Write& write) {
    const auto there = keys_.find(request.key);
    const bool is_new = there == keys_.end();
    Live live{.revision = write.next,
              .create = is_new ? write.next.main : there->second.create,
              .version = is_new ? 1 : there->second.version + 1,
              .value = request.value,
              .lease = request.lease};
    if (request.ignore_value && !is_new)
        live.value = there->second.value;
    if (request.ignore_lease && !is_new)
        live.lease = there->second.lease;
    take_in(request.key, live);
    write.add(false,
              {request.key, live.create, write.next.main, live.version, live.value, live.lease});
}

void Keyspace::erase(const DeleteRequest& request, Write& write) {
    const auto [first, last] = range(request.key, request.range_end);
    std::vector<std::string_view> gone;
    for (auto at = first; at != last; ++at)
        gone.push_back(at->first);
    for (const std::string_view key : gone) {
        write.add(true, {key, 0, 0, 0, {}, 0});
        drop(key);
    }
}

Applied Keyspace::finish(const Write& write) {
    if (write.next.sub == 0)
        return Applied::nothing;
    revision_ = write.next.main;
    return Applied::written;
}

Applied Keyspace::run(const PutRequest& request, std::vector<NewRecord>& made) {
    if (!alarms_.empty() && (has_alarm(Alarm::no_space) || has_alarm(Alarm::corrupt)))
        return Applied::nothing;
    if (!may_put(request))
        return Applied::nothing;
    Write write{{revision_ + 1, 0}, &made};
    put(request, write);
    return finish(write);
}

Applied Keyspace::run(const DeleteRequest& request, std::vector<NewRecord>& made) {
    if (has_alarm(Alarm::corrupt))
        return Applied::nothing;
    Write write{{revision_ + 1, 0}, &made};
    erase(request, write);
    return finish(write);
}

bool Keyspace::holds(const Compare& compare) {
    const auto [first, last] = range(compare.key, compare.range_end);
    const auto target = static_cast<Compare::Target>(compare.target);
    const auto holds_for = [&](const Live& live) {
        switch (target) {
        case Compare::Target::version:
            return compare_by(compare.result, live.version, compare.number);
        case Compare::Target::create:
            return compare_by(compare.result, live.create, compare.number);
        case Compare::Target::mod:
            return compare_by(compare.result, live.revision.main, compare.number);
        case Compare::Target::value:
            return compare_by(compare.result, live.value, compare.value);
        case Compare::Target::lease:
            return compare_by(compare.result, live.lease, compare.number);
        }
        return compare_by(compare.result, 0, 0);
    };
    if (first == last)
        return target != Compare::Target::value && holds_for({});
    return std::all_of(first, last, [&](const auto& pair) { return holds_for(pair.second); });
}

bool Keyspace::hold(const std::vector<Compare>& compares) {
    return std::ranges::all_of(compares, [&](const Compare& one) { return holds(one); });
}

// The operations that a transaction comes to, in their order, and whether etcd
// carries them out: it looks at all before the first.
bool Keyspace::choose(const TxnRequest& txn, std::vector<const TxnOperation*>& chosen) {
    struct Branch {
        const std::vector<TxnOperation>* operations;
        std::size_t next;
    };
    std::vector<Branch> stack{{hold(txn.compares) ? &txn.success : &txn.failure, 0}};
    while (!stack.empty()) {
        Branch& branch = stack.back();
        if (branch.next == branch.operations->size()) {
            stack.pop_back();
            continue;
        }
        const TxnOperation& operation = (*branch.operations)[branch.next++];
        if (const auto* inner = std::get_if<std::unique_ptr<TxnRequest>>(&operation)) {
            stack.push_back(
                {hold((*inner)->compares) ? &(*inner)->success : &(*inner)->failure, 0});
            continue;
        }
        if (const auto* one = std::get_if<PutRequest>(&operation); one && !may_put(*one))
            return false;
        const auto* range = std::get_if<RangeRequest>(&operation);
        if (range && range->revision != 0 &&
            (range->revision > revision_ || range->revision < compacted_))
            return false;
        chosen.push_back(&operation);
    }
    return true;
}

namespace {

bool has_put(const std::vector<TxnOperation>& operations) {
    return std::ranges::any_of(operations, [](const TxnOperation& operation) {
        return std::holds_alternative<PutRequest>(operation);
    });
}

} // namespace

Applied Keyspace::run(const TxnRequest& request, std::vector<NewRecord>& made) {
    if (has_alarm(Alarm::corrupt))
        return Applied::nothing;
    if (has_alarm(Alarm::no_space) && (has_put(request.success) || has_put(request.failure)))
        return Applied::nothing;
    std::vector<const TxnOperation*> chosen;
    if (!choose(request, chosen))
        return Applied::nothing;
    Write write{{revision_ + 1, 0}, &made};
    for (const TxnOperation* operation : chosen) {
        if (const auto* one = std::get_if<PutRequest>(operation))
            put(*one, write);
        else if (const auto* gone = std::get_if<DeleteRequest>(operation))
            erase(*gone, write);
    }
    return finish(write);
}

Applied Keyspace::run(const CompactionRequest& request, std::vector<NewRecord>& /*made*/) {
    if (!has_alarm(Alarm::corrupt) && request.revision > compacted_ &&
        request.revision <= revision_)
        compacted_ = request.revision;
    return Applied::nothing;
}

Applied Keyspace::run(const LeaseGrantRequest& request, std::vector<NewRecord>& /*made*/) {
    const bool is_refused = has_alarm(Alarm::corrupt) || has_alarm(Alarm::no_space) ||
                            request.id == 0 || request.ttl_seconds > ttl_seconds_max;
    if (!is_refused)
        leases_[request.id]; // one that is there stays as it is
    return Applied::nothing;
}

Applied Keyspace::run(const LeaseRevokeRequest& request, std::vector<NewRecord>& made) {
    const auto lease = leases_.find(request.id);
    if (lease == leases_.end() || has_alarm(Alarm::corrupt))
        return Applied::nothing;
    Write write{{revision_ + 1, 0}, &made};
    const std::set<std::string_view> keys = lease->second;
    for (const std::string_view key : keys)
        erase({key, {}}, write);
    leases_.erase(request.id);
    return finish(write);
}

Applied Keyspace::run(const AlarmRequest& request, std::vector<NewRecord>& /*made*/) {
    if (request.action == AlarmRequest::activate)
        alarms_.insert({request.member, request.kind});
    else if (request.action == AlarmRequest::deactivate)
        alarms_.erase({request.member, request.kind});
    return Applied::nothing;
}

Applied Keyspace::run(const OtherRequest& /*request*/, std::vector<NewRecord>& /*made*/) {
    return Applied::unknown;
}

} // namespace rebolt::etcd
