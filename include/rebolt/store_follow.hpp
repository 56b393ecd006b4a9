// store_follow: a watch as a callback, for programs that have no loop of their
// own for it.
#pragma once

#include <functional>
#include <stop_token>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

namespace rebolt::store {

/// Calls visit(event) for each event of the watch, in this thread, until `stop`
/// is requested, which is success, or an error: of the watch, or of `visit`.
/// Events that come while `visit` runs wait for it.
Result<void> follow(Watch& watch, const std::stop_token& stop,
                    const std::function<Result<void>(Event&&)>& visit);

} // namespace rebolt::store
