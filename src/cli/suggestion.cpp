#include "cli/suggestion.hpp"

#include <algorithm>

namespace rebolt::cli {
namespace {

constexpr std::size_t edits_max = 2;

// Insertions, deletions, replacements, and swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::vector<std::size_t>> rows(left.size() + 1,
                                               std::vector<std::size_t>(right.size() + 1));
    for (std::size_t i = 0; i <= left.size(); ++i)
        for (std::size_t j = 0; j <= right.size(); ++j) {
            if (i == 0 || j == 0) {
                rows[i][j] = i + j;
                continue;
            }
            const std::size_t replaced = left[i - 1] == right[j - 1] ? 0 : 1;
            rows[i][j] =
                std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + replaced});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    return rows[left.size()][right.size()];
}

} // namespace

std::string nearest_to(std::string_view text, const std::vector<std::string>& names) {
    std::string nearest;
    std::size_t least = edits_max + 1;
    for (const std::string& name : names) {
        const std::size_t distance = edit_distance(text, name);
        if (distance < least) {
            least = distance;
            nearest = name;
        }
    }
    return nearest;
}

} // namespace rebolt::cli
