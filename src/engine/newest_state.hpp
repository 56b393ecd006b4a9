// Which of the two metas a database is opened by, and whether it is the newest.
//
// bbolt takes the valid meta with the larger txid. When the other one is damaged,
// it may have been the newer: what bbolt shows then is an older state, and what it
// writes next destroys the newer one.
#pragma once

#include <cstdint>
#include <optional>

#include <rebolt/bytes.hpp>
#include <rebolt/finding.hpp>
#include <rebolt/format.hpp>

#include "format/newer_meta.hpp"

namespace rebolt::engine {

struct NewestState {
    std::optional<format::MetaFields> taken; ///< bbolt's choice; nullopt: no valid meta
    /// What is wrong with the other meta; a note unless it is the newer one.
    std::optional<Finding> other;
    std::optional<format::NewerMeta> newer;
};

/// The valid meta of this transaction; nullopt: there is none. Cost: O(1).
[[nodiscard]] std::optional<format::MetaFields> meta_of(TxId transaction, Bytes file,
                                                        std::uint32_t page_size);

/// Cost: O(1).
[[nodiscard]] NewestState newest_state(Bytes file, std::uint32_t page_size);

} // namespace rebolt::engine
