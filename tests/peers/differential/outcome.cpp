#include "outcome.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "support/file_builder.hpp"
#include "support/run_command.hpp"
#include "support/temporary_folder.hpp"

namespace rebolt::test {
namespace {

constexpr int killed = 128 + 9;
// Address space that Go reserves when it starts.
constexpr std::uint64_t reserved_bytes = std::uint64_t{1200} << 20U;

std::string line_after(const std::string& text, std::string_view mark) {
    const std::size_t begin = text.find(mark);
    if (begin == std::string::npos)
        return {};
    const std::size_t end = text.find('\n', begin);
    return text.substr(begin + mark.size(), end - begin - mark.size());
}

std::string without_path(std::string text, const std::string& path) {
    if (const std::size_t at = text.find(path); at != std::string::npos)
        text.replace(at, path.size(), "FILE");
    return text;
}

bool is_endless(const CommandResult& result) {
    constexpr std::array signs = {"SIGXCPU", "stack overflow", "out of memory", "cannot allocate"};
    for (const char* sign : signs)
        if (result.err.find(sign) != std::string::npos)
            return true;
    return result.exit_code == killed;
}

Outcome read_crash(const CommandResult& result) {
    if (is_endless(result))
        return {OutcomeKind::hang, ""};
    for (const char* signal : {"SIGBUS: bus error", "SIGSEGV: segmentation violation"})
        if (result.err.find("fatal error: fault") != std::string::npos &&
            result.err.find(signal) != std::string::npos)
            return {OutcomeKind::panic, fmt::format("fatal error: fault [signal {}]", signal)};
    std::string words = line_after(result.err, "panic: ");
    if (words.empty())
        words = line_after(result.err, "fatal error: ");
    return {OutcomeKind::panic, words};
}

} // namespace

Outcome real_outcome(const std::string& peer, BboltOperation operation, const std::string& bytes) {
    const TemporaryFolder folder;
    const std::string path = folder.path("x.db");
    write_file(path, as_bytes(bytes));
    const std::string limits =
        fmt::format("ulimit -c 0; ulimit -v {}; ulimit -S -t 2; ulimit -H -t 4; exec \"$0\" \"$@\"",
                    (memory_bytes + reserved_bytes) / 1024);
    const CommandResult result =
        run_command({"/bin/bash", "-c", limits, peer, std::string(name_of(operation)), path},
                    std::chrono::seconds{60});
    if (result.exit_code != 0)
        return read_crash(result);
    const std::string out = without_path(result.out.substr(0, result.out.find('\n')), path);
    if (out.starts_with("error "))
        return {OutcomeKind::error, out.substr(6)};
    return {OutcomeKind::fine, out.size() > 5 ? out.substr(5) : ""};
}

Outcome outcome_of(const Prediction& prediction, BboltOperation operation) {
    Outcome outcome{prediction.kind, prediction.words};
    if (prediction.kind == OutcomeKind::hang)
        outcome.words.clear();
    if (operation == BboltOperation::scan && prediction.kind == OutcomeKind::fine)
        outcome.words = fmt::format("{} entries #{:016x}", prediction.entries, prediction.hash);
    if (prediction.problems != 0)
        outcome.words = fmt::format("{} problems #{:016x}, first: {}", prediction.problems,
                                    prediction.hash, prediction.words);
    return outcome;
}

bool is_same(const Outcome& predicted, const Outcome& real) {
    return predicted == real;
}

} // namespace rebolt::test
