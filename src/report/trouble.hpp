// Findings and errors as JSON: the same members wherever they are shown.
#pragma once

#include <string>

#include <rebolt/error.hpp>

#include "report/document.hpp"

namespace rebolt::report {

/// What to do after an error: a sentence, and the command to type; either may be
/// empty.
struct NextStep {
    std::string advice{};
    std::string command{};
};

/// code, severity, page, offset, bucket, path, transaction, message and repeated:
/// an item of `findings` in the document of `rebolt check`.
[[nodiscard]] Document finding_document(const Finding& finding);

/// kind, message, file, advice and next; `finding` too where damage is behind it.
[[nodiscard]] Document error_document(const Error& error, const NextStep& next = {});

/// `text`, or null if it is empty.
[[nodiscard]] Document text_or_null(const std::string& text);

} // namespace rebolt::report
