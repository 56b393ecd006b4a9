// WatchStream: one stream of a watch, from its creation to its break. Nobody
// reads ahead: what its owner does not take stays with the server.
#pragma once

#include <atomic>
#include <memory>

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_stream.h>

#include "store/etcd/client.hpp"

namespace rebolt::store::etcd {

class WatchStream {
public:
    enum class Step : std::uint8_t {
        waiting,  ///< nothing until the deadline
        response, ///< response() is new
        ended,    ///< broken: status() says why; only the destructor is left
    };

    WatchStream(const Client& client, Place place, const rpc::WatchCreateRequest& request);
    WatchStream(const WatchStream&) = delete;
    WatchStream& operator=(const WatchStream&) = delete;
    ~WatchStream();

    Step step(const Deadline& deadline);
    [[nodiscard]] rpc::WatchResponse& response() { return response_; }
    /// Not ok, once it has ended.
    [[nodiscard]] const grpc::Status& status() const { return status_; }
    [[nodiscard]] const Place& place() const { return place_; }
    /// From any thread: ends it soon.
    void cancel() { context_.TryCancel(); }

private:
    // What the completion queue tells of next, if anything.
    enum class Doing : std::uint8_t { starting, writing, reading, nothing, finishing, ended };

    void go_on(bool ok);

    Place place_;
    grpc::ClientContext context_;
    grpc::CompletionQueue queue_;
    rpc::WatchRequest request_;
    std::unique_ptr<grpc::ClientAsyncReaderWriter<rpc::WatchRequest, rpc::WatchResponse>> stream_;
    rpc::WatchResponse response_;
    grpc::Status status_;
    Doing doing_ = Doing::starting;
};

} // namespace rebolt::store::etcd
