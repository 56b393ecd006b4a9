#include "recorded.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace rebolt::test {
namespace {

std::string path_of(BboltVersion version) {
    return fmt::format("{}/outcomes/{}.txt", REBOLT_TEST_DATA, name_of(version));
}

OutcomeKind kind_of(const std::string& name) {
    for (const OutcomeKind kind :
         {OutcomeKind::fine, OutcomeKind::error, OutcomeKind::panic, OutcomeKind::hang})
        if (name_of(kind) == name)
            return kind;
    std::fputs(("no outcome is called " + name + "\n").c_str(), stderr);
    std::abort();
}

} // namespace

std::vector<RecordedOutcome> recorded_outcomes(BboltVersion version) {
    std::ifstream file(path_of(version));
    std::vector<RecordedOutcome> outcomes;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string name;
        std::string operation;
        std::string kind;
        words >> name >> operation >> kind;
        words.get();
        RecordedOutcome one{name, *bbolt_operation(operation), {kind_of(kind), {}}};
        std::getline(words, one.outcome.words);
        outcomes.push_back(std::move(one));
    }
    if (outcomes.empty()) {
        std::fputs(("no outcomes in " + path_of(version) + "\n").c_str(), stderr);
        std::abort();
    }
    return outcomes;
}

void record(BboltVersion version, const std::vector<RecordedOutcome>& outcomes) {
    std::ofstream file(path_of(version));
    for (const RecordedOutcome& one : outcomes)
        file << one.file << ' ' << name_of(one.operation) << ' ' << name_of(one.outcome.kind)
             << (one.outcome.words.empty() ? "" : " ") << one.outcome.words << '\n';
}

} // namespace rebolt::test
