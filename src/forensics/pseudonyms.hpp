// Pseudonyms: for each of many keys another of the same length, such that they sort as
// the keys do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::forensics {

/// Keys form a tree by their bytes. Where it has branches, the n-th byte becomes the
/// n-th of a row of letters; so a pseudonym tells only which beginnings keys share. A
/// byte stays what it was only where more than half of all bytes follow the same
/// beginning.
class Pseudonyms {
public:
    /// Of these keys, in any order and repeated as they may be. The views must outlive
    /// the object. Cost: O(n log n) comparisons; memory: the distinct keys' bytes.
    explicit Pseudonyms(std::vector<std::string_view> keys);

    [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
    /// Empty if `key` is none of them: the file may change while it is read. Valid as
    /// long as this object is.
    [[nodiscard]] std::string_view of(std::string_view key) const noexcept;

private:
    struct Range { ///< keys that have the same first `depth` bytes
        std::size_t begin;
        std::size_t end;
        std::size_t depth;
    };
    void name(const Range& range, std::vector<Range>& rest);
    void put_common(const Range& range, std::size_t depth);

    std::vector<std::string_view> keys_; ///< ascending
    std::vector<std::size_t> offsets_;   ///< of each one's pseudonym in names_
    std::string names_;
};

} // namespace rebolt::forensics
