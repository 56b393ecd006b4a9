#include "store/etcd/pages.hpp"

#include <utility>

namespace rebolt::store::etcd {
namespace {

constexpr std::int64_t limit_max = 8'192;
constexpr std::size_t page_bytes = 2 << 20; // the intended size of a page

} // namespace

Result<rpc::RangeResponse> Pages::next(Client& client, CallOptions options) {
    grpc::Status status;
    for (;;) {
        rpc::RangeRequest request;
        request.set_key(range_.begin);
        request.set_range_end(range_.end);
        request.set_revision(revision_);
        request.set_limit(limit_);
        grpc::Status* const wanted = std::exchange(options.status, &status);
        Result<rpc::RangeResponse> answer = client.range(request, options);
        options.status = wanted;
        if (!answer && limit_ > 1 && is_answer_too_large(status)) {
            limit_ = std::max<std::int64_t>(limit_ / 8, 1);
            continue;
        }
        if (!answer) {
            if (wanted != nullptr)
                *wanted = status;
            return answer;
        }
        revision_ = revision_ == 0 ? answer->header().revision() : revision_;
        cluster_ = answer->header().cluster_id();
        is_done_ = !answer->more() || answer->kvs().empty();
        if (!is_done_)
            range_.begin = answer->kvs().rbegin()->key() + '\0';
        adapt(answer->ByteSizeLong());
        return answer;
    }
}

void Pages::adapt(std::size_t answer_bytes) {
    if (answer_bytes < page_bytes / 2)
        limit_ = std::min(limit_ * 2, limit_max);
    else if (answer_bytes > page_bytes * 2)
        limit_ = std::max<std::int64_t>(limit_ / 2, 1);
}

} // namespace rebolt::store::etcd
