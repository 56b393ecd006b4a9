#include "cli/help_page.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace rebolt::cli {
namespace {

constexpr std::size_t columns_max = 80;
constexpr std::size_t text_column = 28;
constexpr std::string_view exit_codes = "Exit codes: ";
constexpr std::string_view example = "Example: ";

std::string entry_text(const HelpEntry& entry) {
    std::string line = "  " + entry.names;
    if (entry.text.empty())
        return line + "\n";
    if (line.size() + 2 > text_column)
        line += "\n" + std::string(text_column, ' ');
    else
        line.resize(text_column, ' ');
    return line + wrapped(entry.text, columns_max - text_column, text_column) + "\n";
}

std::string section(std::string_view title, const std::vector<HelpEntry>& entries) {
    if (entries.empty())
        return {};
    std::string text = fmt::format("\n{}:\n", title);
    for (const HelpEntry& entry : entries)
        text += entry_text(entry);
    return text;
}

// Examples are to be copied: they stay in one line.
std::string more_text(std::string_view more) {
    std::string text;
    while (!more.empty()) {
        const std::string_view line = more.substr(0, more.find('\n'));
        more.remove_prefix(std::min(more.size(), line.size() + 1));
        const bool is_code = line.starts_with(example) || line.starts_with(' ');
        const std::size_t indent = line.starts_with(exit_codes) ? exit_codes.size() : 0;
        text += (is_code ? std::string(line) : wrapped(line, columns_max - indent, indent)) + "\n";
    }
    return text;
}

} // namespace

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
    std::string lines;
    std::size_t column = 0;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (column != 0 && column + 1 + word.size() > columns) {
            lines += "\n" + std::string(indent, ' ');
            column = 0;
        } else if (column != 0) {
            lines += ' ';
            ++column;
        }
        lines += word;
        column += word.size();
    }
    return lines;
}

std::string help_text(const HelpPage& page) {
    std::string text = fmt::format("{}\n\nUsage: {}\n", page.summary, page.usage);
    text += section("Arguments", page.arguments);
    text += section("Options", page.options);
    text += section("Common options", page.common_options);
    text += section("Commands", page.commands);
    return page.more.empty() ? text : text + "\n" + more_text(page.more);
}

namespace {

// `-o, --output FILE`
std::string names_of(const OptionHelp& option) {
    const std::string names = fmt::format("{}", fmt::join(option.names, ", "));
    return option.value.empty() ? names : names + " " + option.value;
}

std::string text_of(const OptionHelp& option) {
    std::string text = option.text;
    if (!option.default_text.empty())
        text += fmt::format(" (default: {})", option.default_text);
    if (!option.environment.empty())
        text += fmt::format(" (or ${})", option.environment);
    return text;
}

HelpEntry option_entry(const OptionHelp& option) {
    return {names_of(option), text_of(option) + (option.is_required ? " (required)" : "")};
}

HelpEntry argument_entry(const OptionHelp& argument) {
    return {argument.names.front() + (argument.is_repeatable ? "..." : ""), text_of(argument)};
}

std::string usage_of(const CommandHelp& command) {
    std::string usage = command.name + " [OPTIONS]";
    for (const OptionHelp& argument : command.positionals) {
        const std::string name = argument_entry(argument).names;
        usage += argument.is_required ? " " + name : fmt::format(" [{}]", name);
    }
    if (!command.subcommands.empty())
        usage += command.wants_subcommand ? " COMMAND" : " [COMMAND]";
    return usage;
}

} // namespace

std::string help_text(const CommandHelp& command) {
    HelpPage page;
    page.summary = command.summary;
    page.usage = usage_of(command);
    for (const OptionHelp& argument : command.positionals)
        page.arguments.push_back(argument_entry(argument));
    for (const OptionHelp& option : command.options)
        (option.is_common ? page.common_options : page.options).push_back(option_entry(option));
    for (const CommandHelp& one : command.subcommands)
        page.commands.push_back({last_word(one), one.summary});
    page.more = command.footer;
    return help_text(page);
}

} // namespace rebolt::cli
