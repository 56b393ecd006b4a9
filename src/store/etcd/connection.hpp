// Connection: one server of the cluster. gRPC connects when it is first used,
// notices when it is gone, and connects again.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/channel.h>

#include <etcd_rpc/rpc.grpc.pb.h>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

#include "store/url.hpp"

namespace rebolt::store::etcd {

namespace rpc = ::etcdserverpb;

struct Connection {
    std::string name; ///< host:port, for messages
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<rpc::KV::Stub> kv;
    std::unique_ptr<rpc::Watch::Stub> watch;
    std::unique_ptr<rpc::Lease::Stub> lease;
    std::unique_ptr<rpc::Auth::Stub> auth;
    /// When a call was answered last, on std::chrono::steady_clock.
    std::unique_ptr<std::atomic<std::chrono::steady_clock::time_point>> answered;
};

/// Lets gRPC see what happens on its connections, for so long: it looks only while
/// calls wait. Without it, a change would be sent into a connection that has long
/// been closed, and so be of unknown fate for nothing; and new connections would
/// not get on between calls.
void let_grpc_look(std::chrono::milliseconds longest);

/// One for each endpoint of the URL. Errors: file_not_found, permission_denied, io
/// (certificates that cannot be read), invalid_argument (a key without its certificate).
[[nodiscard]] Result<std::vector<Connection>> make_connections(const Url& url,
                                                               const StoreOptions& options);

} // namespace rebolt::store::etcd
