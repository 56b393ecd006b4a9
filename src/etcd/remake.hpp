// A damaged state made whole: lost records from older pages, and from the log.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <rebolt/etcd/repair.hpp>

namespace rebolt::etcd {

struct Remade {
    std::string refusal; ///< empty: `state` is whole and proven
    std::shared_ptr<const DatabaseState> state;
    std::vector<std::string> proofs;
    std::vector<LostRevisions> lost; ///< what nothing holds, where it is refused
};

/// `sources`: files whose pages may hold older copies, the state's own among them;
/// they must outlive the result. Cost: O(bytes of the files + entries).
[[nodiscard]] Remade remake(const DatabaseState& state, std::span<const PageSource* const> sources,
                            const Wal* wal);

} // namespace rebolt::etcd
