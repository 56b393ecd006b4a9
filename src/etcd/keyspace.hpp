// Keyspace: what etcd has in memory, and what each entry of the log does to it.
// A model of etcd's own apply and mvcc: the same records come out, byte for byte.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <rebolt/etcd/database.hpp>

#include "etcd/request.hpp"

namespace rebolt::etcd {

/// A record that a replay makes; encoded only when it is needed.
struct NewRecord {
    Revision revision;
    bool is_tombstone = false;
    KeyValue value; ///< of a tombstone: its key alone

    [[nodiscard]] std::string stored_value() const;
};

/// What an entry did.
enum class Applied : std::uint8_t {
    nothing, ///< the revision stays
    written, ///< one new main revision
    unknown, ///< users and roles are on, or a request that is not known: not modelled
};

class Keyspace {
public:
    /// Of an empty store.
    Keyspace() = default;

    /// Takes in a record that is there; in their order.
    void restore(const StoredRecord& record);
    /// What a file's bookkeeping says beside its records.
    void restore_compacted(std::int64_t revision) { compacted_ = revision; }
    void restore_revision(std::int64_t revision) { revision_ = revision; }
    void restore_lease(std::int64_t id) { leases_[id]; }
    void restore_alarm(const Alarm& alarm) { alarms_.insert(alarm); }

    /// What etcd does with an entry that is committed; records that it makes go to
    /// `made`.
    Applied apply(const LogEntry& entry, std::vector<NewRecord>& made);

    [[nodiscard]] std::int64_t revision() const noexcept { return revision_; }
    [[nodiscard]] std::int64_t compacted() const noexcept { return compacted_; }
    [[nodiscard]] std::size_t key_count() const noexcept { return keys_.size(); }

private:
    struct Live {
        Revision revision;
        std::int64_t create = 0;
        std::int64_t version = 0;
        std::string_view value;
        std::int64_t lease = 0;
    };
    using Keys = std::map<std::string_view, Live>;
    struct Write; ///< one write request under way

    void take_in(std::string_view key, const Live& live);
    void drop(std::string_view key);
    [[nodiscard]] std::pair<Keys::iterator, Keys::iterator> range(std::string_view key,
                                                                  std::string_view end);
    [[nodiscard]] bool has_alarm(std::uint64_t kind) const;
    [[nodiscard]] bool may_put(const PutRequest& put) const;
    [[nodiscard]] bool holds(const Compare& compare);
    [[nodiscard]] bool hold(const std::vector<Compare>& compares);
    [[nodiscard]] bool choose(const TxnRequest& txn, std::vector<const TxnOperation*>& chosen);
    void put(const PutRequest& request, Write& write);
    void erase(const DeleteRequest& request, Write& write);
    Applied finish(const Write& write);

    Applied run(const NoChange&, std::vector<NewRecord>&) { return Applied::nothing; }
    Applied run(const OtherRequest& request, std::vector<NewRecord>& made);
    Applied run(const PutRequest& request, std::vector<NewRecord>& made);
    Applied run(const DeleteRequest& request, std::vector<NewRecord>& made);
    Applied run(const TxnRequest& request, std::vector<NewRecord>& made);
    Applied run(const CompactionRequest& request, std::vector<NewRecord>& made);
    Applied run(const LeaseGrantRequest& request, std::vector<NewRecord>& made);
    Applied run(const LeaseRevokeRequest& request, std::vector<NewRecord>& made);
    Applied run(const AlarmRequest& request, std::vector<NewRecord>& made);

    Keys keys_; ///< those that live
    std::unordered_map<std::int64_t, std::set<std::string_view>> leases_;
    std::set<Alarm> alarms_;
    std::int64_t revision_ = 1;
    std::int64_t compacted_ = never_compacted;
};

} // namespace rebolt::etcd
