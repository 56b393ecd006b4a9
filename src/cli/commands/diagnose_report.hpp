// What `rebolt diagnose` prints.
#pragma once

#include <optional>
#include <string>

#include <rebolt/diagnose.hpp>
#include <rebolt/evidence.hpp>

#include "cli/json_output.hpp"

namespace rebolt::cli {

struct DiagnoseView {
    const std::optional<diagnose::ScanReport>& log;
    const diagnose::Evidence& evidence;
    const diagnose::Conclusion& conclusion;
    bool verbose;
};

/// What happened, in one line.
[[nodiscard]] std::string diagnose_sentence(const DiagnoseView& view);
/// The whole report for a person.
[[nodiscard]] std::string diagnose_text(const DiagnoseView& view);
/// The same for machines; docs/diagnose.md describes it.
[[nodiscard]] Document diagnose_document(const DiagnoseView& view);

} // namespace rebolt::cli
