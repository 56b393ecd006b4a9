// masked_copy: a copy of a file that may be given to a stranger: the same pages with
// the same damage, without the data.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <rebolt/page_source.hpp>
#include <rebolt/result.hpp>

namespace rebolt {

struct MaskedCopy {
    std::uint64_t pages = 0;
    std::uint64_t keys = 0; ///< distinct ones, bucket names among them
    std::uint64_t findings = 0;
    /// The copy shows the same findings at the same places, by its pages alone.
    bool has_same_findings = false;
    /// The first that is not the same; empty if all are.
    std::string difference;
};

/// Writes the copy to `path`, which appears, in place of what is there, once it is
/// whole and synced. Of every page, in use or not:
///
/// - keys and bucket names become pseudonyms of the same length, in the same order, the
///   same for the same key; where keys have a common beginning so have theirs;
/// - values become one repeated byte, as do all other bytes that are not zero: slack, old
///   pages, what no page's structure accounts for;
/// - what makes pages and leads from one to the other stays: headers, metas, freelists,
///   positions and sizes of elements, bucket roots and sequences. Where it is damaged so
///   that it may be somebody's data instead, a number that is as wrong takes its place.
///
/// The copy still shows how many keys and values there are, how long they are, and in
/// which order they come. Then both files are checked and their findings compared.
/// `progress` is told pages done and in all; false cancels. Errors: cancelled, io,
/// out_of_memory, permission_denied. Memory: the distinct keys, twice.
[[nodiscard]] Result<MaskedCopy>
write_masked_copy(const PageSource& source, const std::string& path,
                  const std::function<bool(std::uint64_t, std::uint64_t)>& progress = nullptr);

} // namespace rebolt
