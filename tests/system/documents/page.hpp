// A Markdown page, as far as the tests of documents read it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt::documents {

struct Page {
    std::string path; ///< from the project's root
    std::string text;
};

/// All pages of the project; of build folders none.
[[nodiscard]] std::vector<Page> all_pages(const std::filesystem::path& root);

/// Targets of links in prose: `docs/guard.md`, `findings.md#page-cycle`, `https://…`.
[[nodiscard]] std::vector<std::string> links_in(std::string_view text);

/// Code in prose, without its backticks, and lines of code blocks without the
/// prompt `$ `.
[[nodiscard]] std::vector<std::string> code_in(std::string_view text);

/// The anchors of a page's headings: `## Two commands` is `two-commands`.
[[nodiscard]] std::vector<std::string> anchors_in(std::string_view text);

/// The commands that a piece of code runs, as words without `rebolt`:
/// `rebolt store get|put URL` is {store, get} and {store, put}.
[[nodiscard]] std::vector<std::vector<std::string>> commands_in(std::string_view code);

} // namespace rebolt::documents
