// A key on the command line: the buckets that lead to it, and the key.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <rebolt/result.hpp>

#include "cli/arguments.hpp"
#include "cli/key_format.hpp"
#include "cli/readable.hpp"

namespace rebolt::cli {

struct KeyOptions {
    std::vector<std::string> path; ///< buckets, then the key; see is_given()
    ParseFormat format = ParseFormat::ascii_encoded;
    ParseFormat bucket_format = ParseFormat::ascii_encoded;

    /// Adds BUCKET_KEY, --parse-format and --parse-bucket-format.
    void add_to(Arguments arguments);
    /// Whether there is a bucket and a key.
    [[nodiscard]] bool is_given() const noexcept;
    /// The names of the buckets, as they were given.
    [[nodiscard]] std::span<const std::string> buckets() const noexcept;
    /// The key as it was given, or the number that stands for it where the owner's keys
    /// in `bucket` are numbers. Errors: invalid_argument (no hex).
    [[nodiscard]] Result<std::string> key(const Words& words, Words::BucketNames bucket) const;
};

} // namespace rebolt::cli
