// How pages came to be neither in use nor free, as far as other pages tell.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "check/check_context.hpp"

namespace rebolt::check_walk {

/// A leaf or branch that is sound by itself.
struct SoundPage {
    PageId id;
    std::uint64_t pages; ///< with its overflow
    bool is_leaf;
    Bytes bytes;
};

/// The page, if it is one, and ends before page `end`. Cost: O(page).
[[nodiscard]] std::optional<SoundPage> sound_page(const CheckContext& context, PageId id,
                                                  std::uint64_t end);

enum class LeakOrigin : std::uint8_t {
    /// Proven. The newest transaction wrote one of them (it was free before, or beyond
    /// the end), or a freed branch still leads to one: whoever rewrites a branch keeps
    /// its children or frees them.
    lost_write,
    /// Freed leaves have them as roots of buckets, and nothing else leads to them. So
    /// bbolt leaves them when it deletes a bucket that was changed in the same
    /// transaction: of the buckets in it, it forgets every second.
    forgotten_buckets,
    unknown,
};

/// `pages`: that hold what the tree has not, by their ids; `previous`: the state
/// before, or null. Needs the marks of both freelists. Cost: O(pages of the file).
[[nodiscard]] LeakOrigin origin_of(const std::vector<SoundPage>& pages, const CheckContext& context,
                                   const Tree* previous);

} // namespace rebolt::check_walk
