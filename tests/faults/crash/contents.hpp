// What a test believes a database to hold, and changes that it makes to both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include <rebolt/rebolt.hpp>

#include "support/random.hpp"

namespace rebolt::test {

/// A bucket with all that is in it.
struct Contents {
    std::uint64_t sequence = 0;
    std::map<std::string, std::string> values;
    std::map<std::string, Contents> buckets;
};

/// An error saying where the bucket does not hold exactly that, or could not be
/// read.
[[nodiscard]] Result<void> compare(const Bucket& bucket, const Contents& expected);
/// The same for all of a database, as a new transaction sees it.
[[nodiscard]] Result<void> compare(const DB& db, const Contents& expected);

enum class Trees : std::uint8_t {
    newest,
    both, ///< also that of the transaction before, which the other meta names
};

/// An error listing what check finds in a file, if it is not clean.
[[nodiscard]] Result<void> require_clean(const std::string& path, Trees trees = Trees::newest);

/// What random changes are like.
struct Style {
    std::uint64_t keys = 40;         ///< different ones a bucket
    std::uint64_t value_bytes = 60;  ///< most of a usual value
    std::uint64_t long_bytes = 3000; ///< most of a long one
    std::uint64_t long_percent = 5;
    std::uint64_t erase_percent = 20;
    std::uint64_t bucket_percent = 8; ///< making, moving and deleting buckets
    std::size_t depth = 3;            ///< of buckets in buckets
};

/// Makes one random change to both. Errors: the engine's.
[[nodiscard]] Result<void> change(Bucket bucket, Contents& contents, const Style& style,
                                  Random& random);

} // namespace rebolt::test
