// Finds any of many words in a line in one pass.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace rebolt::diagnose {

/// Words of two bytes at least. Where `#` is in a word, the text must have a
/// decimal number.
class WordFinder {
public:
    /// `words` must outlive it.
    explicit WordFinder(std::span<const std::string_view> words);

    struct Hit {
        std::size_t at;
        std::size_t word; ///< its index
        std::size_t end;  ///< right after the word
    };
    /// The first one from `from` on; of two at one place, the first in the list.
    /// Cost: O(text), times the words that start alike.
    [[nodiscard]] std::optional<Hit> find(std::string_view text, std::size_t from = 0) const;

private:
    std::span<const std::string_view> words_;
    std::bitset<65536> starts_; ///< pairs of bytes that a word starts with
};

/// The bytes that the word takes at the start of `text`; nullopt if the
/// text does not start with it.
[[nodiscard]] std::optional<std::size_t> word_length_in(std::string_view text,
                                                        std::string_view word) noexcept;

} // namespace rebolt::diagnose
