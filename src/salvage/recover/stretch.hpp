// Stretch: the keys from `first` to `last`, a part of a bucket.
#pragma once

#include <string_view>

#include <rebolt/id.hpp>

namespace rebolt::salvage {

struct Stretch {
    std::string_view first;
    std::string_view last;
    PageId page{}; ///< that has them, where that matters
};

} // namespace rebolt::salvage
