#include "io/set_aside.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <string>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <rebolt/file_attributes.hpp>

#include <rebolt/page_source.hpp>

#include "base/try.hpp"
#include "io/file.hpp"
#include "io/new_file.hpp"
#include "io/system_calls.hpp"

namespace rebolt::io {
namespace {

constexpr std::uint32_t permission_bits = 07777;

Result<std::string> copy_aside(const std::string& path, const std::string& name) {
    const Ownership ownership = TRY(ownership_of(path));
    ReadOptions unlocked; // the caller holds the lock
    unlocked.lock = false;
    const PageSource source = TRY(PageSource::open(path, unlocked));
    auto file = TRY(NewFile::create(name, ownership.mode));
    TRY(file.append(source.file()));
    if (!source.readable(0, source.file_bytes()))
        return Error(ErrorCode::io, "parts of it cannot be read: no true copy of it can be made")
            .in_file(path);
    if (::chown(file.temporary_path().c_str(), ownership.user, ownership.group) != 0 &&
        ::geteuid() == 0)
        return system_error(errno, "cannot give the copy its owner", name);
    TRY(file.put_in_place());
    const PageSource copy = TRY(PageSource::open(name, unlocked));
    if (!std::ranges::equal(copy.file(), source.file()))
        return Error(ErrorCode::io, "the copy is not what was written").in_file(name);
    return name;
}

Result<void> sync(const std::string& path) {
    const auto file = TRY(File::open_for_reading(path));
    if (::fsync(file->descriptor()) != 0)
        return system_error(errno, "cannot sync", path);
    return sync_folder_of(path);
}

std::string utc_time() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(now));
}

// A name ends in its time, and a number if there are several in one second:
// `-10` is newer than `-2`.
bool is_newer(const std::string& left, const std::string& right) {
    const std::size_t time = left.find_last_of('Z');
    const int order = left.compare(0, time, right, 0, right.find_last_of('Z'));
    if (order != 0)
        return order > 0;
    return left.size() != right.size() ? left.size() > right.size() : left > right;
}

// Newer than all existing ones, even if their time is ahead of the clock.
std::string next_name(const std::string& path, std::string_view word) {
    std::string name = fmt::format("{}.{}-{}", path, word, utc_time());
    const std::vector<std::string> names = names_set_aside(path, word);
    if (names.empty() || is_newer(name, names.front()))
        return name;
    const std::string& newest = names.front();
    const std::size_t end = newest.find_last_of('Z') + 1;
    unsigned number = 1;
    if (end < newest.size())
        std::from_chars(newest.data() + end + 1, newest.data() + newest.size(), number);
    return fmt::format("{}-{}", newest.substr(0, end), number + 1);
}

} // namespace

Result<Ownership> ownership_of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return system_error(errno, "cannot look at the file", path);
    return Ownership{
        .user = status.st_uid, .group = status.st_gid, .mode = status.st_mode & permission_bits};
}

Result<void> require_unchanged(const std::string& path, const FileStamp& expected) {
    if (TRY(stamp_of(path)) != expected)
        return Error(ErrorCode::invalid_argument, "another program changed it meanwhile")
            .in_file(path);
    return {};
}

Result<std::string> set_aside(const std::string& path, std::string_view word,
                              const FileStamp& expected) {
    TRY(require_unchanged(path, expected));
    std::error_code error;
    for (const std::string& name : names_set_aside(path, word))
        if (std::filesystem::equivalent(name, path, error))
            return name; // the last run was interrupted here
    std::string name = next_name(path, word);
    if (::link(path.c_str(), name.c_str()) != 0) {
        if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK)
            return system_error(errno, "cannot set the file aside", path);
        return copy_aside(path, name);
    }
    if (auto same = require_unchanged(name, expected); !same) {
        ::unlink(name.c_str());
        return std::move(same).error();
    }
    TRY(sync(name));
    return name;
}

std::vector<std::string> names_set_aside(const std::string& path, std::string_view word) {
    const std::filesystem::path place(path);
    const std::string prefix = fmt::format("{}.{}-", place.filename().string(), word);
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(place.parent_path(), error), end;
         !error && entry != end; entry.increment(error))
        if (const std::string name = entry->path().filename().string();
            name.starts_with(prefix) && !name.ends_with(NewFile::suffix))
            names.push_back(entry->path().string());
    std::ranges::sort(names, is_newer);
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
        return system_error(errno, "cannot give the new file its owner", from);
    if (::chmod(from.c_str(), ownership.mode) != 0)
        return system_error(errno, "cannot give the new file its permissions", from);
    if (auto kept = copy_file_attributes(path, from); // where there is one to take them from
        !kept && kept.error().code() != ErrorCode::file_not_found)
        return kept;
    if (SystemCalls::current()->rename(from.c_str(), path.c_str()) != 0)
        return system_error(errno, "cannot put the new file in its place", path);
    return sync_folder_of(path);
}

} // namespace rebolt::io
