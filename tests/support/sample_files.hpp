// Small sound files of every page size and shape: what damage is made from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "support/tree_builder.hpp"

namespace rebolt::test {

struct SampleFile {
    std::string name; ///< `every-kind-512`
    std::uint32_t page_size;
    std::vector<std::byte> bytes;
};

/// Values, empty values, nested, inline and empty buckets, sequences, long
/// values: all that a bucket may hold. With pages of 512 bytes it takes trees
/// of several levels and overflow pages.
[[nodiscard]] BucketContent content_of_every_kind();

/// For each page size from 512 to 65536 a file of every kind; one without a
/// stored freelist and one whose pages are barely filled.
[[nodiscard]] const std::vector<SampleFile>& sample_files();

} // namespace rebolt::test
