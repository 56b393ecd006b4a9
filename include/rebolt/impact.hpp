// impact: what a damaged file does to the programs that use it, in one sentence.
//
//     Impact: bbolt loops forever and exhausts memory; dockerd hangs on startup.
//
// It is what bbolt does (see prediction.hpp); only where bbolt notices nothing
// do the findings say what that hides.
#pragma once

#include <string>

#include <rebolt/check.hpp>
#include <rebolt/prediction.hpp>

namespace rebolt {

/// The sentence without its full stop, in lower case: `bbolt refuses the file:
/// invalid database`. Empty for a clean file. dockerd and etcd are named only
/// where they own the file. Cost: that of three predictions.
[[nodiscard]] std::string impact_of(const PageSource& source, const CheckReport& report,
                                    BboltVersion version = BboltVersion::v1_3_6);

/// The prediction in words: `panics: invalid freelist page: 22, page type is leaf`.
[[nodiscard]] std::string to_text(const Prediction& prediction, BboltOperation operation);

} // namespace rebolt
