#include "cli/arguments.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/help_page.hpp"
#include "cli/output.hpp"
#include "cli/suggestion.hpp"

namespace rebolt::cli {
namespace {

constexpr const char* common_group = "Common options";

std::string path_of(const CLI::App& app) {
    return app.get_parent() == nullptr ? app.get_name()
                                       : path_of(*app.get_parent()) + " " + app.get_name();
}

} // namespace

Option& Option::required(bool is_required) {
    option_->required(is_required);
    return *this;
}

Option& Option::description(const std::string& text) {
    option_->description(text);
    return *this;
}

Option& Option::value_name(const std::string& name) {
    option_->type_name(name);
    return *this;
}

Option& Option::check(const Validator& validator) {
    option_->check(CLI::Validator(
        [complaint = validator.complaint](const std::string& text) { return complaint(text); },
        ""));
    if (!validator.value_name.empty() && !option_->get_positional())
        option_->type_name(validator.value_name);
    return *this;
}

Option& Option::show_default() {
    option_->capture_default_str();
    return *this;
}

Option& Option::list(char separator) {
    option_->delimiter(separator);
    return *this;
}

Option& Option::common() {
    option_->group(common_group);
    return *this;
}

Option& Option::excludes(const Option& other) {
    option_->excludes(other.option_);
    return *this;
}

Option& Option::needs(const Option& other) {
    option_->needs(other.option_);
    return *this;
}

Option& Option::from_environment(const std::string& variable) {
    option_->envname(variable);
    return *this;
}

Option Arguments::option(const std::string& names, std::string& target, const std::string& help) {
    return Option(app_->add_option(names, target, help));
}

Option Arguments::option(const std::string& names, std::uint64_t& target, const std::string& help) {
    return Option(app_->add_option(names, target, help));
}

Option Arguments::option(const std::string& names, std::int64_t& target, const std::string& help) {
    return Option(app_->add_option(names, target, help));
}

Option Arguments::option(const std::string& names, std::uint32_t& target, const std::string& help) {
    return Option(app_->add_option(names, target, help));
}

Option Arguments::option(const std::string& names, double& target, const std::string& help) {
    return Option(app_->add_option(names, target, help));
}

Option Arguments::option(const std::string& names, std::vector<std::string>& target,
                         const std::string& help) {
    // One value each time it is given: a list of any length would take FILE, too.
    return Option(app_->add_option(names, target, help)
                      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
                      ->expected(1)
                      ->allow_extra_args(false));
}

Option Arguments::choose(const std::string& names, std::function<void(std::size_t)> set,
                         const std::string& help, const std::vector<std::string>& choices) {
    const auto index_of = [choices](const std::string& text) {
        return static_cast<std::size_t>(std::ranges::find(choices, text) - choices.begin());
    };
    const std::string list = fmt::format("{}", fmt::join(choices, "|"));
    Option option(app_->add_option_function<std::string>(
        names, [set = std::move(set), index_of](const std::string& text) { set(index_of(text)); },
        help));
    return option.check({[choices, list](const std::string& text) -> std::string {
                             return std::ranges::find(choices, text) != choices.end()
                                        ? ""
                                        : "expected one of " + list;
                         },
                         list});
}

Option Arguments::flag(const std::string& names, bool& target, const std::string& help) {
    return Option(app_->add_flag(names, target, help));
}

Option Arguments::positional(const std::string& name, std::string& target,
                             const std::string& help) {
    return Option(app_->add_option(name, target, help)->type_name(""));
}

Option Arguments::positional(const std::string& name, std::uint64_t& target,
                             const std::string& help) {
    return Option(app_->add_option(name, target, help)->type_name(""));
}

Option Arguments::positional(const std::string& name, std::vector<std::string>& target,
                             const std::string& help) {
    return Option(app_->add_option(name, target, help)->type_name(""));
}

Option Arguments::positional(const std::string& name, std::vector<std::uint64_t>& target,
                             const std::string& help) {
    return Option(app_->add_option(name, target, help)->type_name(""));
}

Option Arguments::positionals(const std::string& name, std::vector<std::string>& target,
                              const std::string& help) {
    // A list of any length CLI11 would fill with a and b when it meets the word
    // `[a,b]`; one that still waits for words, and allows for fewer, it does not.
    return Option(app_->add_option(name, target, help)
                      ->type_name("")
                      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll) // changes expected()
                      ->expected(CLI::detail::expected_max_vector_size - 1,
                                 CLI::detail::expected_max_vector_size)
                      ->allow_extra_args(false));
}

Option Arguments::find(const std::string& name) const {
    return Option(app_->get_option(name));
}

Arguments Arguments::subcommand(const std::string& name, const std::string& summary) {
    CLI::App* added = app_->add_subcommand(name, summary);
    added->set_help_flag("-h,--help", "Print this help")->group(common_group);
    return {added, code_};
}

void Arguments::require_subcommand() {
    app_->require_subcommand(1);
}

void Arguments::allow_subcommand() {
    app_->require_subcommand(0, 1);
}

void Arguments::version_flag(const std::string& name, const std::string& text) {
    app_->set_version_flag(name, text);
}

void Arguments::footer(const std::string& text) {
    app_->footer(text);
}

void Arguments::exit_codes(const std::string& text) {
    app_->footer(fmt::format("{}{}Exit codes: {}, 16 wrong usage, 32 cancelled.",
                             app_->get_footer(), app_->get_footer().empty() ? "" : "\n", text));
}

void Arguments::on_check(std::function<std::string()> complaint) {
    *check_ = std::move(complaint);
}

void Arguments::on_run(std::function<ExitCode()> run) {
    app_->add_flag_function(
            "--json", [](std::int64_t /*count*/) {}, "Print one JSON document")
        ->group(common_group);
    app_->callback([app = app_, code = code_, check = check_, run = std::move(run)] {
        if (!app->get_subcommands().empty())
            return;
        if (*check)
            if (const std::string complaint = (*check)(); !complaint.empty())
                throw CLI::ValidationError(complaint);
        *code = run();
    });
}

CommandLine::CommandLine(const std::string& description, const std::string& name)
    : app_(std::make_unique<CLI::App>(description, name)) {
    app_->set_help_flag("-h,--help", "Print this help")->group(common_group);
}

CommandLine::~CommandLine() = default;

Arguments CommandLine::root() {
    return {app_.get(), &code_};
}

namespace {

// The command that was given.
const CLI::App& given(const CLI::App& root) {
    const CLI::App* at = &root;
    while (!at->get_subcommands().empty())
        at = at->get_subcommands().front();
    return *at;
}

// What to say of a word that nothing takes.
std::string unexpected(const CLI::App& app, const std::string& word) {
    if (!word.starts_with("-"))
        return fmt::format("`{}` is one argument too many", printable(word));
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    const std::string nearest = nearest_to(word.substr(0, word.find('=')), names);
    return fmt::format("there is no option `{}`{}", printable(word),
                       nearest.empty() ? "" : fmt::format("; did you mean `{}`?", nearest));
}

std::vector<std::string> subcommands_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* one : app.get_subcommands([](const CLI::App* /*any*/) { return true; }))
        names.push_back(one->get_name());
    return names;
}

struct UnknownCommand {
    std::string message;
    std::string help; ///< the command that lists those that there are
};

// What to say of a word that should be a subcommand, if it is none.
std::optional<UnknownCommand> unknown_subcommand(const CLI::App& root,
                                                 const std::vector<std::string>& arguments) {
    const CLI::App* app = &root;
    std::string path;
    for (const std::string& word : arguments) {
        if (word.starts_with("-") || app->get_require_subcommand_min() == 0)
            break;
        const std::vector<std::string> names = subcommands_of(*app);
        if (std::ranges::find(names, word) == names.end()) {
            const std::string nearest = nearest_to(word, names);
            return UnknownCommand{
                fmt::format("there is no command `{}{}`{}", path, printable(word),
                            nearest.empty() ? ""
                                            : fmt::format("; did you mean `{}{}`?", path, nearest)),
                fmt::format("rebolt {}--help", path)};
        }
        app = app->get_subcommand(word);
        path += word + " ";
    }
    return std::nullopt;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, separator);)
        parts.push_back(part);
    return parts;
}

// A choice's values are the name of its value: `a|b`.
std::vector<std::string> choices_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    return type.contains('|') ? split(type, '|') : std::vector<std::string>{};
}

OptionHelp help_of(const CLI::Option& option) {
    OptionHelp help{.names = {},
                    .value = {},
                    .choices = choices_of(option),
                    .text = option.get_description(),
                    .default_text = option.get_default_str(),
                    .environment = option.get_envname(),
                    .is_required = option.get_required(),
                    .is_repeatable =
                        option.get_items_expected_max() > 1 || option.get_allow_extra_args(),
                    .is_common = option.get_group() == common_group};
    if (option.get_positional()) {
        help.names = {option.get_name(true)};
        return help;
    }
    for (const std::string& name : option.get_snames())
        help.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames())
        help.names.push_back("--" + name);
    if (option.get_items_expected_max() > 0) {
        const std::string type = option.get_type_name();
        help.value = type.substr(0, type.find_first_of(":{ ["));
    }
    return help;
}

CommandHelp help_of(const CLI::App& app, const std::string& above) {
    CommandHelp help{.name = above + app.get_name(),
                     .summary = app.get_description(),
                     .options = {},
                     .positionals = {},
                     .subcommands = {},
                     .wants_subcommand = app.get_require_subcommand_min() > 0,
                     .footer = app.get_footer()};
    for (const CLI::Option* option : app.get_options())
        (option->get_positional() ? help.positionals : help.options).push_back(help_of(*option));
    for (const CLI::App* one : app.get_subcommands([](const CLI::App* /*any*/) { return true; }))
        help.subcommands.push_back(help_of(*one, help.name + " "));
    return help;
}

} // namespace

CommandHelp CommandLine::help() const {
    return help_of(*app_, "");
}

ExitCode CommandLine::run(const std::vector<std::string>& arguments) {
    if (const auto unknown = unknown_subcommand(*app_, arguments))
        return report_usage(unknown->message, {"Try", unknown->help});
    try {
        app_->parse(
            std::vector<std::string>(arguments.rbegin(), arguments.rend())); // as CLI11 takes them
    } catch (const CLI::CallForHelp&) {
        const CLI::App& app = given(*app_);
        const std::string above =
            app.get_parent() == nullptr ? "" : path_of(*app.get_parent()) + " ";
        print(help_text(help_of(app, above)));
    } catch (const CLI::CallForVersion& version) {
        print(fmt::format("{} {}\n", app_->get_name(), version.what()));
    } catch (const CLI::ParseError& error) {
        const std::vector<std::string> extra = app_->remaining(true);
        const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
        return report_usage(is_extra && !extra.empty() ? unexpected(given(*app_), extra.front())
                                                       : error.what(),
                            {"Try", path_of(given(*app_)) + " --help"});
    }
    return code_;
}

} // namespace rebolt::cli
