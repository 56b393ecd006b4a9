#include "salvage/recover/keep.hpp"

#include "base/try.hpp"

namespace rebolt::salvage {

Result<bool> Keep::step() {
    constexpr std::uint64_t pages_a_step = 256;
    if (!has_begun_)
        walk_.begin(root_bucket, {.page = context_.states.newest.root});
    has_begun_ = true;
    std::uint64_t pages = pages_a_step;
    while (const auto kept = walk_.next(pages)) {
        TRY(context_.pulse.beat());
        if (!TRY(entries_.keep(*kept, Found::in_newest)) && kept->is_bucket)
            walk_.leave_out();
    }
    pages_done_ += pages_a_step - pages;
    return !walk_.is_at_end();
}

} // namespace rebolt::salvage
