// restore_values: what a torn page did to single values, undone from snapshots.
//
// A page that was written only in part may be sound as a page while values on it
// are half old and half new: the program that wrote them cannot read them. Where
// a snapshot of the same file has the key with a value that its owner's rules
// accept, that value is taken. Nothing is dropped, and where no snapshot helps a
// value stays as it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rebolt/owner_rules.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

struct RestoredValues {
    std::uint64_t restored = 0;
    std::uint64_t left = 0; ///< that no snapshot has
};

/// Changes the file at `path`, in one transaction, if anything can be restored.
/// `snapshots`: the best first. Errors: those of opening and writing `path`. Cost:
/// one walk over the file.
Result<RestoredValues> restore_values(const std::string& path,
                                      const std::vector<std::string>& snapshots,
                                      const OwnerRules& owners = known_owner_rules());

} // namespace rebolt
