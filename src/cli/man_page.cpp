#include "cli/man_page.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <rebolt/version.hpp>

namespace rebolt::cli {
namespace {

std::string bold(std::string_view text) {
    return "\\fB" + in_roff(text) + "\\fR";
}

std::string italic(std::string_view text) {
    return "\\fI" + in_roff(text) + "\\fR";
}

// `rebolt recover [options] FILE`, as far as words go.
std::string synopsis(const CommandHelp& command) {
    std::string text = bold(command.name);
    if (!command.options.empty())
        text += " [" + italic("options") + "]";
    for (const OptionHelp& one : command.positionals) {
        const std::string word =
            italic(one.names.front()) + (one.is_repeatable ? "\\|.\\|.\\|." : "");
        text += one.is_required ? " " + word : " [" + word + "]";
    }
    if (command.wants_subcommand)
        text += " " + italic("command") + " [" + italic("arguments") + "]";
    return text;
}

std::string item(const OptionHelp& option) {
    std::vector<std::string> names;
    for (const std::string& name : option.names)
        names.push_back(name.starts_with('-') ? bold(name) : italic(name));
    std::string text = fmt::format(".TP\n{}", fmt::join(names, ", "));
    if (!option.value.empty())
        text += " " + italic(option.value);
    text += "\n" + in_roff(option.text) + ".\n";
    const bool is_listed = std::ranges::all_of(option.choices, [&](const std::string& choice) {
        return option.text.find(choice) != std::string::npos;
    });
    if (!is_listed)
        text += in_roff(fmt::format("One of {}.\n", fmt::join(option.choices, ", ")));
    if (!option.default_text.empty())
        text += in_roff(fmt::format("Default: {}.\n", option.default_text));
    if (!option.environment.empty())
        text += in_roff(fmt::format("Taken from {} where it is not given.\n", option.environment));
    return text;
}

std::string items(std::string_view title, const std::vector<OptionHelp>& options) {
    std::string text;
    for (const OptionHelp& option : options)
        text += item(option);
    return text.empty() ? text : fmt::format(".SH {}\n{}", title, text);
}

std::string subcommands(const CommandHelp& command) {
    std::string text;
    for (const CommandHelp& one : command.subcommands)
        text += fmt::format(".TP\n{}(1)\n{}.\n", bold(page_name(one)), in_roff(one.summary));
    return text.empty() ? text : ".SH COMMANDS\n" + text;
}

// What the lines under --help are: each kind is a section.
struct Footer {
    std::string notes;
    std::string examples;
    std::string exit_codes;
};

Footer footer_of(const CommandHelp& command) {
    constexpr std::string_view example = "Example: ";
    constexpr std::string_view codes = "Exit codes: ";
    Footer footer;
    std::string* at = &footer.notes;
    std::istringstream lines(command.footer);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(example)) {
            at = &footer.examples;
            line.erase(0, example.size());
        } else if (line.starts_with(codes)) {
            at = &footer.exit_codes;
            line.erase(0, codes.size());
        } else if (!line.starts_with(' ') && at == &footer.examples) {
            at = &footer.notes;
        }
        line.erase(0, line.find_first_not_of(' '));
        *at += in_roff(line) + "\n";
    }
    return footer;
}

std::string exit_status(std::string text) {
    constexpr std::string_view all =
        "0 clean or done, 1 repaired, 4 damage found, 8 failed, 16 wrong usage, 32 cancelled.\n";
    return ".SH EXIT STATUS\n" + (text.empty() ? std::string(all) : std::move(text));
}

std::string see_also(const CommandHelp& command) {
    std::string text = ".SH SEE ALSO\n";
    CommandHelp above;
    above.name = command.name.substr(0, command.name.rfind(' '));
    if (above.name != command.name && above.name != "rebolt")
        text += bold(page_name(above)) + "(1), ";
    if (command.name != "rebolt")
        text += bold("rebolt") + "(1), ";
    text += bold("rebolt") + "(7)";
    if (command.name.starts_with("rebolt guard") || command.name == "rebolt")
        text += ", " + bold("guard.toml") + "(5)";
    return text + "\n";
}

} // namespace

std::string in_roff(std::string_view text) {
    std::string roff;
    for (const char letter : text) {
        const bool is_line_start = roff.empty() || roff.back() == '\n';
        if (is_line_start && (letter == '.' || letter == '\''))
            roff += "\\&";
        switch (letter) {
        case '\\':
            roff += "\\e";
            break;
        case '-':
            roff += "\\-";
            break;
        case '\'':
            roff += "\\(aq";
            break;
        case '`':
            roff += "\\(ga";
            break;
        case '~':
            roff += "\\(ti";
            break;
        case '^':
            roff += "\\(ha";
            break;
        default:
            roff += letter;
        }
    }
    return roff;
}

std::string page_name(const CommandHelp& command) {
    std::string name = command.name;
    std::ranges::replace(name, ' ', '-');
    return name;
}

std::string man_page(const CommandHelp& command) {
    const Footer footer = footer_of(command);
    std::string page =
        fmt::format(".TH {} 1 \"\" \"rebolt {}\" \"rebolt\"\n.ad l\n.SH NAME\n{} \\- {}\n.SH "
                    "SYNOPSIS\n.nh\n{}\n.hy\n",
                    in_roff(page_name(command)), version(), in_roff(page_name(command)),
                    in_roff(command.summary), synopsis(command));
    if (!footer.notes.empty())
        page += ".SH DESCRIPTION\n" + footer.notes;
    page += items("ARGUMENTS", command.positionals);
    page += subcommands(command);
    page += items("OPTIONS", command.options);
    page += exit_status(footer.exit_codes);
    if (!footer.examples.empty())
        page += ".SH EXAMPLES\n.nf\n" + footer.examples + ".fi\n";
    return page + see_also(command);
}

} // namespace rebolt::cli
