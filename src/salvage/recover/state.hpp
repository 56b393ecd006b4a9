// State: what one transaction left, as far as the file still shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <rebolt/id.hpp>

namespace rebolt::salvage {

struct State {
    PageId root{};
    std::uint64_t sequence = 0;
    std::optional<TxId> transaction{};
    PageId freelist = no_freelist;
    std::uint64_t page_end = 0; ///< the high water mark, as far as it is known
    bool has_meta = false;      ///< a valid one
};

struct States {
    State newest;
    std::optional<State> other;
    /// Nothing proves which of them is newer: then `rivals` may be the newest too.
    bool order_is_doubtful = false;
    std::vector<State> rivals{};
    /// Off: a root was taken that only looks like one, or a newer state is lost.
    bool is_newest_proven = true;
};

} // namespace rebolt::salvage
