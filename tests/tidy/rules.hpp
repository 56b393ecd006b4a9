// The rules of the tree, each a function from a file's text to complaints.
#pragma once

#include <string>
#include <vector>

namespace rebolt::tidy {

/// A source file, with its path from the project's root.
struct SourceFile {
    std::string path;
    std::vector<std::string> lines;
};

using Complaints = std::vector<std::string>;

/// Who may include whom, by folder of src/ and header of include/rebolt.
[[nodiscard]] Complaints judge_includes(const SourceFile& file);
/// Lines of 100 columns, headers of 200 lines, sources of 400, functions of 70.
[[nodiscard]] Complaints judge_sizes(const SourceFile& file);
/// Calls, casts, macros and leftovers that have no place here.
[[nodiscard]] Complaints judge_words(const SourceFile& file);
/// A header's first lines: what it is, and #pragma once.
[[nodiscard]] Complaints judge_header(const SourceFile& file);
/// Enums of public headers without a name_of in any of them.
[[nodiscard]] Complaints judge_enum_names(const std::vector<SourceFile>& files);
/// Findings without a chapter in docs/findings.md, and chapters without a finding.
[[nodiscard]] Complaints judge_findings(const std::string& documentation);
/// The tests that a file holds, as `Suite.Name`.
[[nodiscard]] std::vector<std::string> tests_in(const SourceFile& file);
/// Tests, `Suite.Name`, that a document names and that are not among `tests`.
[[nodiscard]] Complaints judge_tests_named(const std::string& documentation,
                                           const std::vector<std::string>& tests);

} // namespace rebolt::tidy
