#include "store/memory/model.hpp"

#include <algorithm>

namespace rebolt::store {

const std::map<std::string, Model::Cell, std::less<>>& Model::cells() {
    const auto now = Clock::now();
    while (!ends_.empty() && ends_.begin()->first <= now)
        remove(std::string(ends_.begin()->second));
    return cells_;
}

std::uint64_t Model::put(std::string_view key, std::string_view value, const PutOptions& options) {
    Cell& cell = cells_[std::string(key)];
    if (cell.until)
        ends_.erase({*cell.until, std::string(key)});
    cell = {.value = std::string(value), .index = ++revision_, .until = {}};
    if (options.time_to_live) {
        cell.until = Clock::now() + *options.time_to_live;
        ends_.emplace(*cell.until, key);
    }
    history_.push_back(
        {.kind = EventKind::put, .pair = {std::string(key), cell.value, cell.index}});
    changed.notify_all();
    return cell.index;
}

void Model::remove(std::string_view key) {
    const auto at = cells_.find(key);
    if (at->second.until)
        ends_.erase({*at->second.until, at->first});
    history_.push_back({.kind = EventKind::removed, .pair = {at->first, "", ++revision_}});
    cells_.erase(at);
    changed.notify_all();
}

std::size_t Model::place_behind(std::uint64_t after) const {
    const auto at = std::ranges::upper_bound(
        history_, after, {}, [](const Event& event) { return event.pair.last_index; });
    return static_cast<std::size_t>(at - history_.begin());
}

std::optional<Model::Clock::time_point> Model::next_end() const {
    if (ends_.empty())
        return std::nullopt;
    return ends_.begin()->first;
}

} // namespace rebolt::store
