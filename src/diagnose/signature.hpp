// Which signature a line or a trace has.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <rebolt/diagnose.hpp>

#include "diagnose/open_error.hpp"

namespace rebolt::diagnose {

/// Whether a line has words that signature_of_line() looks for. Cost: O(line).
[[nodiscard]] bool may_have_signature(std::string_view line);

/// A signature of a line that is no part of a trace: an error of opening a
/// file, or a killed process.
[[nodiscard]] std::optional<Signature> signature_of_line(std::string_view line,
                                                         const LineContext& context);

/// The signatures of a panic or fatal error: by its words, else by its words
/// and the frame where it happened. None: it is not bbolt's. Two where a second
/// panic came while the first one was handled.
[[nodiscard]] std::vector<Signature> signatures_of_trace(const Trace& trace);

/// What a goroutine of a dump, which did not panic, may be stuck in.
[[nodiscard]] std::optional<Signature> signature_of_dump(const Trace& trace);

} // namespace rebolt::diagnose
