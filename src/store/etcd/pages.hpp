// Pages: all pairs of a range as of one revision, a bounded number at a time.
#pragma once

#include <cstdint>

#include "store/etcd/client.hpp"
#include "store/etcd/key_space.hpp"

namespace rebolt::store::etcd {

class Pages {
public:
    /// The revision is the newest at the time of the first page.
    explicit Pages(KeyRange range) : range_(std::move(range)) {}

    [[nodiscard]] bool is_done() const { return is_done_; }
    /// 0 before the first page.
    [[nodiscard]] std::int64_t revision() const { return revision_; }
    [[nodiscard]] std::uint64_t cluster() const { return cluster_; }

    /// The next pairs, in key order; none only if there are none at all. After an
    /// error the same page may be asked for again. `options.status` may be null.
    Result<rpc::RangeResponse> next(Client& client, CallOptions options);

private:
    void adapt(std::size_t answer_bytes);

    KeyRange range_;
    std::int64_t revision_ = 0;
    std::uint64_t cluster_ = 0;
    // Pairs a page: grows while pages stay small, shrinks if one is too large for
    // the connection's limit.
    std::int64_t limit_ = 256;
    bool is_done_ = false;
};

} // namespace rebolt::store::etcd
