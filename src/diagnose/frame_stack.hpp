// The frames of a stack of any length: the innermost and the outermost.
#pragma once

#include <cstddef>

#include <rebolt/diagnose.hpp>

#include "diagnose/frame.hpp"

namespace rebolt::diagnose {

class FrameStack {
public:
    static constexpr std::size_t frames_max = 128;

    void restart(const GoroutineHeader& header);
    void add(Frame frame);
    [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }
    /// The frame added last. There must be one.
    [[nodiscard]] Frame& last() { return trace_.frames[last_index(count_ - 1)]; }
    /// What was added, innermost first. The stack is empty then.
    [[nodiscard]] Trace take();

private:
    static constexpr std::size_t half = frames_max / 2;
    // The outermost ones are in a ring in the second half.
    static std::size_t last_index(std::size_t index) noexcept {
        return index < frames_max ? index : half + (index - frames_max) % half;
    }
    Trace trace_;
    std::size_t count_ = 0;
};

} // namespace rebolt::diagnose
