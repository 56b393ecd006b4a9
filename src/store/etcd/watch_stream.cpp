#include "store/etcd/watch_stream.hpp"

#include <utility>

namespace rebolt::store::etcd {

WatchStream::WatchStream(const Client& client, Place place, const rpc::WatchCreateRequest& request)
    : place_(std::move(place)) {
    *request_.mutable_create_request() = request;
    client.prepare(context_, place_.token);
    stream_ = client.connection(place_).watch->PrepareAsyncWatch(&context_, &queue_);
    stream_->StartCall(this);
}

WatchStream::~WatchStream() {
    context_.TryCancel();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
}

// One thing is under way at a time, so that tags need not tell them apart.
WatchStream::Step WatchStream::step(const Deadline& deadline) {
    if (doing_ == Doing::nothing) {
        doing_ = Doing::reading;
        stream_->Read(&response_, this);
    }
    while (doing_ != Doing::ended) {
        void* tag = nullptr;
        bool ok = false;
        if (queue_.AsyncNext(&tag, &ok, deadline.for_grpc()) != grpc::CompletionQueue::GOT_EVENT)
            return Step::waiting;
        go_on(ok);
        if (doing_ == Doing::nothing)
            return Step::response;
    }
    return Step::ended;
}

void WatchStream::go_on(bool ok) {
    if (doing_ == Doing::finishing) {
        doing_ = Doing::ended;
        if (status_.ok())
            status_ = {grpc::StatusCode::UNAVAILABLE, "the server ended the watch"};
    } else if (!ok) {
        doing_ = Doing::finishing;
        stream_->Finish(&status_, this);
    } else if (doing_ == Doing::starting) {
        doing_ = Doing::writing;
        stream_->Write(request_, this);
    } else if (doing_ == Doing::writing) {
        doing_ = Doing::reading;
        stream_->Read(&response_, this);
    } else {
        doing_ = Doing::nothing;
    }
}

} // namespace rebolt::store::etcd
