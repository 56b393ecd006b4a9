#include "cli/bolt_files.hpp"

#include <filesystem>

#include <fmt/format.h>

#include <rebolt/find_files.hpp>

#include "cli/cancel.hpp"
#include "cli/output.hpp"

namespace rebolt::cli {
namespace {

Result<std::vector<std::string>> files_below(const std::string& folder) {
    auto found = find_bolt_files(folder, [](const std::string&) { return !cancelled(); });
    if (!found)
        return std::move(found).error();
    for (const std::string& path : found->unreadable)
        print_note(fmt::format("rebolt: cannot look into {}", printable(path)));
    if (found->bolt.empty())
        print_note(fmt::format("rebolt: there is no bolt file below {}", printable(folder)));
    return std::move(found->bolt);
}

} // namespace

Result<std::vector<std::string>> bolt_files_of(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        if (!std::filesystem::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        auto below = files_below(path);
        if (!below)
            return std::move(below).error();
        files.insert(files.end(), below->begin(), below->end());
    }
    return files;
}

} // namespace rebolt::cli
