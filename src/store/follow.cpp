#include <rebolt/store_follow.hpp>

#include <chrono>
#include <utility>

#include "base/try.hpp"

namespace rebolt::store {

Result<void> follow(Watch& watch, const std::stop_token& stop,
                    const std::function<Result<void>(Event&&)>& visit) {
    constexpr std::chrono::hours long_enough{1}; // and then again
    while (!stop.stop_requested()) {
        auto event = watch.next(stop, long_enough);
        if (!event && stop.stop_requested())
            return {};
        if (auto next = TRY(std::move(event)))
            TRY(visit(std::move(*next)));
    }
    return {};
}

} // namespace rebolt::store
