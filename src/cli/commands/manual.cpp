// rebolt manual FOLDER
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>

#include "cli/app.hpp"
#include "cli/commands/commands.hpp"
#include "cli/man_page.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

bool write_page(const std::string& folder, const CommandHelp& command) {
    const std::string path = fmt::format("{}/{}.1", folder, page_name(command));
    std::ofstream out(path, std::ios::binary);
    out << man_page(command);
    out.close();
    if (out.fail()) {
        print_error(fmt::format("{}: cannot write: {}", path, std::strerror(errno)));
        return false;
    }
    for (const CommandHelp& one : command.subcommands)
        if (!write_page(folder, one))
            return false;
    return true;
}

} // namespace

void set_up_manual(Arguments arguments) {
    auto folder = std::make_shared<std::string>();
    arguments.positional("DIR", *folder, "The folder for the pages; it is made if need be")
        .required();
    arguments.footer("Example: rebolt manual /usr/local/share/man/man1");
    arguments.exit_codes("0 done, 8 the pages could not be written");
    arguments.on_run([folder] {
        std::error_code ignored; // writing tells
        std::filesystem::create_directories(*folder, ignored);
        return write_page(*folder, all_commands()) ? ExitCode::done : ExitCode::failed;
    });
}

} // namespace rebolt::cli
