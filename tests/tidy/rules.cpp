#include "rules.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include <rebolt/finding.hpp>

#include "functions.hpp"

namespace rebolt::tidy {
namespace {

constexpr std::size_t columns_max = 100;
constexpr std::size_t header_lines_max = 200;
constexpr std::size_t source_lines_max = 400;
constexpr std::size_t function_lines_max = 70;

// Files that are over a limit already; they may shrink, not grow.
const std::map<std::string, std::size_t> line_ratchet = {};

// A section's table in docs/architecture.md: its first cell, and the words in
// backticks of its second and third.
struct TableRow {
    std::set<std::string> first;
    std::set<std::string> second;
};

std::set<std::string> words_of(const std::string& cell) {
    static const std::regex word("`([^`]+)`");
    std::set<std::string> words;
    for (std::sregex_iterator at(cell.begin(), cell.end(), word), end; at != end; ++at)
        words.insert((*at)[1]);
    return words;
}

std::map<std::string, TableRow> table_of(const std::string& section) {
    std::ifstream page(REBOLT_SOURCE_DIR "/docs/architecture.md");
    std::map<std::string, TableRow> rows;
    bool is_inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("## "))
            is_inside = line == "## " + section;
        if (!is_inside || !line.starts_with("| `"))
            continue;
        std::vector<std::string> cells;
        std::stringstream text(line.substr(1));
        for (std::string cell; std::getline(text, cell, '|');)
            cells.push_back(cell);
        rows[*words_of(cells[0]).begin()] = {
            words_of(cells[1]), cells.size() > 2 ? words_of(cells[2]) : std::set<std::string>{}};
    }
    return rows;
}

const std::map<std::string, TableRow>& layers() {
    static const auto rows = table_of("Who may include whom");
    return rows;
}

const std::map<std::string, std::string>& folder_of_header() {
    static const auto folders = [] {
        std::map<std::string, std::string> folder_of;
        for (const auto& [layer, row] : table_of("Public headers"))
            for (const std::string& header : row.first)
                folder_of[header] = layer;
        return folder_of;
    }();
    return folders;
}

bool is_test(const std::string& path) {
    return path.ends_with("_test.cpp") || path.starts_with("tests/") ||
           path.find("/test_") != std::string::npos;
}

// The damage maker must not share the judge's opinions: it never includes check.
bool is_support(const std::string& path) {
    return path.starts_with("tests/support/");
}

std::string folder_of(const std::string& path) {
    if (path.starts_with("include/rebolt/")) {
        const std::string name = path.substr(15, path.rfind('.') - 15);
        const auto at = folder_of_header().find(name);
        return at == folder_of_header().end() ? "" : at->second;
    }
    if (is_support(path))
        return "support";
    const std::size_t end = path.find('/', 4);
    return path.starts_with("src/") && end != std::string::npos ? path.substr(4, end - 4) : "";
}

// The folder that an #include leads to; "std" for the system's headers and fmt.
std::string folder_included(const std::string& target, bool quoted) {
    if (target.starts_with("rebolt/")) {
        const auto at = folder_of_header().find(target.substr(7, target.rfind('.') - 7));
        return at == folder_of_header().end() ? "an unknown header" : at->second;
    }
    // Of gRPC, what is made of the protocol's definitions too.
    if (target.starts_with("grpc/") || target.starts_with("grpcpp/") ||
        target.starts_with("etcd_rpc/"))
        return "grpc";
    if (target.starts_with("nlohmann/") || target.starts_with("CLI/"))
        return target.substr(0, target.find('/'));
    const std::size_t slash = target.find('/');
    if (!quoted && (slash == std::string::npos || target.starts_with("sys/") ||
                    target.starts_with("linux/") || target.starts_with("arpa/") ||
                    target.starts_with("fmt/") || target.starts_with("systemd/")))
        return "std";
    return slash == std::string::npos ? "a file of no folder" : target.substr(0, slash);
}

bool is_library(const std::string& folder) {
    return folder == "nlohmann" || folder == "CLI" || folder == "toml++";
}

bool is_allowed(const std::string& path, const std::string& from, const std::string& to) {
    // The damage maker must not share the judge's opinions: it never includes check.
    static const std::set<std::string> support = {"base", "format", "io", "engine", "support"};
    if (to == "std" || to == from)
        return true;
    if (from == "support")
        return support.contains(to);
    if (to == "CLI") // ten seconds to compile
        return path == "src/cli/arguments.cpp";
    const auto row = layers().find(from);
    return row != layers().end() &&
           (is_library(to) ? row->second.second : row->second.first).contains(to);
}

std::string without_comment(const std::string& line) {
    return line.substr(0, line.find("//"));
}

} // namespace

Complaints judge_includes(const SourceFile& file) {
    static const std::regex include(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    Complaints complaints;
    const std::string from = folder_of(file.path);
    if ((is_test(file.path) && !is_support(file.path)) || file.path == "include/rebolt/rebolt.hpp")
        return complaints;
    if (from.empty()) {
        complaints.push_back(file.path + ": belongs to no folder of the table");
        return complaints;
    }
    for (const std::string& line : file.lines) {
        std::smatch match;
        if (!std::regex_search(line, match, include))
            continue;
        const std::string target = match[2];
        if (is_support(file.path) && target.starts_with("gtest/"))
            continue;
        const std::string to = folder_included(target, match[1] == "\"");
        // A module's libraries are its own.
        if (to == "grpc" && file.path.starts_with("src/store/etcd/"))
            continue;
        if (from == "cli" && target.starts_with("rebolt/") && to != "an unknown header")
            continue;
        if (!is_allowed(file.path, from, to))
            complaints.push_back(fmt::format("{}: {} may not include {}", file.path, from, target));
        if (file.path.starts_with("include/") && to != "std" && !target.starts_with("rebolt/"))
            complaints.push_back(fmt::format("{}: a public header includes {}", file.path, target));
    }
    return complaints;
}

Complaints judge_sizes(const SourceFile& file) {
    Complaints complaints;
    const auto ratchet = line_ratchet.find(file.path);
    const std::size_t most = ratchet != line_ratchet.end() ? ratchet->second
                             : file.path.ends_with(".hpp") ? header_lines_max
                                                           : source_lines_max;
    if (file.lines.size() > most)
        complaints.push_back(
            fmt::format("{}: {} lines, at most {}", file.path, file.lines.size(), most));
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const auto columns = static_cast<std::size_t>(
            std::ranges::count_if(file.lines[i], [](char c) { return (c & 0xC0) != 0x80; }));
        if (columns > columns_max)
            complaints.push_back(fmt::format("{}:{}: {} columns", file.path, i + 1, columns));
    }
    for (const FunctionPlace& function : functions_of(file.lines))
        if (function.line_count > function_lines_max)
            complaints.push_back(fmt::format("{}:{}: a function of {} lines", file.path,
                                             function.first_line, function.line_count));
    return complaints;
}

Complaints judge_words(const SourceFile& file) {
    struct Word {
        std::regex pattern;
        std::string reason;
        std::vector<std::string> where_allowed;
    };
    // These hold for comments too.
    static const std::vector<Word> leftovers = {
        {std::regex(R"(\b(TODO|FIXME)\b(?! #\d))"), "work to do without an issue", {}},
        {std::regex(R"(["' (]/(work|home|root)/)"),
         "a path of one machine",
         {"src/diagnose/place_rules.cpp"}},
        {std::regex(R"([ \t]$)"), "a space at the line's end", {}},
    };
    static const std::vector<Word> words = {
        {std::regex("reinterpret_cast"), "reinterpret_cast", {"include/rebolt/bytes.hpp"}},
        {std::regex(R"(std::(cout|cerr|clog)\b)"), "a stream of its own", {}},
        {std::regex(R"(\b(v?f?printf|puts|fputs|putchar|fwrite)\(|\b(fmt|std)::print(ln)?\()"),
         "printing",
         {"src/cli/", "tests/", "bench/"}},
        {std::regex(R"(\bsystem\()"), "system()", {}},
        {std::regex(R"(\busing namespace\b)"), "using namespace", {"bench/"}},
        {std::regex(R"(^\s*#\s*define (?!((REBOLT_)?TRY|REBOLT_ASSERT|)"
                    R"(REBOLT_(TRY|VERSION)_[A-Z]+)\b))"),
         "a macro",
         {"src/guard/config.cpp"}}, // toml++'s own
        {std::regex(R"(^\s*#\s*define )"),
         "a macro others see",
         {"src/", "tests/", "bench/", "include/rebolt/try.hpp", "include/rebolt/version.hpp"}},
        {std::regex(R"(\babort\(\))"), "abort()", {"tests/"}},
    };
    Complaints complaints;
    if (file.path.starts_with("tests/tidy/"))
        return complaints;
    const auto judge = [&](std::size_t index, const std::string& text, const auto& banned) {
        for (const Word& word : banned) {
            const bool allowed = std::ranges::any_of(word.where_allowed, [&](const auto& prefix) {
                return file.path.starts_with(prefix);
            });
            if (!allowed && std::regex_search(text, word.pattern))
                complaints.push_back(fmt::format("{}:{}: {}", file.path, index + 1, word.reason));
        }
    };
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        judge(i, without_comment(file.lines[i]), words);
        judge(i, file.lines[i], leftovers);
    }
    return complaints;
}

Complaints judge_header(const SourceFile& file) {
    Complaints complaints;
    if (!file.path.ends_with(".hpp"))
        return complaints;
    if (file.lines.empty() || !file.lines.front().starts_with("// "))
        complaints.push_back(file.path + ": does not begin with what it is");
    if (std::ranges::find(file.lines, "#pragma once") == file.lines.end())
        complaints.push_back(file.path + ": no #pragma once");
    return complaints;
}

Complaints judge_enum_names(const std::vector<SourceFile>& files) {
    static const std::regex definition(R"(^enum class (\w+) : std::uint8_t)");
    std::string all;
    for (const SourceFile& file : files)
        if (file.path.starts_with("include/"))
            for (const std::string& line : file.lines)
                all += line + "\n";
    Complaints complaints;
    for (const SourceFile& file : files)
        for (const std::string& line : file.lines)
            if (std::smatch match; file.path.starts_with("include/") &&
                                   std::regex_search(line, match, definition) &&
                                   all.find("name_of(" + match.str(1) + " ") == std::string::npos)
                complaints.push_back(fmt::format("{}: {} has no name_of", file.path, match.str(1)));
    return complaints;
}

Complaints judge_findings(const std::string& documentation) {
    static const std::regex chapter(R"(\n## ([a-z]+(-[a-z]+)+)(?=\n))");
    Complaints complaints;
    std::set<std::string> names;
    for (std::size_t code = 0; code < finding_code_count; ++code)
        names.insert(std::string(text_of(static_cast<FindingCode>(code)).name));
    for (const std::string& name : names)
        if (documentation.find("\n## " + name + "\n") == std::string::npos)
            complaints.push_back("docs/findings.md: no chapter on " + name);
    for (std::sregex_iterator at(documentation.begin(), documentation.end(), chapter), end;
         at != end; ++at)
        if (!names.contains((*at)[1]))
            complaints.push_back("docs/findings.md: no finding is called " + (*at)[1].str());
    return complaints;
}

std::vector<std::string> tests_in(const SourceFile& file) {
    static const std::regex test(R"(^TEST(?:_F|_P)?\((\w+),\s*(\w+)\))");
    std::vector<std::string> tests;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        // A long name stands on a line of its own.
        const std::string next = i + 1 < file.lines.size() ? file.lines[i + 1] : "";
        const std::string line = file.lines[i] + (file.lines[i].ends_with(',') ? next : "");
        std::smatch match;
        if (std::regex_search(line, match, test))
            tests.push_back(match[1].str() + "." + match[2].str());
    }
    return tests;
}

Complaints judge_tests_named(const std::string& documentation,
                             const std::vector<std::string>& tests) {
    static const std::regex name(R"(`([A-Z]\w+\.[A-Z]\w+)`)");
    const std::set<std::string> known(tests.begin(), tests.end());
    Complaints complaints;
    for (std::sregex_iterator at(documentation.begin(), documentation.end(), name), end; at != end;
         ++at)
        if (!known.contains((*at)[1]))
            complaints.push_back("no test is called " + (*at)[1].str());
    return complaints;
}

} // namespace rebolt::tidy
