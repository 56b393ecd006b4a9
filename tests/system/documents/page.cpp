#include "page.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <sstream>

namespace rebolt::documents {
namespace {

namespace fs = std::filesystem;

struct Line {
    std::string text;
    bool is_code; ///< in a code block
};

bool is_fence(const std::string& line) {
    return line.starts_with("```");
}

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    std::istringstream stream{std::string(text)};
    bool is_fenced = false;
    for (std::string line; std::getline(stream, line);) {
        if (is_fence(line)) {
            is_fenced = !is_fenced;
            continue;
        }
        // Four spaces after a list's item would be prose; ours are indented by less.
        const bool is_code = is_fenced || line.starts_with("    ");
        lines.push_back({std::move(line), is_code});
    }
    return lines;
}

// Code may go on in the next line, links too.
std::string prose_of(std::string_view text) {
    std::string prose;
    for (const Line& line : lines_of(text))
        prose += line.is_code ? "\n" : line.text + " ";
    return prose;
}

std::vector<std::string> matches(const std::string& text, const char* expression) {
    const std::regex pattern(expression);
    std::vector<std::string> found;
    for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at)
        found.push_back((*at)[1]);
    return found;
}

std::vector<std::string> split(const std::string& word, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(word);
    for (std::string part; std::getline(stream, part, separator);)
        parts.push_back(part);
    return parts;
}

bool is_command_word(const std::string& word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || c == '-' || c == '|';
    }) && word.front() != '-';
}

} // namespace

std::vector<Page> all_pages(const fs::path& root) {
    std::vector<Page> pages;
    for (fs::recursive_directory_iterator entry(root), end; entry != end; ++entry) {
        const std::string name = entry->path().filename().string();
        if (entry->is_directory() && (name == "build" || name == ".git"))
            entry.disable_recursion_pending();
        if (!entry->is_regular_file() || entry->path().extension() != ".md")
            continue;
        std::ifstream file(entry->path(), std::ios::binary);
        pages.push_back({fs::relative(entry->path(), root).string(),
                         std::string(std::istreambuf_iterator<char>(file), {})});
    }
    std::ranges::sort(pages, {}, &Page::path);
    return pages;
}

std::vector<std::string> links_in(std::string_view text) {
    return matches(prose_of(text), R"(\]\(([^)\s]+)\))");
}

std::vector<std::string> code_in(std::string_view text) {
    std::vector<std::string> code = matches(prose_of(text), "`([^`\n]+)`");
    for (const Line& line : lines_of(text)) {
        const std::size_t begin = line.text.find_first_not_of(' ');
        if (!line.is_code || begin == std::string::npos)
            continue;
        const std::string_view inside = std::string_view(line.text).substr(begin);
        code.emplace_back(inside.starts_with("$ ") ? inside.substr(2) : inside);
    }
    return code;
}

std::vector<std::string> anchors_in(std::string_view text) {
    std::vector<std::string> anchors;
    for (const Line& line : lines_of(text)) {
        const std::size_t begin = line.text.find_first_not_of('#');
        if (line.is_code || begin == 0 || begin == std::string::npos || line.text[begin] != ' ')
            continue;
        std::string anchor;
        for (const char c : line.text.substr(begin + 1)) {
            const auto byte = static_cast<unsigned char>(c);
            if (std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80)
                anchor += static_cast<char>(std::tolower(byte));
            else if (c == ' ')
                anchor += '-';
        }
        anchors.push_back(std::move(anchor));
    }
    return anchors;
}

std::vector<std::vector<std::string>> commands_in(std::string_view code) {
    constexpr std::size_t words_max = 3;
    std::istringstream stream{std::string(code)};
    std::string word;
    if (!(stream >> word) || word != "rebolt")
        return {};
    std::vector<std::vector<std::string>> commands{{}};
    for (std::size_t count = 0; count < words_max && stream >> word && is_command_word(word);
         ++count) {
        std::vector<std::vector<std::string>> longer;
        for (const auto& command : commands)
            for (const std::string& choice : split(word, '|')) {
                longer.push_back(command);
                longer.back().push_back(choice);
            }
        commands = std::move(longer);
    }
    std::erase_if(commands, [](const auto& command) { return command.empty(); });
    return commands;
}

} // namespace rebolt::documents
