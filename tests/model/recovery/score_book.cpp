#include "score_book.hpp"

#include <fmt/format.h>

namespace rebolt::test {
namespace {

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

// Down, not to the nearest: 100 must mean all.
std::string percent(const Recall& recall) {
    const double value = percent(recall.back, recall.wanted);
    return fmt::format("{:.3f}",
                       static_cast<double>(static_cast<std::uint64_t>(value * 1000)) / 1000);
}

} // namespace

ScoreBook& ScoreBook::get() {
    static ScoreBook book;
    return book;
}

void ScoreBook::add(const Shape& shape, const Harm& harm, std::uint64_t trials,
                    const Score& score) {
    Row& row = rows_[{&harm, &shape}];
    row.shape = &shape;
    row.harm = &harm;
    row.trials += trials;
    row.score += score;
}

std::string ScoreBook::table() const {
    std::map<const Harm*, Row> kinds;
    for (const auto& [key, row] : rows_) {
        Row& kind = kinds[row.harm];
        kind.harm = row.harm;
        kind.trials += row.trials;
        kind.score += row.score;
    }
    std::string text = fmt::format("{:<31} {:>6} {:>8} {:>8} {:>8} {:>8} {:>6}\n", "damage",
                                   "files", "recall %", "own %", "live %", "current%", "lies");
    for (const auto& [harm, row] : kinds)
        text +=
            fmt::format("{:<31} {:>6} {:>8} {:>8} {:>8} {:>8.2f} {:>6}\n", harm->name, row.trials,
                        percent(row.score.recall), percent(row.score.own), percent(row.score.live),
                        percent(row.score.current, row.score.items), row.score.lies);
    return text;
}

std::string ScoreBook::lines() const {
    std::string text;
    for (const auto& [key, row] : rows_) {
        const Score& score = row.score;
        text += fmt::format("{}\t{}\t{}\t{}\t{}", name_of(row.harm->promise), row.harm->name,
                            name_of(row.shape->group), row.shape->name, row.trials);
        for (const Recall& recall : {score.recall, score.own, score.live, score.surgery})
            text += fmt::format("\t{}\t{}", recall.wanted, recall.back);
        text += fmt::format("\t{}\t{}\t{}\n", score.items, score.current, score.lies);
    }
    return text;
}

} // namespace rebolt::test
