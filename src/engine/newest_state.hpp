// Which of the two metas a database is opened by, and whether it is the newest.
//
// bbolt takes the valid meta with the larger txid. When the other one is damaged,
// it may have been the newer: what bbolt shows then is an older state, and what it
// writes next destroys the newer one.
//
// A power cut leaves no damaged meta behind. bbolt syncs a transaction's pages
// before it writes its meta, and a meta lies in one sector of the disk, which a
// power cut leaves as it was or as it should be. So a meta that names the next
// transaction, though its checksum is wrong, was damaged after it was written:
// its transaction was committed, and somebody may rely on it.
#pragma once

#include <cstdint>
#include <optional>

#include <rebolt/bytes.hpp>
#include <rebolt/finding.hpp>
#include <rebolt/format.hpp>

namespace rebolt::engine {

/// A meta that cannot be used, but shows a transaction newer than the one taken.
struct NewerMeta {
    format::MetaFields fields; ///< as it was written, as far as it can be told
    /// One damaged field was put right, and the checksum fits: it was written so.
    /// Else its transaction can be believed only if its trees are whole.
    bool is_proven = false;
};

struct NewestState {
    std::optional<format::MetaFields> taken; ///< bbolt's choice; nullopt: no valid meta
    /// What is wrong with the other meta; a note unless it is the newer one.
    std::optional<Finding> other;
    std::optional<NewerMeta> newer;
};

/// The valid meta of this transaction; nullopt: there is none. Cost: O(1).
[[nodiscard]] std::optional<format::MetaFields> meta_of(TxId transaction, Bytes file,
                                                        std::uint32_t page_size);

/// Cost: O(1).
[[nodiscard]] NewestState newest_state(Bytes file, std::uint32_t page_size);

} // namespace rebolt::engine
