#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <rebolt/containerd/metadata.hpp>
#include <rebolt/guard.hpp>

#include "io/call_filter.hpp"
#include "io/confine.hpp"

namespace rebolt {
namespace {

namespace fs = std::filesystem;

// The folder of the file itself, also behind a link.
fs::path folder_of(const std::string& path) {
    std::error_code error;
    const fs::path real = fs::weakly_canonical(path, error);
    return error ? fs::absolute(path, error).parent_path() : real.parent_path();
}

// Or the closest one above it that is there.
fs::path existing(fs::path folder) {
    std::error_code error;
    while (!fs::is_directory(folder, error) && folder.has_relative_path())
        folder = folder.parent_path();
    return folder;
}

// Of large ones: see rebolt/live_copy.hpp.
std::string folder_of_live_copies() {
    const char* folder = std::getenv("TMPDIR");
    return folder == nullptr ? "/var/tmp" : folder;
}

} // namespace

bool confine_guard(const std::vector<GuardedFile>& files, const GuardOptions& options) {
    std::error_code error;
    fs::create_directories(options.state_folder, error);
    std::vector<std::string> folders{existing(fs::absolute(options.state_folder, error))};
    if (options.dry_run) // a rehearsal makes its files there
        folders.push_back(fs::temp_directory_path(error).string());
    if (options.moment == GuardMoment::after_start) // large copies of running services' files
        folders.push_back(folder_of_live_copies());
    for (const GuardedFile& file : files) {
        folders.push_back(folder_of(file.path));
        std::error_code ignored;
        if (!file.docker_root.empty() && !fs::is_directory(folders.back(), ignored))
            folders.back() = existing(file.docker_root); // a lost state is made again
        if (!file.etcd_root.empty())
            folders.push_back(file.etcd_root);
        if (auto root = containerd::root_of(file.path); !root.empty()) // blobs are kept there
            folders.push_back(std::move(root));
    }
    io::keep_file_capabilities();
    const bool is_confined = io::confine_writing_to(folders);
    return io::refuse_calls_beyond_files() && is_confined;
}

} // namespace rebolt
