#include "functions.hpp"

#include <algorithm>
#include <cctype>
#include <regex>

namespace rebolt::tidy {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Blanks text[begin, end) and keeps its line ends. Returns end.
std::size_t blank(std::string& text, std::size_t begin, std::size_t end) {
    end = std::min(end, text.size());
    for (std::size_t i = begin; i < end; ++i)
        if (text[i] != '\n')
            text[i] = ' ';
    return end;
}

std::size_t end_of_line(const std::string& text, std::size_t at) {
    return std::min(text.find('\n', at), text.size());
}

std::size_t after(const std::string& text, const std::string& what, std::size_t from) {
    const std::size_t at = text.find(what, from);
    return at == std::string::npos ? text.size() : at + what.size();
}

std::size_t after_literal(const std::string& text, std::size_t quote) {
    std::size_t i = quote + 1;
    while (i < text.size() && text[i] != text[quote] && text[i] != '\n')
        i += text[i] == '\\' ? 2 : 1;
    return i + 1;
}

std::size_t after_directive(const std::string& text, std::size_t at) {
    std::size_t end = end_of_line(text, at);
    while (end < text.size() && text[end - 1] == '\\')
        end = end_of_line(text, end + 1);
    return end;
}

// The end of the comment, literal or directive that begins at `at`; `at` if none does.
std::size_t end_of_blank(const std::string& text, std::size_t at, bool line_begins) {
    const char c = text[at];
    if (c == '#' && line_begins)
        return after_directive(text, at);
    if (text.compare(at, 2, "//") == 0)
        return end_of_line(text, at);
    if (text.compare(at, 2, "/*") == 0)
        return after(text, "*/", at + 2);
    if (c == '"' && at > 0 && text[at - 1] == 'R') {
        const std::size_t open = std::min(text.find('(', at), text.size());
        return after(text, ")" + text.substr(at + 1, open - at - 1) + "\"", open);
    }
    const bool separates_digits = c == '\'' && at > 0 && is_word(text[at - 1]);
    if (c == '"' || (c == '\'' && !separates_digits))
        return after_literal(text, at);
    return at;
}

enum class Brace { scope, function, block, initializer };

struct OpenBrace {
    Brace kind;
    std::size_t first_line;
};

Brace kind_of(const std::string& head, const std::vector<OpenBrace>& open) {
    static const std::regex type(R"(\b(class|struct|enum|union)\b[^()]*$)");
    if (!head.empty() && std::isspace(static_cast<unsigned char>(head.back())) == 0)
        return Brace::initializer;
    for (const OpenBrace& brace : open)
        if (brace.kind == Brace::function)
            return Brace::block;
    if (std::regex_search(head, type))
        return Brace::scope;
    return head.find('(') == std::string::npos ? Brace::scope : Brace::function;
}

bool is_access(const std::string& head) {
    static const std::regex access(R"(^\s*(public|private|protected)\s*$)");
    return std::regex_match(head, access);
}

} // namespace

std::string code_only(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line + '\n';
    bool line_begins = true;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t end = end_of_blank(text, i, line_begins);
        if (end != i) {
            i = blank(text, i, end);
            continue;
        }
        line_begins = text[i] == '\n' || (line_begins && text[i] == ' ');
        ++i;
    }
    return text;
}

std::vector<FunctionPlace> functions_of(const std::vector<std::string>& lines) {
    std::vector<FunctionPlace> found;
    std::vector<OpenBrace> open;
    std::string head; // what stands before the next brace, since the last end of a statement
    std::size_t line = 1;
    std::size_t first_line = 1;
    for (const char c : code_only(lines)) {
        bool ends_head = c == ';';
        if (c == '{') {
            const Brace kind = kind_of(head, open);
            open.push_back({kind, first_line});
            ends_head = kind != Brace::initializer;
        } else if (c == '}' && !open.empty()) {
            if (open.back().kind == Brace::function)
                found.push_back({open.back().first_line, line - open.back().first_line + 1});
            ends_head = open.back().kind != Brace::initializer;
            open.pop_back();
        } else if (c == ':' && is_access(head)) {
            ends_head = true;
        }
        if (ends_head) {
            head.clear();
        } else if (!head.empty() || std::isspace(static_cast<unsigned char>(c)) == 0) {
            if (head.empty())
                first_line = line;
            head += c;
        }
        if (c == '\n')
            ++line;
    }
    return found;
}

} // namespace rebolt::tidy
