// history: every change of etcd's keys that a file still holds, also those that
// are compacted, or on pages that are free or lost.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/etcd/database.hpp>

namespace rebolt::etcd {

/// How sure it is that a record was the truth.
enum class Certainty : std::uint8_t {
    current,      ///< in the newest state
    compacted,    ///< on an old page, and followed by a record that continues it
    old_page,     ///< on an old page alone: what etcd once wrote there
    contradicted, ///< two pages hold different records of one revision
};
/// `current`, `compacted`, …
[[nodiscard]] std::string_view name_of(Certainty certainty) noexcept;

/// A change of a key. `value` is the source's.
struct Change {
    Revision revision;
    bool is_tombstone = false;
    KeyValue value;
    Certainty certainty = Certainty::current;
    PageId page{}; ///< where it was found; 0: in the newest state
};

/// All changes of a key, oldest first. `all_pages`: those of old pages too.
/// Cost: O(records), with all pages O(file).
[[nodiscard]] std::vector<Change> history_of(const PageSource& source, const DatabaseState& state,
                                             std::string_view key, bool all_pages);

/// The keys that live at a revision (0: the newest), in their order, with the
/// record that holds there. Errors: invalid_argument (compacted, or not reached).
/// Cost: O(records).
[[nodiscard]] Result<std::map<std::string_view, Change>> keys_at(const DatabaseState& state,
                                                                 std::int64_t revision = 0);

/// Keys that only old pages hold any more, with their newest record there.
/// Cost: O(file).
[[nodiscard]] std::map<std::string, Change> lost_keys(const PageSource& source,
                                                      const DatabaseState& state);

} // namespace rebolt::etcd
