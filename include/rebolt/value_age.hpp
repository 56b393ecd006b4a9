// ValueAge: how new a value is, as its owner's program writes it.
#pragma once

#include <cstdint>

namespace rebolt {

/// Larger is newer. Comparable within one file.
struct ValueAge {
    std::uint64_t number;
    /// The owner never counts backwards. libkv does: it starts over with each
    /// start of its daemon, so its numbers are a hint, not a proof.
    bool is_sure;
};

} // namespace rebolt
