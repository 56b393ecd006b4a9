// rebolt guard install|uninstall PRESET
#include <algorithm>
#include <array>
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
    if (!wants_json())
        return report_not_done(answer);
    print_json(options, drop_in, false);
    return exit_code_of(answer);
}

// snap's and rootless Docker have other units, a static pod none.
bool has_unit(const GuardInstallCommand& options, const std::string& unit) {
    constexpr std::array folders{"/etc/systemd/system", "/run/systemd/system",
                                 "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                 "/lib/systemd/system"};
    return std::ranges::any_of(folders, [&](const char* folder) {
        std::error_code error;
        return fs::exists(fmt::format("{}{}/{}.service", options.root, folder, unit), error);
    });
}

void say_what_to_type(const GuardInstallCommand& options) {
    print(fmt::format("Now: systemctl daemon-reload\n"
                      "To see what it would do, without a restart: rebolt guard --dry-run {}\n",
                      options.preset));
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
    if (!has_unit(options, drop_in->unit))
        print_note(fmt::format("warning: there is no {}.service here, and the drop-in does nothing "
                               "without one: snap, rootless Docker and static pods have other "
                               "units. There, run `rebolt guard {}` before the service starts",
                               drop_in->unit, options.preset));
    if (const Answer answer = confirm(fmt::format("Write {}?", drop_in->path), options.yes);
        answer != Answer::yes)
        return end_unchanged(options, *drop_in, answer);
    if (const auto written = install_guard(*drop_in); !written)
        return report(written.error());
    if (wants_json())
        print_json(options, *drop_in, true);
    else
        say_what_to_type(options);
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
    arguments.flag("-y,--yes", options->yes, "Do not ask");
    arguments
        .option("--root", options->root,
                "Write below this folder, as if it were /: for images and tests")
        .value_name("FOLDER");
    return options;
}

} // namespace

void set_up_guard_install(Arguments arguments) {
    auto options = add_options(arguments);
    arguments.flag("--remove", options->remove, "Remove it again, as `uninstall` does");
    arguments.footer("Shows the drop-in first. It runs the guard before each start, ends a start "
                     "that hangs, and stops a daemon that eats memory before the machine is out of "
                     "it.\nExample: rebolt guard install docker");
    arguments.exit_codes("0 done, 8 failed");
    arguments.on_run(
        [options] { return options->remove ? run_uninstall(*options) : run_install(*options); });
}

void set_up_guard_uninstall(Arguments arguments) {
    auto options = add_options(arguments);
    arguments.footer("Example: rebolt guard uninstall docker");
    arguments.exit_codes("0 done, 8 failed");
    arguments.on_run([options] { return run_uninstall(*options); });
}

} // namespace rebolt::cli
