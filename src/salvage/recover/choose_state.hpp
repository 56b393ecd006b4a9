// ChooseState: which state is the newest, what its freelist and the state before
// say, and whose file it is.
#pragma once

#include "salvage/recover/context.hpp"

namespace rebolt::salvage {

class ChooseState {
public:
    explicit ChooseState(Context& context) noexcept : context_(context) {}

    /// One part of the work; false when all is done. Errors: damaged (no page is
    /// sound; newest_whole, and no state is), cancelled.
    Result<bool> step();

private:
    [[nodiscard]] Error nothing_to_recover() const;
    void look_for_true_root();
    Result<void> require_whole();
    void weigh();

    Context& context_;
    unsigned next_ = 0;
};

} // namespace rebolt::salvage
