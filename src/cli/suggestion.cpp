#include "cli/suggestion.hpp"

#include <algorithm>
#include <array>

namespace rebolt::cli {
namespace {

constexpr std::size_t edits_max = 2;

// What other programs call it, and what the command is here.
struct OtherName {
    std::string_view name;
    std::string_view ours;
};
constexpr std::array other_names{
    OtherName{"restore", "recover"}, OtherName{"salvage", "recover"}, OtherName{"fix", "repair"},
    OtherName{"rollback", "undo"},   OtherName{"revert", "undo"},     OtherName{"verify", "check"},
    OtherName{"set", "put"},         OtherName{"rm", "delete"},       OtherName{"remove", "delete"},
    OtherName{"copy", "backup"},     OtherName{"defrag", "compact"},  OtherName{"list", "buckets"},
};

// The one name that begins with `text`.
std::string continued(std::string_view text, const std::vector<std::string>& names) {
    constexpr std::size_t bytes_min = 3;
    const auto begins = [text](const std::string& name) { return name.starts_with(text); };
    if (text.size() < bytes_min || std::ranges::count_if(names, begins) != 1)
        return {};
    return *std::ranges::find_if(names, begins);
}

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
    for (const OtherName& other : other_names)
        if (other.name == text && std::ranges::find(names, other.ours) != names.end())
            return std::string(other.ours);
    if (std::string longer = continued(text, names); !longer.empty())
        return longer;
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
