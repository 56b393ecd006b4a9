#include "terminal_picture.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace rebolt::documents {
namespace {

constexpr std::size_t columns_max = 100;
constexpr double column_px = 7.8;
constexpr int line_px = 18;
constexpr int margin_px = 14;

/// A stretch of one line in one colour.
struct Span {
    std::string text;
    std::string color; ///< empty: the terminal's own
};

std::size_t columns_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string color_of(const std::string& code) {
    static const std::map<std::string, std::string> colors{
        {"31", "#ff6b68"}, {"32", "#7ec699"}, {"33", "#e5c07b"}};
    const auto at = colors.find(code);
    return at == colors.end() ? "" : at->second;
}

// At `\x1b[31m` and the like a new span begins.
std::vector<Span> spans_of(const std::string& text) {
    std::vector<Span> spans{{}};
    for (std::size_t at = 0; at < text.size();) {
        if (text.compare(at, 2, "\x1b[") == 0) {
            const std::size_t end = text.find('m', at);
            spans.push_back({"", color_of(text.substr(at + 2, end - at - 2))});
            at = end + 1;
        } else {
            spans.back().text += text[at++];
        }
    }
    std::erase_if(spans, [](const Span& span) { return span.text.empty(); });
    return spans;
}

std::vector<Span> cut(std::vector<Span> spans) {
    std::size_t columns = 0;
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const std::size_t left = columns_max - columns;
        if (columns_of(spans[i].text) > left) {
            spans[i].text.resize(left - 1); // what is longer is ASCII
            spans[i].text += "…";
            spans.resize(i + 1);
            return spans;
        }
        columns += columns_of(spans[i].text);
    }
    return spans;
}

std::string escaped(const std::string& text) {
    std::string safe;
    for (const char c : text)
        safe += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    return safe;
}

std::string span_text(const Span& span) {
    const std::string fill = span.color.empty() ? "" : fmt::format(" fill=\"{}\"", span.color);
    return fmt::format("<tspan{}>{}</tspan>", fill, escaped(span.text));
}

std::vector<Span> shown(const TerminalLine& line) {
    std::vector<Span> spans = cut(spans_of(line.text));
    if (line.is_command)
        spans.insert(spans.begin(), {"$ ", "#61afef"});
    return spans;
}

} // namespace

std::string terminal_picture(const std::vector<TerminalLine>& lines) {
    std::string body;
    std::size_t columns = 0;
    int y = margin_px + line_px - 5;
    for (const TerminalLine& line : lines) {
        std::string spans;
        std::size_t width = 0;
        for (const Span& span : shown(line)) {
            spans += span_text(span);
            width += columns_of(span.text);
        }
        columns = std::max(columns, width);
        if (!spans.empty())
            body += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", margin_px, y, spans);
        y += line_px;
    }
    const int width = static_cast<int>(static_cast<double>(columns) * column_px) + 2 * margin_px;
    const int height = static_cast<int>(lines.size()) * line_px + 2 * margin_px;
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
        "viewBox=\"0 0 {0} {1}\">\n"
        "<rect width=\"{0}\" height=\"{1}\" rx=\"8\" fill=\"#1e2127\"/>\n"
        "<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" "
        "font-size=\"13\" fill=\"#d7dae0\" xml:space=\"preserve\">\n{2}</g>\n</svg>\n",
        width, height, body);
}

} // namespace rebolt::documents
