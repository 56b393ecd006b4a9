// Model: keys and values of a memory store, and all that happened to them. The
// whole history is kept: a watch is a place in it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <rebolt/result.hpp>
#include <rebolt/store.hpp>

namespace rebolt::store {

/// Every member but `mutex` and `changed` is used with the mutex held.
class Model {
public:
    using Clock = std::chrono::steady_clock;

    struct Cell {
        std::string value;
        std::uint64_t index;
        std::optional<Clock::time_point> until;
    };

    std::mutex mutex;
    std::condition_variable_any changed;

    /// All that is there now. Ends what is over first.
    const std::map<std::string, Cell, std::less<>>& cells();
    std::uint64_t put(std::string_view key, std::string_view value, const PutOptions& options);
    /// The key is there.
    void remove(std::string_view key);

    /// put and removed events, by last_index; from `after` on.
    [[nodiscard]] std::size_t place_behind(std::uint64_t after) const;
    [[nodiscard]] const std::vector<Event>& history() const noexcept { return history_; }
    /// When the next key ends by itself, if one does.
    [[nodiscard]] std::optional<Clock::time_point> next_end() const;

    /// Who holds which lock.
    std::map<std::string, const Lock*, std::less<>> holders;

private:
    std::map<std::string, Cell, std::less<>> cells_;
    std::set<std::pair<Clock::time_point, std::string>> ends_;
    std::vector<Event> history_;
    std::uint64_t revision_ = 0;
};

} // namespace rebolt::store
