#include "guard/set_aside.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/page_source.hpp>

#include "base/try.hpp"
#include "guard/guard_record.hpp"
#include "io/new_file.hpp"

namespace rebolt::guard {
namespace {

constexpr std::uint32_t permission_bits = 07777;

Result<std::string> copy_aside(const std::string& path, const std::string& name) {
    const Ownership ownership = TRY(ownership_of(path));
    ReadOptions unlocked; // its own lock is held by who asks
    unlocked.lock = false;
    const PageSource source = TRY(PageSource::open(path, unlocked));
    auto file = TRY(io::NewFile::create(name, ownership.mode));
    TRY(file.append(source.file()));
    TRY(file.put_in_place());
    return name;
}

} // namespace

Result<Ownership> ownership_of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return io::system_error(errno, "cannot look at the file", path);
    return Ownership{
        .user = status.st_uid, .group = status.st_gid, .mode = status.st_mode & permission_bits};
}

Result<std::string> set_aside(const std::string& path, std::string_view word) {
    std::error_code error;
    for (const std::string& name : names_set_aside(path, word))
        if (std::filesystem::equivalent(name, path, error))
            return name; // it was cut off here the last time
    std::string name = fmt::format("{}.{}-{}", path, word, utc_time(true));
    for (unsigned number = 2; std::filesystem::exists(name, error); ++number)
        name = fmt::format("{}.{}-{}-{}", path, word, utc_time(true), number);
    if (::link(path.c_str(), name.c_str()) == 0) {
        TRY(io::sync_folder_of(path));
        return name;
    }
    if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK)
        return io::system_error(errno, "cannot set the file aside", path);
    return copy_aside(path, name);
}

std::vector<std::string> names_set_aside(const std::string& path, std::string_view word) {
    const std::filesystem::path place(path);
    const std::string prefix = fmt::format("{}.{}-", place.filename().string(), word);
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(place.parent_path(), error), end;
         !error && entry != end; entry.increment(error))
        if (const std::string name = entry->path().filename().string();
            name.starts_with(prefix) && !name.ends_with(".new"))
            names.push_back(entry->path().string());
    std::ranges::sort(names, std::greater{});
    return names;
}

void drop_oldest(const std::string& path, std::string_view word, std::size_t kept) {
    const std::vector<std::string> names = names_set_aside(path, word);
    std::error_code ignored;
    for (std::size_t i = kept; i < names.size(); ++i)
        std::filesystem::remove(names[i], ignored);
}

Result<void> put_in_place(const std::string& from, const std::string& path,
                          const Ownership& ownership) {
    if (::chown(from.c_str(), ownership.user, ownership.group) != 0 && ::geteuid() == 0)
        return io::system_error(errno, "cannot give the new file its owner", from);
    if (::chmod(from.c_str(), ownership.mode) != 0)
        return io::system_error(errno, "cannot give the new file its permissions", from);
    if (std::rename(from.c_str(), path.c_str()) != 0)
        return io::system_error(errno, "cannot put the new file in its place", path);
    return io::sync_folder_of(path);
}

Result<void> take_away(const std::string& path) {
    if (::unlink(path.c_str()) != 0)
        return io::system_error(errno, "cannot take the file away", path);
    return io::sync_folder_of(path);
}

} // namespace rebolt::guard
