// A guard's report as bytes, for a pipe between two processes of one program.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <rebolt/guard.hpp>

namespace rebolt::cli {

/// A report that came through the pipe.
struct ReceivedReport {
    GuardReport report;
    bool is_final = false; ///< nothing more is done to this file
};

/// All that is shown of a report: of its recovery the counts alone.
[[nodiscard]] std::string to_bytes(const GuardReport& report, bool is_final);

/// The first report in `bytes`, which are cut off before what is left; nullopt if it
/// is not whole yet.
[[nodiscard]] std::optional<ReceivedReport> take_report(std::string& bytes);

} // namespace rebolt::cli
