// A check's report in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <rebolt/check.hpp>

#include "cli/records.hpp"

namespace rebolt::cli {

/// As FILE: a database that comes through a pipe.
inline constexpr std::string_view standard_input = "-";

/// What is known of what a recovery would bring back.
enum class Prospect : std::uint8_t { unknown, something, nothing };

/// What follows from a verdict; `impact` is impact_of()'s. All are empty for a clean file.
struct Advice {
    std::string consequence; ///< what bbolt does with the file
    std::string hint;        ///< what the command below is for
    std::string command;     ///< the next command to type
};

[[nodiscard]] Advice advice_for(const CheckReport& report, std::string impact,
                                Prospect prospect = Prospect::unknown);

/// check's sentence, coloured by the verdict.
[[nodiscard]] std::string verdict_text(const CheckReport& report);

/// The hint with its command below, as check ends.
[[nodiscard]] std::string advice_text(const Advice& advice);

/// The whole report, ending in a newline. Control characters in names and
/// paths are shown as \xNN.
[[nodiscard]] std::string check_text(const CheckReport& report, const Advice& advice,
                                     const RecordSums& records);

} // namespace rebolt::cli
