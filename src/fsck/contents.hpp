// All of a file's content in memory, and the findings that are made on it: what
// the owners' comparisons share. Each owner is a file of its own here, with one
// function, and a row in fsck.cpp.
//
// May include what salvage may, and salvage. Start reading in fsck.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/fsck.hpp>

namespace rebolt::fsck_rules {

using Path = std::vector<std::string>;
using Values = std::map<std::string, std::string, std::less<>>;

struct Contents {
    std::map<Path, Values> buckets; ///< each bucket, without the buckets in it
    std::map<Path, std::uint64_t> sequences;
    std::string folder; ///< in which the file is

    /// Empty where there is no such bucket.
    [[nodiscard]] const Values& in(const Path& bucket) const;
    [[nodiscard]] bool has_bucket(const Path& bucket) const { return buckets.contains(bucket); }
    /// nullptr: not there.
    [[nodiscard]] const std::string* value(const Path& bucket, std::string_view key) const;
    /// The names of the buckets in a bucket.
    [[nodiscard]] std::vector<std::string> names_in(const Path& bucket) const;
};

/// Errors: DB::open's and those of reading.
[[nodiscard]] Result<Contents> read_contents(const PageSource& source);

using Findings = std::vector<IndexFinding>;

[[nodiscard]] inline BucketChange put(Path bucket, std::string key, std::string value,
                                      std::string what) {
    return {std::move(bucket), std::move(key), std::move(value), 0, std::move(what)};
}
[[nodiscard]] inline BucketChange erase(Path bucket, std::string key, std::string what) {
    return {std::move(bucket), std::move(key), std::nullopt, 0, std::move(what)};
}

void compare_podman(const Contents& contents, Findings& findings);
void compare_influxdb(const Contents& contents, Findings& findings);
void compare_portainer(const Contents& contents, Findings& findings);
void compare_raft(const Contents& contents, Findings& findings);
void compare_bleve(const Contents& contents, Findings& findings);

} // namespace rebolt::fsck_rules
