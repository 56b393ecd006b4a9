#include "score.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include <rebolt/format.hpp>

#include "support/patched_file.hpp"
#include "support/run_command.hpp"

namespace rebolt::test {
namespace {

std::string build_peer() {
    const std::string path = std::string(REBOLT_BUILD_DIR) + "/interop/outcomepeer";
    const CommandResult built = run_command(
        {std::string(REBOLT_SOURCE_DIR) + "/tests/peers/build-peer", path, "outcomepeer"},
        std::chrono::seconds{300});
    if (built.exit_code == 0)
        return path;
    std::fputs(built.err.c_str(), stderr);
    std::abort();
}

std::string cache_path(const Peer& peer, BboltOperation operation, const std::string& bytes) {
    const char* folder = std::getenv("REBOLT_OUTCOME_CACHE");
    if (folder == nullptr)
        return {};
    return fmt::format("{}/{}-{}-{:016x}", folder, name_of(peer.version), name_of(operation),
                       format::fnv1a(as_bytes(bytes)));
}

bool ends_badly(OutcomeKind kind) {
    return kind == OutcomeKind::panic || kind == OutcomeKind::hang;
}

} // namespace

std::vector<Peer> peers() {
    std::vector<Peer> found{{BboltVersion::v1_3_6, build_peer()}};
    const char* others = std::getenv("REBOLT_BBOLT_PEERS");
    std::istringstream list(others == nullptr ? "" : others);
    for (std::string item; std::getline(list, item, ',');)
        if (const auto version = bbolt_version(item.substr(0, item.find('='))))
            found.push_back({*version, item.substr(item.find('=') + 1)});
    return found;
}

namespace {

Outcome cached_outcome(const Peer& peer, BboltOperation operation, const std::string& bytes) {
    const std::string path = cache_path(peer, operation, bytes);
    if (!path.empty() && std::filesystem::exists(path)) {
        std::ifstream file(path);
        int kind = 0;
        Outcome outcome;
        file >> kind;
        file.get();
        std::getline(file, outcome.words, '\0');
        outcome.kind = static_cast<OutcomeKind>(kind);
        return outcome;
    }
    const Outcome outcome = real_outcome(peer.program, operation, bytes);
    if (!path.empty())
        std::ofstream(path) << static_cast<int>(outcome.kind) << ' ' << outcome.words;
    return outcome;
}

} // namespace

std::vector<Outcome> real_outcomes(const Peer& peer, BboltOperation operation,
                                   const std::vector<Case>& cases) {
    std::vector<Outcome> outcomes(cases.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < cases.size(); i = next++)
            outcomes[i] = cached_outcome(peer, operation, cases[i].bytes);
    };
    constexpr std::size_t workers = 3;
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < workers; ++i)
        threads.emplace_back(work);
    threads.clear();
    return outcomes;
}

Prediction predicted(const std::string& bytes, BboltVersion version, BboltOperation operation) {
    const Bytes content = as_bytes(bytes);
    PatchedFile file(std::vector<std::byte>(content.begin(), content.end()));
    const auto source = PageSource::open(file.path());
    return bbolt_prediction(
        *source, {.version = version, .operation = operation, .memory_bytes = memory_bytes});
}

void Score::add(const std::string& place, const Prediction& prediction, BboltOperation operation,
                const Outcome& real) {
    const Outcome foretold = outcome_of(prediction, operation);
    ++total_;
    ++confusion_[{foretold.kind, real.kind}];
    // What lies outside of the file decides whether it panics at once or loops.
    const bool outside =
        prediction.outside_of_the_file && ends_badly(foretold.kind) && ends_badly(real.kind);
    const bool same_kind = foretold.kind == real.kind || outside;
    const bool same = is_same(foretold, real);
    same_kind_ += same_kind ? 1 : 0;
    same_words_ += same ? 1 : 0;
    outside_ += outside && !same ? 1 : 0;
    if (!same)
        disagreements_.push_back({place, foretold, real, prediction.outside_of_the_file});
}

double Score::agreement() const {
    return total_ == 0 ? 1.0 : static_cast<double>(same_kind_) / static_cast<double>(total_);
}

std::string Score::text() const {
    std::string text = fmt::format("{} of {} end alike ({:.2f} %), {} in the same words (and {} "
                                   "outside of the file)",
                                   same_kind_, total_, 100 * agreement(), same_words_, outside_);
    for (const auto& [kinds, count] : confusion_)
        text += fmt::format("\n    predicted {}, was {}: {}", name_of(kinds.first),
                            name_of(kinds.second), count);
    return text;
}

} // namespace rebolt::test
