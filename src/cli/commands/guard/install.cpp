// rebolt guard install|uninstall PRESET
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string_view>

#include <fmt/format.h>

#include <rebolt/guard_install.hpp>

#include "cli/commands/guard/subcommands.hpp"
#include "cli/confirm.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"
#include "cli/validators.hpp"

namespace rebolt::cli {
namespace {

namespace fs = std::filesystem;

struct GuardInstallCommand {
    std::string preset;
    std::string root; ///< for images that are being built, and tests
    GuardDropInOptions drop_in;
    double start_timeout_seconds = 900;
    bool without_unit = false;
    bool yes = false;
    bool remove = false;
};

// A program that is run where it was built may be gone with the next build.
bool is_installed_place(const std::string& program) {
    constexpr std::array<std::string_view, 5> places{"/usr/", "/opt/", "/bin/", "/sbin/", "/snap/"};
    return std::ranges::any_of(places,
                               [&](std::string_view place) { return program.starts_with(place); });
}

// This program, if it is installed; else the one that is. Errors: file_not_found.
Result<std::string> installed_program() {
    std::error_code error;
    const std::string self = fs::read_symlink("/proc/self/exe", error).string();
    if (!error && is_installed_place(self))
        return self;
    for (const char* program : {"/usr/bin/rebolt", "/usr/local/bin/rebolt"})
        if (fs::exists(program, error))
            return std::string(program);
    return Error(ErrorCode::file_not_found,
                 fmt::format("this rebolt ({}) is not installed, and a service needs one that "
                             "stays: put it into /usr/local/bin, or name it with --program",
                             error || self.empty() ? "unknown" : self));
}

Result<GuardDropIn> drop_in_of(const GuardInstallCommand& options) {
    GuardDropInOptions wanted = options.drop_in;
    wanted.start_timeout =
        std::chrono::seconds(static_cast<std::int64_t>(std::ceil(options.start_timeout_seconds)));
    if (wanted.memory_max == "none")
        wanted.memory_max.clear();
    if (wanted.program.empty() && options.remove)
        wanted.program = "rebolt"; // what is in it does not matter
    if (wanted.program.empty()) {
        auto program = installed_program();
        if (!program)
            return std::move(program).error();
        wanted.program = *std::move(program);
    }
    auto drop_in = guard_drop_in(options.preset, wanted);
    if (drop_in)
        drop_in->path = options.root + drop_in->path;
    return drop_in;
}

void print_json(const GuardInstallCommand& options, const GuardDropIn& drop_in, bool is_changed) {
    std::error_code error;
    print_document(
        {{"shape", "rebolt.guard-install/1"},
         {"preset", options.preset},
         {"unit", drop_in.unit},
         {"drop_in", drop_in.path},
         {"content", drop_in.content},
         {"warning", text_or_null(drop_in.warning)},
         {"changed", is_changed},
         {"installed", fs::exists(drop_in.path, error)},
         {"next", is_changed ? Document("systemctl daemon-reload") : Document(nullptr)}});
}

ExitCode end_unchanged(const GuardInstallCommand& options, const GuardDropIn& drop_in,
                       Answer answer) {
    if (!wants_json())
        return report_not_done(answer);
    print_json(options, drop_in, false);
    return exit_code_of(answer);
}

ExitCode refuse(const Error& error) {
    const ExitCode code = report(error);
    return error.code() == ErrorCode::invalid_argument ? ExitCode::usage : code;
}

void say_what_to_type(const GuardInstallCommand& options) {
    const std::string& root = options.drop_in.data_root;
    print(fmt::format("Now: systemctl daemon-reload\n"
                      "Try it: rebolt guard {}{} --dry-run\n",
                      options.preset, root.empty() ? root : " --data-root " + shell_quoted(root)));
}

// Twice is as once, also where nobody can be asked.
ExitCode end_installed(const GuardInstallCommand& options, const GuardDropIn& drop_in) {
    if (wants_json()) {
        print_json(options, drop_in, false);
        return ExitCode::done;
    }
    print(fmt::format("{} is installed already.\n", drop_in.path));
    say_what_to_type(options);
    return ExitCode::done;
}

ExitCode write(const GuardInstallCommand& options, const GuardDropIn& drop_in) {
    if (!wants_json())
        print(fmt::format("{}:\n{}", drop_in.path, drop_in.content));
    if (!drop_in.warning.empty())
        print_note(fmt::format("warning: {}", printable(drop_in.warning)));
    if (const Answer answer = confirm(fmt::format("Write {}?", drop_in.path), options.yes);
        answer != Answer::yes)
        return end_unchanged(options, drop_in, answer);
    if (const auto written = install_guard(drop_in); !written)
        return report(written.error());
    if (wants_json())
        print_json(options, drop_in, true);
    else
        say_what_to_type(options);
    return ExitCode::done;
}

ExitCode run_install(const GuardInstallCommand& options) {
    const auto drop_in = drop_in_of(options);
    if (!drop_in)
        return refuse(drop_in.error());
    if (const std::string advice = missing_unit_advice(options.preset, *drop_in, options.root);
        !advice.empty() && !options.without_unit)
        return report(Error(ErrorCode::file_not_found, advice));
    const auto installed = is_guard_installed(*drop_in);
    if (!installed)
        return report(installed.error());
    return *installed ? end_installed(options, *drop_in) : write(options, *drop_in);
}

ExitCode run_uninstall(const GuardInstallCommand& options) {
    const auto drop_in = drop_in_of(options);
    if (!drop_in)
        return refuse(drop_in.error());
    std::error_code error;
    if (!fs::exists(drop_in->path, error)) {
        if (wants_json())
            print_json(options, *drop_in, false);
        else
            print(fmt::format("There is no {}: nothing to remove.\n", drop_in->path));
        return ExitCode::done;
    }
    if (const Answer answer = confirm(fmt::format("Remove {}?", drop_in->path), options.yes);
        answer != Answer::yes)
        return end_unchanged(options, *drop_in, answer);
    if (const auto removed = uninstall_guard(*drop_in); !removed)
        return report(removed.error());
    if (wants_json())
        print_json(options, *drop_in, true);
    else
        print(fmt::format("Removed {}.\nNow: systemctl daemon-reload\n", drop_in->path));
    return ExitCode::done;
}

std::shared_ptr<GuardInstallCommand> add_options(Arguments arguments) {
    auto options = std::make_shared<GuardInstallCommand>();
    arguments.positional("PRESET", options->preset, "docker, containerd, etcd, podman, consul, ...")
        .required();
    arguments
        .option("--unit", options->drop_in.unit,
                "The unit that starts the service, without .service, if it is not the preset's own")
        .value_name("NAME");
    arguments.flag("-y,--yes", options->yes, "Do not ask");
    arguments
        .option("--root", options->root,
                "Write below this folder, as if it were /: for images and tests")
        .value_name("FOLDER");
    return options;
}

// `75%`, `4G`, `none`: systemd.resource-control(5).
std::string complaint_of_memory(std::string_view text) {
    constexpr std::string_view units = "KMGT%";
    if (text == "none")
        return {};
    const std::size_t digits = text.find_first_not_of("0123456789");
    const std::string_view unit = digits == text.npos ? "" : text.substr(digits);
    const bool is_size = digits != 0 && !text.starts_with('0') &&
                         (unit.empty() || (unit.size() == 1 && units.contains(unit.front())));
    return is_size ? "" : fmt::format("{} is no size: 75%, 4G and none are", text);
}

} // namespace

void set_up_guard_install(Arguments arguments) {
    auto options = add_options(arguments);
    arguments
        .option("--data-root", options->drop_in.data_root,
                "The service's data root, if it is not where its configuration says")
        .value_name("FOLDER");
    arguments
        .option("--program", options->drop_in.program,
                "The rebolt that the service runs (default: this one, if it is installed)")
        .value_name("FILE");
    arguments
        .option("--start-timeout", options->start_timeout_seconds,
                "How long a start may take before systemd ends it (default: 900; 0: as the unit "
                "says)")
        .check(seconds_number(0));
    arguments
        .option("--memory-max", options->drop_in.memory_max,
                "How much memory the service may use: a share of the machine's (75%) or a size "
                "(4G); none: as the unit says")
        .check({.complaint = complaint_of_memory, .value_name = "SIZE"});
    arguments.flag("--without-unit", options->without_unit,
                   "Write it although there is no such unit yet");
    arguments.flag("--remove", options->remove, "Remove it again, as `uninstall` does");
    arguments.footer("Shows the drop-in first. It runs the guard before each start, ends a start "
                     "that hangs, and stops a daemon that eats memory before the machine is out of "
                     "it. It restarts nothing. Run again, it changes nothing.\n"
                     "Example: rebolt guard install docker\n"
                     "         rebolt guard install docker --memory-max 8G --start-timeout 1800");
    arguments.exit_codes("0 done or already there, 8 failed or no such unit");
    arguments.on_run(
        [options] { return options->remove ? run_uninstall(*options) : run_install(*options); });
}

void set_up_guard_uninstall(Arguments arguments) {
    auto options = add_options(arguments);
    options->remove = true;
    arguments.footer("Example: rebolt guard uninstall docker");
    arguments.exit_codes("0 done, 8 failed");
    arguments.on_run([options] { return run_uninstall(*options); });
}

} // namespace rebolt::cli
