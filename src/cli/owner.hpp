// The owner's rules, for commands that judge values.
#pragma once

#include <span>
#include <string>

#include <rebolt/check.hpp>
#include <rebolt/schema.hpp>

namespace rebolt::cli {

/// The judge of the values of the program whose top-level buckets these are;
/// empty if they are nobody's that is known.
[[nodiscard]] ValueJudge owner_judge(std::span<const std::string> top_level);

} // namespace rebolt::cli
