// The database files, and the folders of data, that a log names.
#pragma once

#include <string>
#include <string_view>

#include <rebolt/diagnose.hpp>

namespace rebolt::diagnose {

/// Notes them in `report`: at most 16 of each. Returns whether the line names a
/// file. Cost: O(line).
bool note_named_files(std::string_view line, ScanReport& report);

/// Calls `take(path)` for each file path in `line`: absolute ones, those of
/// Windows, and bare names that end as databases do. No part of a URL is one.
template <class Take>
void for_each_path(std::string_view line, Take&& take);

/// The next word of a line at or after `at`, without what encloses it, and
/// where the one after it is looked for. Empty at the line's end.
struct PathWord {
    std::string_view text;
    std::size_t next;
};
[[nodiscard]] PathWord next_path_word(std::string_view line, std::size_t at) noexcept;
[[nodiscard]] bool is_path(std::string_view word) noexcept;

template <class Take>
void for_each_path(std::string_view line, Take&& take) {
    for (PathWord word = next_path_word(line, 0); !word.text.empty();
         word = next_path_word(line, word.next))
        if (is_path(word.text))
            take(word.text);
}

} // namespace rebolt::diagnose
