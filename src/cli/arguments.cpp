#include "cli/arguments.hpp"

#include <algorithm>
#include <optional>

#include <CLI/CLI.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/output.hpp"
#include "cli/suggestion.hpp"

namespace rebolt::cli {

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
        validator.description));
    return *this;
}

Option& Option::show_default() {
    option_->capture_default_str();
    return *this;
}

Option& Option::repeatable() {
    option_->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    return *this;
}

Option& Option::list(char separator) {
    option_->delimiter(separator);
    return repeatable();
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
    return Option(app_->add_option(names, target, help));
}

Option Arguments::choose(const std::string& names, std::function<void(std::size_t)> set,
                         const std::string& help, const std::vector<std::string>& choices) {
    const auto index_of = [choices](const std::string& text) {
        return static_cast<std::size_t>(std::ranges::find(choices, text) - choices.begin());
    };
    const std::string list = fmt::format("{}", fmt::join(choices, "|"));
    Option option(app_->add_option_function<std::string>(
        names, [set = std::move(set), index_of](const std::string& text) { set(index_of(text)); },
        help + ": " + list));
    return option
        .check({[choices, list](const std::string& text) -> std::string {
                    return std::ranges::find(choices, text) != choices.end()
                               ? ""
                               : "expected one of " + list;
                },
                ""})
        .value_name("FORMAT");
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
    return Option(app_->add_option(name, target, help));
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
    return {app_->add_subcommand(name, summary), code_};
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

void Arguments::on_check(std::function<std::string()> complaint) {
    *check_ = std::move(complaint);
}

void Arguments::on_run(std::function<ExitCode()> run) {
    app_->add_flag_function("--json", [](std::int64_t /*count*/) {}, "Print one JSON document");
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
    : app_(std::make_unique<CLI::App>(description, name)) {}

CommandLine::~CommandLine() = default;

Arguments CommandLine::root() {
    return {app_.get(), &code_};
}

namespace {

// The command that was given, with the program's name in front.
std::string path_of(const CLI::App& app) {
    std::string path = app.get_name();
    for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
        at = at->get_subcommands().front();
        path += " " + at->get_name();
    }
    return path;
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

} // namespace

ExitCode CommandLine::run(const std::vector<std::string>& arguments) {
    if (const auto unknown = unknown_subcommand(*app_, arguments))
        return report_usage(unknown->message, {"Try", unknown->help});
    try {
        app_->parse(
            std::vector<std::string>(arguments.rbegin(), arguments.rend())); // as CLI11 takes them
    } catch (const CLI::CallForHelp&) {
        print(app_->help());
    } catch (const CLI::CallForVersion& version) {
        print(fmt::format("{} {}\n", app_->get_name(), version.what()));
    } catch (const CLI::ParseError& error) {
        return report_usage(error.what(), {"Try", path_of(*app_) + " --help"});
    }
    return code_;
}

} // namespace rebolt::cli
