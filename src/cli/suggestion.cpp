#include "cli/suggestion.hpp"

#include <algorithm>

namespace rebolt::cli {
namespace {

constexpr std::size_t edits_max = 2;

std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min(
                {row[j] + 1, row[j - 1] + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[right.size()];
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
