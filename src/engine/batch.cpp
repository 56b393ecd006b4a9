#include "engine/batch.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <rebolt/tx.hpp>

namespace rebolt::engine {
namespace {

// An error for each of those who wait: Error itself cannot be copied.
Error copy_of(const Error& error) {
    Error copy =
        error.finding() != nullptr ? Error(*error.finding()) : Error(error.code(), error.message());
    return std::move(copy).in_file(error.file());
}

// What work throws counts as a failure here: the caller's own thread runs it
// again, alone, and is the one that it is thrown to.
Result<void> run_guarded(const Batch::Work& work, Tx& tx) {
    try {
        return work(tx);
    } catch (...) {
        return Error(ErrorCode::cancelled, "the work threw an exception");
    }
}

} // namespace

Result<void> Batch::run(const Work& work, const Update& update, std::size_t size_max,
                        std::chrono::milliseconds delay_max) {
    if (size_max <= 1 || delay_max.count() <= 0)
        return update(work);
    Call call{.work = &work, .result = std::nullopt};
    std::unique_lock lock(mutex_);
    if (open_group_ != nullptr) {
        const std::shared_ptr<Group> group = open_group_;
        group->calls.push_back(&call);
        if (group->calls.size() >= size_max) {
            group->is_full = true;
            open_group_.reset();
            group->changed.notify_all();
        }
        group->changed.wait(lock, [&] { return call.is_done; });
    } else {
        const auto group = std::make_shared<Group>();
        group->calls.push_back(&call);
        open_group_ = group;
        group->changed.wait_for(lock, delay_max, [&] { return group->is_full; });
        if (open_group_ == group)
            open_group_.reset();
        lock.unlock();
        {
            const FollowersAreFreed freed(mutex_, *group);
            run_group(*group, update);
        }
        return result_of(call, update);
    }
    lock.unlock();
    return result_of(call, update);
}

Result<void> Batch::result_of(Call& call, const Update& update) {
    return call.is_alone ? update(*call.work) : std::move(*call.result);
}

// Whatever ends the leader's work, also what a hook or the system throws at it: the
// others must not wait for ever.
Batch::FollowersAreFreed::~FollowersAreFreed() {
    const std::scoped_lock lock(mutex_);
    for (Call* call : group_.calls) {
        if (!call->result && !call->is_alone)
            call->result = Error(ErrorCode::cancelled,
                                 "an exception ended the batch: it may have been committed");
        call->is_done = true;
    }
    group_.changed.notify_all();
}

// Until it commits, or nobody is left: each time without the one that failed.
void Batch::run_group(Group& group, const Update& update) {
    std::vector<Call*> left = group.calls;
    while (!left.empty()) {
        std::size_t failed = left.size();
        const Result<void> result = update([&](Tx& tx) -> Result<void> {
            for (std::size_t i = 0; i < left.size(); ++i)
                if (Result<void> done = run_guarded(*left[i]->work, tx); !done) {
                    failed = i;
                    return done;
                }
            return {};
        });
        if (failed < left.size()) {
            left[failed]->is_alone = true;
            left.erase(left.begin() + static_cast<std::ptrdiff_t>(failed));
            continue;
        }
        for (Call* call : left)
            call->result = result ? Result<void>{} : Result<void>(copy_of(result.error()));
        return;
    }
}

} // namespace rebolt::engine
