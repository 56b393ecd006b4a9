#include "extract.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

namespace rebolt::samples {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view text) {
    Lines lines;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::vector<Sample> samples_of_page(const std::string& document, const Lines& lines) {
    std::vector<Sample> samples;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (lines[at] != "```cpp")
            continue;
        Sample sample{document, at + 2, {}};
        for (++at; at < lines.size() && lines[at] != "```"; ++at)
            sample.lines.push_back(lines[at]);
        samples.push_back(std::move(sample));
    }
    return samples;
}

// What follows the slashes of a comment line.
std::string_view comment_of(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos || !line.substr(begin).starts_with("//"))
        return {};
    const std::size_t end = line.find_first_not_of('/', begin);
    return end == std::string_view::npos ? std::string_view() : line.substr(end);
}

std::string_view without_space(std::string_view comment) {
    return comment.starts_with(' ') ? comment.substr(1) : comment;
}

// An indented block may also be a sentence of the program's, or a list of URLs.
bool is_code(const Lines& lines) {
    return std::ranges::any_of(
        lines, [](const std::string& line) { return line.ends_with(';') || line.ends_with('{'); });
}

std::vector<Sample> marked_samples(const std::string& document, const Lines& lines) {
    std::vector<Sample> samples;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (comment_of(lines[at]) != " @code")
            continue;
        Sample sample{document, at + 2, {}};
        for (++at; at < lines.size() && comment_of(lines[at]) != " @endcode"; ++at)
            sample.lines.emplace_back(without_space(comment_of(lines[at])));
        samples.push_back(std::move(sample));
    }
    return samples;
}

// Blocks of `//   text` after an empty comment line, before #pragma once.
std::vector<Sample> indented_samples(const std::string& document, const Lines& lines) {
    constexpr std::string_view indent = "//   ";
    const auto end = static_cast<std::size_t>(
        std::distance(lines.begin(), std::ranges::find(lines, "#pragma once")));
    std::vector<Sample> samples;
    for (std::size_t at = 1; at < end; ++at) {
        if (lines[at - 1] != "//" || !lines[at].starts_with(indent))
            continue;
        Sample sample{document, at + 1, {}};
        for (; at < end && lines[at].starts_with(indent); ++at)
            sample.lines.push_back(lines[at].substr(indent.size()));
        if (is_code(sample.lines))
            samples.push_back(std::move(sample));
    }
    return samples;
}

bool is_definition(std::string_view line) {
    constexpr std::array<std::string_view, 5> words{"struct ", "template ", "class ", "enum ",
                                                    "namespace "};
    return std::ranges::any_of(words,
                               [&](std::string_view word) { return line.starts_with(word); });
}

bool is_program(const Sample& sample) {
    return std::ranges::any_of(
        sample.lines, [](const std::string& line) { return line.starts_with("int main("); });
}

// Tests run in a folder of their own, in which var/lib is what the samples say.
std::string relative(std::string line) {
    constexpr std::string_view absolute = "/var/lib/";
    for (std::size_t at = 0; (at = line.find(absolute, at)) != std::string::npos;)
        line.erase(at, 1);
    return line;
}

std::string name_of(const Sample& sample) {
    std::string name;
    for (const char byte : sample.document)
        name += std::isalnum(static_cast<unsigned char>(byte)) != 0 ? byte : ' ';
    std::string words;
    std::istringstream stream(name);
    for (std::string word; stream >> word;) {
        word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
        words += word;
    }
    return fmt::format("{}Line{}", words, sample.line);
}

struct Parts {
    std::string includes;    ///< of the whole file
    std::string definitions; ///< before the function
    std::string statements;  ///< in it
};

std::string own_include(std::string_view document) {
    constexpr std::string_view folder = "include/";
    if (!document.starts_with(folder))
        return "";
    return fmt::format("#include <{}>\n", document.substr(folder.size()));
}

// Each line keeps its number: lines that went elsewhere leave an empty one.
Parts parts_of(const Sample& sample) {
    const std::string place = fmt::format("#line {} \"{}\"\n", sample.line, sample.document);
    Parts parts{own_include(sample.document), place, place};
    bool defines = false;
    for (const std::string& line : sample.lines) {
        const bool is_include = line.starts_with("#include ");
        defines = defines || (!is_program(sample) && is_definition(line));
        if (is_include)
            parts.includes += line + "\n";
        parts.definitions += defines ? line + "\n" : "\n";
        parts.statements += defines || is_include ? "\n" : relative(line) + "\n";
        if (line.starts_with('}'))
            defines = false;
    }
    return parts;
}

std::string test_of(const Sample& sample, const Parts& parts) {
    const std::string name = name_of(sample);
    if (is_program(sample))
        return fmt::format("namespace sample_{0} {{\n{1}}}\n"
                           "TEST_F(Samples, {0}) {{\n    run(sample_{0}::main);\n}}\n\n",
                           name, parts.statements);
    return fmt::format("{1}namespace sample_{0} {{\nstatic rebolt::Result<void> run() {{\n"
                       "{2}    return {{}};\n}}\n}}\n"
                       "TEST_F(Samples, {0}) {{\n    run(sample_{0}::run);\n}}\n\n",
                       name, parts.definitions, parts.statements);
}

} // namespace

std::vector<Sample> samples_in(const std::string& document, std::string_view text) {
    const Lines lines = lines_of(text);
    if (document.ends_with(".md"))
        return samples_of_page(document, lines);
    std::vector<Sample> samples = indented_samples(document, lines);
    std::ranges::move(marked_samples(document, lines), std::back_inserter(samples));
    return samples;
}

std::string test_program(const std::vector<Sample>& samples) {
    std::string includes;
    std::string tests;
    for (const Sample& sample : samples) {
        const Parts parts = parts_of(sample);
        includes += parts.includes;
        tests += test_of(sample, parts);
    }
    return "// Made by extract_samples of the samples in the documentation.\n"
           "#include <cstdio>\n" +
           includes +
           "#include <rebolt/rebolt.hpp>\n"
           "#include \"system/samples/sample_folder.hpp\"\n\n"
           "using Samples = rebolt::samples::SampleFolder;\n\n" +
           tests;
}

} // namespace rebolt::samples
