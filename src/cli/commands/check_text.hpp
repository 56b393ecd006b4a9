// A check's report in words.
#pragma once

#include <string>

#include <rebolt/check.hpp>

#include "cli/records.hpp"

namespace rebolt::cli {

/// What follows from a verdict; `impact` is impact_of()'s. All are empty for a clean file.
struct Advice {
    std::string consequence; ///< what bbolt does with the file
    std::string hint;        ///< what the command below is for
    std::string command;     ///< the next command to type
};

[[nodiscard]] Advice advice_for(const CheckReport& report, std::string impact);

/// The whole report, ending in a newline. Control characters in names and
/// paths are shown as \xNN.
[[nodiscard]] std::string check_text(const CheckReport& report, const std::string& impact,
                                     const RecordSums& records);

} // namespace rebolt::cli
