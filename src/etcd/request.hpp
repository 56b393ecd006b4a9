// What an entry of the log asks for: the requests that can change the keyspace or
// what it depends on, decoded. Views point into the entry.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include <rebolt/etcd/raft.hpp>

namespace rebolt::etcd {

struct PutRequest {
    std::string_view key;
    std::string_view value;
    std::int64_t lease = 0;
    bool ignore_value = false; ///< keeps the one there is
    bool ignore_lease = false;
};
struct DeleteRequest {
    std::string_view key;
    std::string_view range_end; ///< empty: `key` alone; one zero byte: all from `key` on
};
struct RangeRequest {
    std::int64_t revision = 0; ///< 0: the newest
};
struct Compare {
    enum class Result : std::uint8_t { equal, greater, less, not_equal };
    enum class Target : std::uint8_t { version, create, mod, value, lease };

    std::int64_t result = 0;
    std::int64_t target = 0;
    std::string_view key;
    std::string_view range_end;
    std::int64_t number = 0; ///< of the target
    std::string_view value;
};
struct TxnRequest;
/// One operation of a transaction; empty: none that etcd knows.
using TxnOperation = std::variant<std::monostate, RangeRequest, PutRequest, DeleteRequest,
                                  std::unique_ptr<TxnRequest>>;
struct TxnRequest {
    std::vector<Compare> compares;
    std::vector<TxnOperation> success;
    std::vector<TxnOperation> failure;
};
struct CompactionRequest {
    std::int64_t revision = 0;
};
struct LeaseGrantRequest {
    std::int64_t ttl_seconds = 0;
    std::int64_t id = 0;
};
struct LeaseRevokeRequest {
    std::int64_t id = 0;
};
struct AlarmRequest {
    static constexpr std::int64_t activate = 1;
    static constexpr std::int64_t deactivate = 2;

    std::int64_t action = 0;
    std::uint64_t member = 0;
    std::uint64_t kind = 0;
};
/// Changes nothing that the keyspace depends on.
struct NoChange {
    bool is_v2 = false; ///< of the old store, which 3.6 does not know any more
};
/// Users, roles, or a request that is not known.
struct OtherRequest {
    bool is_auth = false;
};

using Request = std::variant<NoChange, PutRequest, DeleteRequest, TxnRequest, CompactionRequest,
                             LeaseGrantRequest, LeaseRevokeRequest, AlarmRequest, OtherRequest>;

/// Never fails: what is no v3 request is one of the v2 store, as etcd sees it.
/// Cost: O(data).
[[nodiscard]] Request request_of(const LogEntry& entry);

} // namespace rebolt::etcd
