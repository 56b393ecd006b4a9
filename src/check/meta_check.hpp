// Judges the two metas, and decides which trees are to be walked.
#pragma once

#include <vector>

#include "check/check_context.hpp"

namespace rebolt::check_walk {

struct Metas {
    std::vector<MetaReport> reports;
    /// The trees to walk, the primary first. A tree of an invalid meta is in it
    /// when its root may be where the meta says.
    std::vector<Tree> trees;
};

/// Reads pages 0 and 1; adds findings to `log`. Needs nothing but the bytes.
[[nodiscard]] Metas read_metas(const PageSource& source, FindingLog& log);

/// What the file is when nothing in it looks like a bbolt database: file_empty,
/// foreign_byte_order or not_a_bolt_file; nullopt if it may be one.
[[nodiscard]] std::optional<Finding> not_a_database(const PageSource& source);

} // namespace rebolt::check_walk
