#include "forensics/pseudonyms.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace rebolt::forensics {
namespace {

/// A row of bytes that may follow each other.
struct Row {
    unsigned first;
    unsigned last;
};
constexpr std::array<Row, 3> rows{Row{'a', 'z'}, Row{0x21, 0x7E}, Row{0, 0xFF}};

// Some row, not the same everywhere: pseudonyms of other keys must not spell a key.
std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
    std::uint64_t x = a * 0x9E37'79B9'7F4A'7C15ULL + b + 0x632B'E59B'D9B4'E019ULL;
    x = (x ^ (x >> 30U)) * 0xBF58'476D'1CE4'E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D0'49BB'1331'11EBULL;
    return x ^ (x >> 31U);
}

bool keeps_a_byte(const std::vector<unsigned char>& bytes, unsigned first) noexcept {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (bytes[i] == first + i)
            return true;
    return false;
}

// The byte that the first of `bytes`, which ascend, becomes; the others follow.
unsigned char first_of_row(const std::vector<unsigned char>& bytes, std::uint64_t salt) noexcept {
    for (const Row& row : rows) {
        const std::size_t length = row.last - row.first + 1;
        if (bytes.size() > length)
            continue;
        const std::size_t places = length - bytes.size() + 1;
        for (std::size_t i = 0; i < places; ++i) {
            const auto first = static_cast<unsigned>(row.first + (salt + i) % places);
            if (!keeps_a_byte(bytes, first))
                return static_cast<unsigned char>(first);
        }
    }
    return static_cast<unsigned char>(0xFF - (bytes.size() - 1));
}

std::size_t common_prefix(std::string_view left, std::string_view right) noexcept {
    return static_cast<std::size_t>(std::ranges::mismatch(left, right).in1 - left.begin());
}

} // namespace

Pseudonyms::Pseudonyms(std::vector<std::string_view> keys) : keys_(std::move(keys)) {
    std::ranges::sort(keys_);
    keys_.erase(std::ranges::unique(keys_).begin(), keys_.end());
    std::size_t bytes = 0;
    for (const std::string_view key : keys_) {
        offsets_.push_back(bytes);
        bytes += key.size();
    }
    names_.resize(bytes);
    std::vector<Range> rest;
    if (!keys_.empty())
        rest.push_back({0, keys_.size(), 0});
    while (!rest.empty()) {
        const Range range = rest.back();
        rest.pop_back();
        name(range, rest);
    }
}

// The bytes from range.depth to `depth`, which all keys of the range have in common.
void Pseudonyms::put_common(const Range& range, std::size_t depth) {
    const std::string_view key = keys_[range.begin];
    for (std::size_t at = range.depth; at < depth; ++at) {
        const auto byte = static_cast<unsigned char>(key[at]);
        const auto named = static_cast<char>(first_of_row({byte}, mixed(range.begin, at)));
        for (std::size_t i = range.begin; i < range.end; ++i)
            names_[offsets_[i] + at] = named;
    }
}

void Pseudonyms::name(const Range& range, std::vector<Range>& rest) {
    const std::size_t depth = common_prefix(keys_[range.begin], keys_[range.end - 1]);
    put_common(range, depth);
    // The key that ends here is the first.
    const std::size_t begin = range.begin + (keys_[range.begin].size() == depth ? 1 : 0);
    if (begin == range.end)
        return;
    std::vector<unsigned char> bytes;
    std::vector<std::size_t> starts;
    for (std::size_t i = begin; i < range.end; ++i) {
        const auto byte = static_cast<unsigned char>(keys_[i][depth]);
        if (bytes.empty() || bytes.back() != byte) {
            bytes.push_back(byte);
            starts.push_back(i);
        }
    }
    starts.push_back(range.end);
    const unsigned char first = first_of_row(bytes, mixed(begin, depth));
    for (std::size_t group = 0; group < bytes.size(); ++group) {
        for (std::size_t i = starts[group]; i < starts[group + 1]; ++i)
            names_[offsets_[i] + depth] = static_cast<char>(first + group);
        rest.push_back({starts[group], starts[group + 1], depth + 1});
    }
}

std::string_view Pseudonyms::of(std::string_view key) const noexcept {
    const auto found = std::ranges::lower_bound(keys_, key);
    if (found == keys_.end() || *found != key)
        return {};
    const auto index = static_cast<std::size_t>(found - keys_.begin());
    return std::string_view(names_).substr(offsets_[index], key.size());
}

} // namespace rebolt::forensics
