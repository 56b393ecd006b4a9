// Batch: write calls of many threads in one transaction (bbolt: DB.Batch).
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <rebolt/result.hpp>

namespace rebolt {
class Tx;
}

namespace rebolt::engine {

class Batch {
public:
    using Work = std::function<Result<void>(Tx&)>;
    /// Runs its work in one write transaction, and commits.
    using Update = std::function<Result<void>(const Work&)>;

    /// Runs `work` in a transaction together with that of others who come
    /// within `delay_max`. The first of a group does the work for all. When
    /// one's work fails, or throws, it is run alone, outside the group (bbolt:
    /// trySolo).
    Result<void> run(const Work& work, const Update& update, std::size_t size_max,
                     std::chrono::milliseconds delay_max);

private:
    struct Call {
        const Work* work;
        bool is_alone = false; ///< failed in the group: run alone
        bool is_done = false;
        std::optional<Result<void>> result;
    };
    struct Group {
        std::vector<Call*> calls;
        bool is_full = false;
        std::condition_variable changed;
    };

    class FollowersAreFreed {
    public:
        FollowersAreFreed(std::mutex& mutex, Group& group) noexcept
            : mutex_(mutex), group_(group) {}
        FollowersAreFreed(const FollowersAreFreed&) = delete;
        FollowersAreFreed& operator=(const FollowersAreFreed&) = delete;
        ~FollowersAreFreed();

    private:
        std::mutex& mutex_;
        Group& group_;
    };

    static Result<void> result_of(Call& call, const Update& update);
    static void run_group(Group& group, const Update& update);

    std::mutex mutex_;
    std::shared_ptr<Group> open_group_; ///< takes further calls
};

} // namespace rebolt::engine
