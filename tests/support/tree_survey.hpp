// Where things stand in a sound file: for damage that must hit what is in use.
#pragma once

#include <cstdint>
#include <vector>

#include <rebolt/bytes.hpp>

namespace rebolt::test {

using PagePath = std::vector<std::uint64_t>;

/// A branch's element.
struct ChildPlace {
    std::uint64_t offset; ///< of the child's id, bytes into the file
    std::uint64_t child;
    PagePath path; ///< pages from the database's root down to the branch
};

/// A leaf element whose value is a bucket.
struct BucketPlace {
    std::uint64_t offset; ///< of the value, bytes into the file
    std::uint64_t root;   ///< 0: inline
    PagePath path;        ///< pages from the database's root down to the leaf
};

/// All of it by the newest meta.
struct TreeSurvey {
    std::uint64_t meta = 0; ///< the newest transaction's page
    std::uint64_t high_water_mark = 0;
    std::uint64_t freelist = 0;      ///< its page; all ones: none
    std::vector<std::uint64_t> free; ///< as the freelist has them
    std::vector<std::uint64_t> branches;
    std::vector<std::uint64_t> leaves;
    std::vector<ChildPlace> children;
    std::vector<BucketPlace> buckets;
};

/// `file` must be sound: nothing is checked here.
[[nodiscard]] TreeSurvey survey(Bytes file, std::uint32_t page_size);

} // namespace rebolt::test
