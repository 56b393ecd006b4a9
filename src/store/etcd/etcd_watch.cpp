#include "store/etcd/etcd_watch.hpp"

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::store::etcd {
namespace {

// Of a page of what is there: the watch's own timeout may be shorter than any
// answer takes, and yet it has to get on.
constexpr std::chrono::milliseconds page_timeout_min{1'000};

Error cancelled() {
    return {ErrorCode::cancelled, "the watch was cancelled"};
}

Event put_of(const KeySpace& keys, mvccpb::KeyValue& pair) {
    return {.kind = EventKind::put,
            .pair = {.key = std::string(keys.shown(pair.key())),
                     .value = std::move(*pair.mutable_value()),
                     .last_index = static_cast<std::uint64_t>(pair.mod_revision())}};
}

} // namespace

Result<std::unique_ptr<Watch>> EtcdWatch::open(Client& client, Watched watched,
                                               const WatchOptions& options) {
    auto watch = std::make_unique<EtcdWatch>(client, std::move(watched));
    TRY(watch->begin(options));
    return watch;
}

Result<void> EtcdWatch::begin(const WatchOptions& options) {
    if (options.after_index != 0) {
        constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max() - 1;
        begin_after(static_cast<std::int64_t>(std::min(options.after_index, largest)));
        return {};
    }
    if (options.current_first) {
        listing_.emplace(watched_.range);
        return list({});
    }
    rpc::RangeRequest request;
    request.set_key(watched_.range.begin);
    request.set_range_end(watched_.range.end);
    request.set_count_only(true);
    const rpc::RangeResponse now = TRY(client_.range(request));
    cluster_ = now.header().cluster_id();
    begin_after(now.header().revision());
    return {};
}

Result<std::optional<Event>> EtcdWatch::next(std::stop_token stop,
                                             std::chrono::milliseconds timeout) {
    const Client::UnderWay under_way(client_);
    const Deadline deadline(timeout);
    for (;;) {
        if (is_ended(stop))
            return cancelled();
        if (!ready_.empty()) {
            Event event = std::move(ready_.front());
            ready_.pop_front();
            return event;
        }
        TRY(advance(deadline, stop));
        if (ready_.empty() && deadline.is_over() && !is_ended(stop))
            return std::optional<Event>();
    }
}

// Takes one step towards the next event.
Result<void> EtcdWatch::advance(const Deadline& deadline, const std::stop_token& stop) {
    if (retry_at_ && !retry_at_->is_over()) {
        client_.pause(std::min(retry_at_->left(), deadline.left()), stop);
        return {};
    }
    if (listing_)
        return list_on(deadline, stop);
    if (!stream_)
        TRY(connect(deadline, stop));
    if (!stream_)
        return {};
    WatchStream::Step step{};
    {
        const std::stop_callback by_close(client_.closing(), [&] { stream_->cancel(); });
        const std::stop_callback by_caller(stop, [&] { stream_->cancel(); });
        step = stream_->step(deadline);
    }
    if (step == WatchStream::Step::response)
        return take(stream_->response());
    if (step == WatchStream::Step::waiting)
        return {};
    const std::unique_ptr<WatchStream> broken = std::move(stream_);
    return is_ended(stop) ? Result<void>() : take_break(broken->status(), broken->place());
}

// The first or next page of what is there.
Result<void> EtcdWatch::list(const CallOptions& options) {
    rpc::RangeResponse page = TRY(listing_->next(client_, options));
    for (mvccpb::KeyValue& pair : *page.mutable_kvs())
        ready_.push_back(put_of(watched_.keys, pair));
    if (!listing_->is_done())
        return {};
    cluster_ = listing_->cluster();
    begin_after(listing_->revision());
    listing_.reset();
    ready_.push_back({.kind = EventKind::caught_up, .pair = {}});
    return {};
}

Result<void> EtcdWatch::list_on(const Deadline& deadline, const std::stop_token& stop) {
    grpc::Status status;
    const auto timeout =
        std::min(std::max(deadline.left(), page_timeout_min), client_.call_timeout());
    Result<void> listed = list({.stop = stop, .timeout = timeout, .status = &status});
    if (listed) {
        retry_at_.reset();
        give_up_at_.reset();
        return {};
    }
    if (is_ended(stop))
        return {};
    if (is_compacted(status)) {
        reset();
        return {};
    }
    if (listed.error().code() != ErrorCode::not_reachable)
        return listed;
    return retry_later(listed.error());
}

Result<void> EtcdWatch::connect(const Deadline& deadline, const std::stop_token& stop) {
    Result<Place> place = client_.place(deadline, stop);
    if (is_ended(stop))
        return {};
    if (!place && place.error().code() != ErrorCode::not_reachable)
        return std::move(place).error();
    if (!place)
        return retry_later(place.error());
    rpc::WatchCreateRequest request;
    request.set_key(watched_.range.begin);
    request.set_range_end(watched_.range.end);
    // One earlier than needed: etcd compacts the removals of the very revision that
    // it compacts up to, and would let a watch start there without them.
    request.set_start_revision(std::max<std::int64_t>(next_revision_ - 1, 1));
    request.set_progress_notify(true);
    request.set_fragment(true);
    stream_ = std::make_unique<WatchStream>(client_, std::move(*place), request);
    return {};
}

Result<void> EtcdWatch::take(rpc::WatchResponse& response) {
    if (response.canceled())
        return take_cancellation(response);
    if (response.created()) {
        take_connection(response.header().cluster_id());
        return {};
    }
    take_events(response);
    return {};
}

Result<void> EtcdWatch::take_cancellation(const rpc::WatchResponse& response) {
    // The response is its stream's.
    const std::unique_ptr<WatchStream> ended = std::move(stream_);
    if (response.compact_revision() != 0) {
        reset();
        return {};
    }
    return take_break(status_of_reason(response.cancel_reason()), ended->place());
}

void EtcdWatch::take_events(rpc::WatchResponse& response) {
    for (mvccpb::Event& event : *response.mutable_events()) {
        mvccpb::KeyValue& pair = *event.mutable_kv();
        const std::int64_t revision = pair.mod_revision();
        if (revision < next_revision_ ||
            (revision == next_revision_ && taken_keys_.contains(pair.key())))
            continue;
        if (revision > next_revision_) {
            next_revision_ = revision;
            taken_keys_.clear();
        }
        if (response.fragment())
            taken_keys_.insert(pair.key());
        Event made = put_of(watched_.keys, pair);
        if (event.type() == mvccpb::Event::DELETE)
            made.kind = EventKind::removed;
        ready_.push_back(std::move(made));
    }
    if (response.fragment())
        return;
    // A revision is whole with its last fragment. A response without events is
    // etcd's word that there is nothing up to its revision.
    const std::int64_t whole = response.events().empty()
                                   ? response.header().revision()
                                   : response.events().rbegin()->kv().mod_revision();
    if (whole >= next_revision_) {
        next_revision_ = whole + 1;
        taken_keys_.clear();
    }
}

// The stream is gone: a new one, elsewhere, or an error if that cannot help.
Result<void> EtcdWatch::take_break(const grpc::Status& status, const Place& place) {
    const FailureKind kind = classify(status);
    Error why = error_of(status, client_.connection(place).name);
    if (kind == FailureKind::refused)
        return why;
    if (kind == FailureKind::token_invalid)
        client_.forget_token(place.token);
    else
        client_.leave(place);
    return retry_later(why);
}

Result<void> EtcdWatch::retry_later(const Error& why) {
    const std::chrono::milliseconds give_up_after = client_.give_up_after();
    if (!give_up_at_ && give_up_after.count() != 0)
        give_up_at_.emplace(give_up_after);
    if (give_up_at_ && give_up_at_->is_over())
        return Error(ErrorCode::not_reachable,
                     fmt::format("the watch was not connected for {} ms; the last: {}",
                                 give_up_after.count(), why.message()));
    // The other servers at once, then a pause.
    if (++failures_ % client_.servers() == 0)
        retry_at_.emplace(backoff_.next());
    return {};
}

void EtcdWatch::take_connection(std::uint64_t cluster) {
    retry_at_.reset();
    give_up_at_.reset();
    backoff_.reset();
    failures_ = 0;
    // At the same address, another cluster, or one restored from a snapshot:
    // revisions mean something else.
    if (cluster_ != 0 && cluster != cluster_)
        reset();
    else
        cluster_ = cluster;
}

void EtcdWatch::reset() {
    stream_.reset();
    taken_keys_.clear();
    ready_.push_back({.kind = EventKind::reset, .pair = {}});
    listing_.emplace(watched_.range);
}

} // namespace rebolt::store::etcd
