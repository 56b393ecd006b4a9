// What a command takes: options, flags, positionals and subcommands. The only
// door to CLI11, whose headers arguments.cpp alone includes, since they take ten
// seconds to compile.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_help.hpp"
#include "cli/exit_code.hpp"
#include "cli/validators.hpp"

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace rebolt::cli {

/// A handle to an option or positional; valid as long as its CommandLine.
/// Each function changes the option and returns it.
class Option {
public:
    explicit Option(CLI::Option* option) : option_(option) {}

    Option& required(bool is_required = true);
    Option& description(const std::string& text);
    /// What --help calls the value.
    Option& value_name(const std::string& name);
    /// Refuses values that the validator complains of; --help has its name for them.
    Option& check(const Validator& validator);
    /// Shows the target's present value as the default in --help.
    Option& show_default();
    /// One value is a list with this separator.
    Option& list(char separator);
    /// One that all commands share: --help shows it last.
    Option& common();
    Option& excludes(const Option& other);
    Option& needs(const Option& other);
    /// Where the option is not given, it is taken from this variable.
    Option& from_environment(const std::string& variable);

private:
    CLI::Option* option_;
};

/// What one command, or a subcommand of it, takes. A handle, valid as long as
/// its CommandLine; targets of options must live as long.
class Arguments {
public:
    Arguments(CLI::App* app, ExitCode* code) : app_(app), code_(code) {}

    // `names`: "-o,--output". Each target keeps its value if nothing is given.
    Option option(const std::string& names, std::string& target, const std::string& help);
    Option option(const std::string& names, std::uint64_t& target, const std::string& help);
    Option option(const std::string& names, std::int64_t& target, const std::string& help);
    Option option(const std::string& names, std::uint32_t& target, const std::string& help);
    Option option(const std::string& names, double& target, const std::string& help);
    /// May be given several times, with one value each.
    Option option(const std::string& names, std::vector<std::string>& target,
                  const std::string& help);
    /// One of several names; `--help` lists them. Stores what `Choice` goes with it.
    template <class Choice>
    Option choice(const std::string& names, Choice& target, const std::string& help,
                  const std::vector<std::pair<std::string, Choice>>& choices);
    Option flag(const std::string& names, bool& target, const std::string& help);

    Option positional(const std::string& name, std::string& target, const std::string& help);
    Option positional(const std::string& name, std::uint64_t& target, const std::string& help);
    /// Any number of them.
    Option positional(const std::string& name, std::vector<std::string>& target,
                      const std::string& help);
    Option positional(const std::string& name, std::vector<std::uint64_t>& target,
                      const std::string& help);
    /// All that is left, each as it is typed, even `[a,b]`. Comes last.
    Option positionals(const std::string& name, std::vector<std::string>& target,
                       const std::string& help);

    /// An option or positional that was added before.
    [[nodiscard]] Option find(const std::string& name) const;

    Arguments subcommand(const std::string& name, const std::string& summary);
    /// At least one subcommand must be given.
    void require_subcommand();
    /// One subcommand may be given; on_run() then holds for none.
    void allow_subcommand();

    /// A flag that is only shown in --help: what acts on it does so before.
    void version_flag(const std::string& name, const std::string& text);
    /// Below the options: sentences, and lines that begin with `Example: `; further
    /// examples are lines that begin with spaces.
    void footer(const std::string& text);
    /// Below the footer, after it was set: `0 done, 8 failed`. Those of wrong usage
    /// and of cancelling are added.
    void exit_codes(const std::string& text);
    /// Called when all is parsed, before on_run(): says what is wrong with the
    /// arguments together; empty if nothing is.
    void on_check(std::function<std::string()> complaint);
    /// Runs the command when it is the one that was given. Adds --json, which every
    /// command has: see wants_json().
    void on_run(std::function<ExitCode()> run);

private:
    Option choose(const std::string& names, std::function<void(std::size_t)> set,
                  const std::string& help, const std::vector<std::string>& choices);

    CLI::App* app_;
    ExitCode* code_; ///< of the command line
    std::shared_ptr<std::function<std::string()>> check_ =
        std::make_shared<std::function<std::string()>>();
};

/// A whole command line: the program with its commands.
class CommandLine {
public:
    CommandLine(const std::string& description, const std::string& name);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    [[nodiscard]] Arguments root();
    /// Parses the arguments (without the program's name) and runs what they ask
    /// for; prints help and usage errors.
    [[nodiscard]] ExitCode run(const std::vector<std::string>& arguments);
    /// All that was declared.
    [[nodiscard]] CommandHelp help() const;

private:
    std::unique_ptr<CLI::App> app_;
    ExitCode code_ = ExitCode::done;
};

template <class Choice>
Option Arguments::choice(const std::string& names, Choice& target, const std::string& help,
                         const std::vector<std::pair<std::string, Choice>>& choices) {
    std::vector<std::string> texts;
    texts.reserve(choices.size());
    for (const auto& [text, value] : choices)
        texts.push_back(text);
    return choose(
        names, [&target, choices](std::size_t index) { target = choices[index].second; }, help,
        texts);
}

} // namespace rebolt::cli
