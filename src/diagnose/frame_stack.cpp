#include "diagnose/frame_stack.hpp"

#include <algorithm>
#include <utility>

namespace rebolt::diagnose {

void FrameStack::restart(const GoroutineHeader& header) {
    trace_ = {};
    trace_.goroutine = header.number;
    trace_.state = header.state.substr(0, 64);
    count_ = 0;
}

void FrameStack::add(Frame frame) {
    if (count_ < frames_max)
        trace_.frames.push_back(std::move(frame));
    else
        trace_.frames[last_index(count_)] = std::move(frame);
    ++count_;
}

Trace FrameStack::take() {
    if (count_ > frames_max) {
        trace_.frames_dropped = count_ - frames_max;
        const auto middle = static_cast<std::ptrdiff_t>(half);
        const auto oldest = static_cast<std::ptrdiff_t>(half + (count_ - frames_max) % half);
        std::rotate(trace_.frames.begin() + middle, trace_.frames.begin() + oldest,
                    trace_.frames.end());
    }
    count_ = 0;
    return std::exchange(trace_, {});
}

} // namespace rebolt::diagnose
