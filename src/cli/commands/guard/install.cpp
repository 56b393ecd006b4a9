// rebolt guard install|uninstall PRESET
#include <filesystem>
#include <memory>

#include <unistd.h>

#include <fmt/format.h>

#include "cli/commands/guard/subcommands.hpp"
#include "cli/confirm.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/shell_quoted.hpp"

namespace rebolt::cli {
namespace {

namespace fs = std::filesystem;

struct GuardInstallCommand {
    std::string preset;
    std::string root; ///< for images that are being built, and tests
    bool yes = false;
    bool remove = false;
};

Result<GuardDropIn> drop_in_of(const GuardInstallCommand& options) {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    auto drop_in = guard_drop_in(options.preset, error ? "/usr/bin/rebolt" : program.string());
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
    if (wants_json())
        print_json(options, drop_in, false);
    else if (answer == Answer::not_asked)
        print_note("Nothing was written. To do it, add --yes.");
    return ExitCode::cancelled;
}

void say_what_to_type(const std::string& unit) {
    print(fmt::format("Now: systemctl daemon-reload\n"
                      "Try it: systemctl restart {0} && journalctl -u {0} -n 20\n",
                      unit));
}

ExitCode run_install(const GuardInstallCommand& options) {
    const auto drop_in = drop_in_of(options);
    if (!drop_in) {
        (void)report(drop_in.error());
        return ExitCode::usage;
    }
    if (!wants_json())
        print(fmt::format("{}:\n{}", drop_in->path, drop_in->content));
    if (!drop_in->warning.empty())
        print_note(fmt::format("warning: {}", printable(drop_in->warning)));
    if (const Answer answer = confirm(fmt::format("Write {}?", drop_in->path), options.yes);
        answer != Answer::yes)
        return end_unchanged(options, *drop_in, answer);
    if (const auto written = install_guard(*drop_in); !written)
        return report(written.error());
    if (wants_json())
        print_json(options, *drop_in, true);
    else
        say_what_to_type(drop_in->unit);
    return ExitCode::done;
}

ExitCode run_uninstall(const GuardInstallCommand& options) {
    const auto drop_in = drop_in_of(options);
    if (!drop_in) {
        (void)report(drop_in.error());
        return ExitCode::usage;
    }
    std::error_code error;
    if (!fs::exists(drop_in->path, error)) {
        if (wants_json())
            print_json(options, *drop_in, false);
        else
            print(fmt::format("There is no {}: nothing to take away.\n", drop_in->path));
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
    arguments.flag("-y,--yes", options->yes, "Do not ask");
    arguments.option("--root", options->root, "A folder to be taken for the root of the system");
    return options;
}

} // namespace

void set_up_guard_install(Arguments arguments) {
    auto options = add_options(arguments);
    arguments.flag("--remove", options->remove, "Take it away again, as `uninstall` does");
    arguments.footer(
        "Shows the drop-in first. It runs the guard before each start, ends a start that "
        "hangs, and stops a\ndaemon that eats memory before the machine is out of it.\n"
        "Example: rebolt guard install docker");
    arguments.on_run(
        [options] { return options->remove ? run_uninstall(*options) : run_install(*options); });
}

void set_up_guard_uninstall(Arguments arguments) {
    auto options = add_options(arguments);
    arguments.footer("Example: rebolt guard uninstall docker");
    arguments.on_run([options] { return run_uninstall(*options); });
}

} // namespace rebolt::cli
