// What is safe of the user's data, in the words of the program that keeps it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <rebolt/record_count.hpp>

#include "report/document.hpp"

namespace rebolt::cli {

/// Not counted, or a sum for each kind.
using RecordSums = std::optional<std::vector<RecordSum>>;

/// `Your data: 9 of 9 networks, 11 of 11 endpoints`, a line; empty if it was not
/// counted or there is none.
[[nodiscard]] std::string records_text(const RecordSums& sums);
/// The same as an array, or null.
[[nodiscard]] rebolt::report::Document records_document(const RecordSums& sums);

} // namespace rebolt::cli
