// The transactions: those of compare-and-swap carry out one request if the key
// is as expected, and else read the key, without its value; PutBatch puts many.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include <etcd_rpc/rpc.pb.h>

namespace rebolt::store::etcd {

/// If there is no such key.
[[nodiscard]] etcdserverpb::TxnRequest if_absent(const std::string& key,
                                                 const etcdserverpb::PutRequest& put);
/// If the key is there and was last written at `index`.
[[nodiscard]] etcdserverpb::TxnRequest if_unchanged(const std::string& key, std::uint64_t index,
                                                    const etcdserverpb::PutRequest& put);
[[nodiscard]] etcdserverpb::TxnRequest if_unchanged(const std::string& key, std::uint64_t index,
                                                    const etcdserverpb::DeleteRangeRequest& remove);

/// Puts of one transaction, within etcd's limits: 128 requests, 1.5 MiB, and no
/// key twice.
class PutBatch {
public:
    [[nodiscard]] bool is_empty() const { return keys_.empty(); }
    /// An empty batch has room for anything.
    [[nodiscard]] bool has_room(const std::string& key, const std::string& value) const;
    void add(const std::string& key, const std::string& value);
    /// Its transaction; it is empty then.
    [[nodiscard]] etcdserverpb::TxnRequest take();

private:
    etcdserverpb::TxnRequest request_;
    std::set<std::string> keys_;
    std::size_t bytes_ = 0;
};

} // namespace rebolt::store::etcd
