#include "shrink.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace rebolt::test {
namespace {

/// Lines that can only go together.
using Piece = std::vector<std::size_t>;

bool is_frame(const std::string& line) {
    return line.starts_with("open") || line == "close" || line == "begin" || line == "commit" ||
           line == "rollback";
}

// `close` with the `open` behind it: two sessions become one.
std::vector<Piece> session_ends(const Script& script) {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i + 1 < script.size(); ++i)
        if (script[i] == "close" && script[i + 1].starts_with("open"))
            pieces.push_back({i, i + 1});
    return pieces;
}

std::vector<Piece> transactions(const Script& script) {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < script.size(); ++i) {
        if (script[i] == "begin")
            pieces.emplace_back();
        if (!pieces.empty() && script[i] != "close" && !script[i].starts_with("open"))
            pieces.back().push_back(i);
    }
    return pieces;
}

std::vector<Piece> operations(const Script& script) {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < script.size(); ++i)
        if (!is_frame(script[i]))
            pieces.push_back({i});
    return pieces;
}

Script without(const Script& script, const std::vector<Piece>& pieces, std::size_t from,
               std::size_t to) {
    std::vector<bool> goes(script.size());
    for (std::size_t i = from; i < to; ++i)
        for (const std::size_t line : pieces[i])
            goes[line] = true;
    Script rest;
    for (std::size_t i = 0; i < script.size(); ++i)
        if (!goes[i])
            rest.push_back(script[i]);
    return rest;
}

class Shrinker {
public:
    Shrinker(const std::function<bool(const Script&)>& fails, int tries)
        : fails_(fails), tries_(tries) {}

    // Leaves out runs of pieces, from the end: half of all at first, then less.
    bool leave_out(Script& script, std::vector<Piece> (*pieces_of)(const Script&)) {
        const std::size_t before = script.size();
        for (std::size_t size = std::max<std::size_t>(pieces_of(script).size() / 2, 1); size > 0;
             size /= 2) {
            for (std::size_t end = pieces_of(script).size(); end > 0 && tries_ > 0;) {
                const std::vector<Piece> pieces = pieces_of(script);
                const std::size_t from = end - std::min(size, end);
                Script smaller = without(script, pieces, from, std::min(end, pieces.size()));
                --tries_;
                if (fails_(smaller))
                    script = std::move(smaller);
                end = from;
            }
        }
        return script.size() < before;
    }
    [[nodiscard]] bool has_tries() const noexcept { return tries_ > 0; }

private:
    const std::function<bool(const Script&)>& fails_;
    int tries_;
};

} // namespace

Script shrink(Script script, const std::function<bool(const Script&)>& fails, int tries) {
    Shrinker shrinker(fails, tries);
    for (bool smaller = true; smaller && shrinker.has_tries();) {
        smaller = shrinker.leave_out(script, transactions);
        smaller |= shrinker.leave_out(script, session_ends);
        smaller |= shrinker.leave_out(script, operations);
    }
    return script;
}

} // namespace rebolt::test
