// The scores of all trials of this program, as a table and as lines for
// scripts/recovery to sum up.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "score.hpp"

namespace rebolt::test {

class ScoreBook {
public:
    /// The one of this program.
    static ScoreBook& get();

    /// `trials` scores in sum, of one shape and kind of damage.
    void add(const Shape& shape, const Harm& harm, std::uint64_t trials, const Score& score);
    /// One line a kind of damage.
    [[nodiscard]] std::string table() const;
    /// One line a shape and kind, tab-separated: class, kind, group, shape,
    /// trials, recall, own, live, surgery (wanted and back each), items, current,
    /// lies.
    [[nodiscard]] std::string lines() const;

private:
    struct Row {
        const Shape* shape;
        const Harm* harm;
        std::uint64_t trials = 0;
        Score score;
    };
    std::map<std::pair<const Harm*, const Shape*>, Row> rows_;
};

} // namespace rebolt::test
