// What the numbers in a stack say: how deep a cursor stood, which pages a walk
// went through.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

/// No sound tree is as deep: a branch has two children at least, and no file
/// has 2^64 pages.
inline constexpr std::uint64_t tree_depth_max = 64;

/// How many pages a cursor's stack held when it was to grow once more.
struct CursorDepth {
    std::uint64_t pages;
    bool is_exact;        ///< the slice's own length; else told from the memory asked for
    std::string shown_by; ///< the part of the log that says so
};
/// nullopt unless bbolt's cursor grew a slice and the log has its size.
[[nodiscard]] std::optional<CursorDepth> cursor_depth(const Trace& trace);

/// Pages that lead to each other, from the stack of a walk that recursed.
struct PageLoop {
    std::vector<std::uint64_t> pages; ///< from above to below; the last leads to the first
};
[[nodiscard]] std::optional<PageLoop> page_loop(const Trace& trace);

/// The depth that a recursive walk had come to, where its frames tell.
[[nodiscard]] std::optional<std::uint64_t> walk_depth(const Trace& trace);

/// Bytes in use when memory ended, as Go says it.
[[nodiscard]] std::optional<std::uint64_t> bytes_in_use(const Trace& trace);

} // namespace rebolt::diagnose
