// Runs a recovery, and holds what came of it against the file that it wrote.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/recover.hpp>

#include "states.hpp"

namespace rebolt::test {

/// An item as on_item told of it.
struct ToldItem {
    std::optional<std::string> value; ///< nullopt: a bucket
    Provenance provenance;
    bool is_partial;
    std::uint64_t page;
};

/// By bucket and key.
using ToldItems = std::map<std::pair<BucketNames, std::string>, ToldItem>;

/// What a recovery came to.
struct Recovered {
    std::string error; ///< why there is no new file; empty: there is
    ToldItems items;
    std::map<BucketNames, std::uint64_t> sequences; ///< of the buckets in the new file
    std::vector<std::string> faults;                ///< what must never be
    RecoverReport report{};
};

/// What a file holds, by bucket and key; of buckets: nullopt.
using Content = std::map<std::pair<BucketNames, std::string>, std::optional<std::string>>;
[[nodiscard]] Content content_of(const std::string& path);
[[nodiscard]] Content content_of(const Recovered& recovery);

/// Options that ask the schema's rules, as the command line does.
[[nodiscard]] RecoverOptions recover_options();
[[nodiscard]] CheckOptions check_options();

/// Recovers `source` to `target`. Faults: an item told twice, new file and
/// items differ, the new file is not clean, the report's sums are wrong, a step
/// fails though the source is a bbolt file.
[[nodiscard]] Recovered recover(const std::string& source, const std::string& target,
                                RecoverOptions options = recover_options());

} // namespace rebolt::test
