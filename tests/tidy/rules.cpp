#include "rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>

#include <fmt/format.h>

#include <rebolt/finding.hpp>

namespace rebolt::tidy {
namespace {

constexpr std::size_t columns_max = 100;
constexpr std::size_t header_lines_max = 200;
constexpr std::size_t source_lines_max = 400;
constexpr std::size_t function_lines_max = 70;

// Files that are over a limit already; they may shrink, not grow.
const std::map<std::string, std::size_t> line_ratchet = {};

const std::map<std::string, std::string> folder_of_header = {
    {"id", "base"},      {"bytes", "base"},    {"finding", "base"},     {"error", "base"},
    {"result", "base"},  {"format", "format"}, {"page_view", "format"}, {"page_source", "io"},
    {"db", "engine"},    {"tx", "engine"},     {"bucket", "engine"},    {"cursor", "engine"},
    {"stats", "engine"}, {"check", "check"},   {"schema", "schema"},
};

const std::map<std::string, std::set<std::string>> may_include = {
    {"base", {"base"}},
    {"format", {"base", "format"}},
    {"io", {"base", "format", "io"}},
    {"engine", {"base", "format", "io", "engine"}},
    {"check", {"base", "format", "io", "check"}},
    {"schema", {"base", "format", "schema"}},
};

bool is_test(const std::string& path) {
    return path.ends_with("_test.cpp") || path.starts_with("tests/") ||
           path.find("/test_") != std::string::npos;
}

std::string folder_of(const std::string& path) {
    if (path.starts_with("include/rebolt/")) {
        const std::string name = path.substr(15, path.size() - 15 - 4);
        const auto at = folder_of_header.find(name);
        return at == folder_of_header.end() ? "" : at->second;
    }
    const std::size_t end = path.find('/', 4);
    return path.starts_with("src/") && end != std::string::npos ? path.substr(4, end - 4) : "";
}

// The folder that an #include leads to; "std" for everything from outside.
std::string folder_included(const std::string& target) {
    if (target.starts_with("rebolt/")) {
        const auto at = folder_of_header.find(target.substr(7, target.size() - 7 - 4));
        return at == folder_of_header.end() ? "an unknown header" : at->second;
    }
    if (target.starts_with("nlohmann/") || target.starts_with("CLI/"))
        return target.substr(0, target.find('/'));
    if (target.ends_with(".hpp") && target.find('/') != std::string::npos)
        return target.substr(0, target.find('/'));
    return "std";
}

bool is_allowed(const std::string& from, const std::string& to, const std::string& target) {
    if (to == "std")
        return true;
    if (to == "nlohmann")
        return from == "schema" || from == "cli";
    if (to == "CLI")
        return from == "cli";
    if (from == "cli")
        return to == "cli" || target.starts_with("rebolt/");
    const auto row = may_include.find(from);
    return row != may_include.end() && row->second.contains(to);
}

std::string without_comment(const std::string& line) {
    return line.substr(0, line.find("//"));
}

} // namespace

Complaints judge_includes(const SourceFile& file) {
    static const std::regex include(R"(^#include [<"]([^>"]+)[>"])");
    Complaints complaints;
    const std::string from = folder_of(file.path);
    if (is_test(file.path) || file.path == "include/rebolt/rebolt.hpp")
        return complaints;
    if (from.empty()) {
        complaints.push_back(file.path + ": belongs to no folder of the table");
        return complaints;
    }
    for (const std::string& line : file.lines) {
        std::smatch match;
        if (!std::regex_search(line, match, include))
            continue;
        const std::string target = match[1];
        const std::string to = folder_included(target);
        if (!is_allowed(from, to, target))
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
    std::size_t begin = 0;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const std::string& line = file.lines[i];
        const auto columns = static_cast<std::size_t>(
            std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }));
        if (columns > columns_max)
            complaints.push_back(fmt::format("{}:{}: {} columns", file.path, i + 1, columns));
        // A function's body ends with a brace where its first line began.
        const bool opens =
            line.ends_with("{") && line.find('(') != std::string::npos && !line.starts_with(" ");
        if (opens)
            begin = i + 1;
        if (line == "}" && begin != 0) {
            if (i + 1 - begin > function_lines_max)
                complaints.push_back(
                    fmt::format("{}:{}: a function of {} lines", file.path, begin, i + 1 - begin));
            begin = 0;
        }
    }
    return complaints;
}

Complaints judge_words(const SourceFile& file) {
    struct Word {
        std::regex pattern;
        std::string reason;
        std::vector<std::string> where_allowed;
    };
    static const std::vector<Word> words = {
        {std::regex("reinterpret_cast"), "reinterpret_cast", {"include/rebolt/bytes.hpp"}},
        {std::regex(R"(std::cout|std::cerr)"), "a stream of its own", {}},
        {std::regex(R"(\b(printf|puts|fputs|fwrite)\()"),
         "printing",
         {"src/cli/", "tests/", "bench/"}},
        {std::regex(R"(\bsystem\()"), "system()", {}},
        {std::regex(R"(\busing namespace\b)"), "using namespace", {"bench/"}},
        {std::regex(R"(^#define (?!TRY|REBOLT_ASSERT))"), "a macro", {}},
        {std::regex(R"(\b(TO)DO\b(?! #\d))"), "work to do without an issue", {}},
        {std::regex(R"(\babort\(\))"), "abort()", {"tests/"}},
    };
    Complaints complaints;
    for (std::size_t i = 0; i < file.lines.size(); ++i)
        for (const Word& word : words) {
            const bool allowed = std::ranges::any_of(word.where_allowed, [&](const auto& prefix) {
                return file.path.starts_with(prefix);
            });
            const bool in_rules = file.path.starts_with("tests/tidy/");
            if (!allowed && !in_rules &&
                std::regex_search(without_comment(file.lines[i]), word.pattern))
                complaints.push_back(fmt::format("{}:{}: {}", file.path, i + 1, word.reason));
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

Complaints judge_findings(const std::string& documentation) {
    Complaints complaints;
    for (std::size_t code = 0; code < finding_code_count; ++code) {
        const std::string name(text_of(static_cast<FindingCode>(code)).name);
        if (documentation.find("\n## " + name + "\n") == std::string::npos)
            complaints.push_back("docs/findings.md: no chapter on " + name);
    }
    return complaints;
}

} // namespace rebolt::tidy
