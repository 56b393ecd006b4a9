// The table of where programs keep their bolt files.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::diagnose {

/// A file of a program, below its root.
struct FileRule {
    std::string_view program;
    /// In the trace or the message, where they say which file; empty: any.
    std::array<std::string_view, 6> hints;
    std::string_view path;     ///< below the root
    std::string_view roots;    ///< which list of roots
    std::string_view folder;   ///< whose named folder is such a root
    bool is_also = false;      ///< beside the first one of the program
    bool has_siblings = false; ///< another file that the log names may be beside it

    [[nodiscard]] std::span<const std::string_view> words() const noexcept;
};
[[nodiscard]] std::span<const FileRule> file_rules() noexcept;

struct Root {
    std::string_view list;
    std::string_view system; ///< only there; empty: usual
    std::string path;
};
[[nodiscard]] std::vector<Root> all_roots();

/// How a distribution is told.
struct SystemMark {
    std::string_view writer; ///< how the writer's name starts
    std::string_view folder; ///< whose folder the log names
    std::string_view system;
};
[[nodiscard]] std::span<const SystemMark> system_marks() noexcept;

struct UnitRule {
    std::string_view system;
    std::string_view program; ///< how its name starts
    std::array<std::string_view, 3> units;
};
[[nodiscard]] std::span<const UnitRule> unit_rules() noexcept;

} // namespace rebolt::diagnose
