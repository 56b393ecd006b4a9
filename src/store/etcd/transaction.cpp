#include "store/etcd/transaction.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace rebolt::store::etcd {
namespace {

namespace rpc = ::etcdserverpb;

rpc::TxnRequest else_read(const std::string& key) {
    rpc::TxnRequest request;
    rpc::RangeRequest* const range = request.add_failure()->mutable_request_range();
    range->set_key(key);
    range->set_keys_only(true);
    return request;
}

rpc::TxnRequest if_written_at(const std::string& key, std::uint64_t index) {
    rpc::TxnRequest request = else_read(key);
    rpc::Compare* const is_same = request.add_compare();
    is_same->set_key(key);
    is_same->set_target(rpc::Compare::MOD);
    is_same->set_result(rpc::Compare::EQUAL);
    // 0 is what etcd says of a key that is not there, which is not what is asked
    // for. No revision is as large as the largest; one that wraps would be another.
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
    const std::uint64_t compared = index == 0 ? largest : std::min(index, largest);
    is_same->set_mod_revision(static_cast<std::int64_t>(compared));
    return request;
}

} // namespace

rpc::TxnRequest if_absent(const std::string& key, const rpc::PutRequest& put) {
    rpc::TxnRequest request = else_read(key);
    rpc::Compare* const is_absent = request.add_compare();
    is_absent->set_key(key);
    is_absent->set_target(rpc::Compare::CREATE);
    is_absent->set_result(rpc::Compare::EQUAL);
    is_absent->set_create_revision(0);
    *request.add_success()->mutable_request_put() = put;
    return request;
}

rpc::TxnRequest if_unchanged(const std::string& key, std::uint64_t index,
                             const rpc::PutRequest& put) {
    rpc::TxnRequest request = if_written_at(key, index);
    *request.add_success()->mutable_request_put() = put;
    return request;
}

rpc::TxnRequest if_unchanged(const std::string& key, std::uint64_t index,
                             const rpc::DeleteRangeRequest& remove) {
    rpc::TxnRequest request = if_written_at(key, index);
    *request.add_success()->mutable_request_delete_range() = remove;
    return request;
}

bool PutBatch::has_room(const std::string& key, const std::string& value) const {
    constexpr std::size_t puts_max = 128;
    constexpr std::size_t bytes_max = 1 << 20;
    return keys_.empty() || (keys_.size() < puts_max && !keys_.contains(key) &&
                             bytes_ + key.size() + value.size() <= bytes_max);
}

void PutBatch::add(const std::string& key, const std::string& value) {
    rpc::PutRequest* const put = request_.add_success()->mutable_request_put();
    put->set_key(key);
    put->set_value(value);
    keys_.insert(key);
    bytes_ += key.size() + value.size();
}

rpc::TxnRequest PutBatch::take() {
    keys_.clear();
    bytes_ = 0;
    return std::exchange(request_, {});
}

} // namespace rebolt::store::etcd
