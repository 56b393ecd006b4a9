#include "docker/go_stack.hpp"

namespace rebolt::docker {

void GoStack::push(const GoFrame& frame) {
    Places& places = pages_[number(frame.page)];
    ++places.all;
    places.from_first += frame.from_first ? 1 : 0;
    frames_.push_back(frame);
}

void GoStack::cut_to(std::size_t depth) {
    for (; frames_.size() > depth; frames_.pop_back()) {
        const auto at = pages_.find(number(frames_.back().page));
        at->second.from_first -= frames_.back().from_first ? 1 : 0;
        if (--at->second.all == 0)
            pages_.erase(at);
    }
}

} // namespace rebolt::docker
