#include <rebolt/find_files.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include <rebolt/format.hpp>

namespace rebolt {
namespace {

namespace fs = std::filesystem;

constexpr unsigned probes = 15; ///< as bbolt: 1024 << 0 … 14

bool has_magic_at(int file, std::uint64_t page_offset) {
    std::uint32_t magic = 0;
    const auto at = static_cast<off_t>(page_offset + format::page_header_bytes);
    return ::pread(file, &magic, sizeof magic, at) == sizeof magic && magic == format::magic;
}

bool is_page_at(int file, std::uint64_t id, std::uint64_t offset) {
    format::PageHeader header{};
    return ::pread(file, &header, sizeof header, static_cast<off_t>(offset)) == sizeof header &&
           header.id == id && header.type() != format::PageType::unknown;
}

// A database whose metas are lost: pages carry their own numbers. Most files have
// no whole number of pages, and are not read.
bool has_numbered_pages(int file) {
    constexpr std::uint64_t page_bytes_least = 4096;
    constexpr std::uint64_t pages_looked_at = 12;
    constexpr std::uint64_t pages_enough = 3;
    struct stat status{};
    if (::fstat(file, &status) != 0 || status.st_size % page_bytes_least != 0)
        return false;
    for (std::uint64_t bytes = page_bytes_least; bytes <= format::page_size_max; bytes *= 4) {
        std::uint64_t found = 0;
        for (std::uint64_t id = 2; id < pages_looked_at; ++id)
            found += is_page_at(file, id, id * bytes) ? 1 : 0;
        if (found >= pages_enough)
            return true;
    }
    return false;
}

// nullopt: it could not be opened.
std::optional<bool> is_bolt_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0)
        return std::nullopt;
    bool found = has_magic_at(file, 0) || has_magic_at(file, format::page_size_min);
    for (unsigned i = 0; i < probes && !found; ++i)
        found = has_magic_at(file, std::uint64_t{1024} << i);
    found = found || has_numbered_pages(file);
    ::close(file);
    return found;
}

class Finder {
public:
    Finder(const std::function<bool(const std::string&)>& progress, dev_t device)
        : progress_(progress), device_(device) {}

    Result<FoundFiles> run(const std::string& folder) {
        folders_.push_back(folder);
        while (!folders_.empty()) {
            const std::string path = std::move(folders_.back());
            folders_.pop_back();
            if (progress_ && !progress_(path))
                return Error(ErrorCode::cancelled, "cancelled").in_file(path);
            look_into(path);
        }
        std::ranges::sort(found_.bolt);
        return std::move(found_);
    }

private:
    void look_into(const std::string& path) {
        std::error_code failed;
        fs::directory_iterator entries(path, failed);
        for (; !failed && entries != fs::directory_iterator(); entries.increment(failed))
            look_at(entries->path().string());
        if (failed)
            found_.unreadable.push_back(fmt::format("{}: {}", path, failed.message()));
    }

    void look_at(const std::string& path) {
        struct stat status{};
        if (::lstat(path.c_str(), &status) != 0)
            return; // gone meanwhile
        if (S_ISDIR(status.st_mode) && status.st_dev == device_)
            folders_.push_back(path);
        if (!S_ISREG(status.st_mode))
            return;
        const auto is_bolt = is_bolt_file(path);
        if (!is_bolt && errno != ENOENT)
            found_.unreadable.push_back(fmt::format("{}: {}", path, std::strerror(errno)));
        else if (is_bolt && *is_bolt)
            found_.bolt.push_back(path);
    }

    const std::function<bool(const std::string&)>& progress_;
    dev_t device_;
    FoundFiles found_;
    std::vector<std::string> folders_;
};

} // namespace

Result<FoundFiles> find_bolt_files(const std::string& path,
                                   const std::function<bool(const std::string&)>& progress) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return Error(errno == ENOENT || errno == ENOTDIR ? ErrorCode::file_not_found
                     : errno == EACCES                   ? ErrorCode::permission_denied
                                                         : ErrorCode::io,
                     std::strerror(errno))
            .in_file(path);
    if (!S_ISDIR(status.st_mode))
        return FoundFiles{.bolt = {path}, .unreadable = {}};
    return Finder(progress, status.st_dev).run(path);
}

} // namespace rebolt
