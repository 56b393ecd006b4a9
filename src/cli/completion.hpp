// What may be typed next, for shells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_help.hpp"

namespace rebolt::cli {

struct Completion {
    std::string word;
    std::string text; ///< what it means; may be empty
};

struct Completions {
    std::vector<Completion> words;
    bool files = false; ///< names of files too
};

/// What may follow `words`, whose last is what is typed so far, maybe nothing. Names
/// of buckets are looked up in the file that was named before; it is only read, and
/// without its lock. Cost: that of reading the bucket, 1000 names at most.
[[nodiscard]] Completions complete(const CommandHelp& root, const std::vector<std::string>& words);

/// The script that makes a shell ask `rebolt complete`: of bash, zsh or fish; empty
/// for any other.
[[nodiscard]] std::string_view completion_script(std::string_view shell) noexcept;

} // namespace rebolt::cli
