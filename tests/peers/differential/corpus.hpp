// Damaged files of many kinds: those in tests/data, and others made here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rebolt::test {

struct Case {
    std::string name;
    std::string bytes;
};

/// tests/data/damaged, in order of their names.
[[nodiscard]] std::vector<Case> recorded_cases();

/// Files that are made here, `count` of each kind: always the same ones.
[[nodiscard]] std::vector<Case> made_cases(std::uint64_t count);

/// All files *.db in a folder.
[[nodiscard]] std::vector<Case> cases_in(const std::string& folder);

} // namespace rebolt::test
