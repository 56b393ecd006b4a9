#include "io/set_aside.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <ctime>
#include <string>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <rebolt/page_source.hpp>

#include "base/try.hpp"
#include "io/file.hpp"
#include "io/new_file.hpp"

namespace rebolt::io {
namespace {

constexpr std::string_view time_form = "00000000T000000Z"; // 0: a digit

std::string time_now() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(now));
}

// `-1`, `-2`, …; or nothing.
bool is_number_of_second(std::string_view text) {
    constexpr std::size_t digits_max = 9;
    if (text.empty())
        return true;
    text.remove_prefix(1);
    return !text.empty() && text.size() <= digits_max && text.front() != '0' &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<void> copy_aside(const Place& place, const std::string& name) {
    constexpr std::uint32_t owner_alone = 0600; // until it is whole
    const auto file = TRY(place.folder->open(place.name));
    auto copy = TRY(NewFile::create(Place{place.folder, name}, owner_alone));
    TRY(copy.copy_content(*file, [] { return true; }));
    TRY(copy.take_attributes(*file));
    ReadOptions unlocked; // the caller holds the lock
    unlocked.lock = false;
    const PageSource from = TRY(PageSource::open(file, unlocked));
    const PageSource to = TRY(PageSource::open(copy.open_path(), unlocked));
    if (!std::ranges::equal(from.file(), to.file()) || !from.readable(0, from.file_bytes()))
        return Error(ErrorCode::io, "parts of it cannot be read: no true copy of it can be made")
            .in_file(place.path());
    return copy.put_in_place();
}

} // namespace

// Newer than all existing ones, even if their time is ahead of the clock.
std::string next_aside_name(const Place& place, std::string_view word) {
    const AsideFile now{.name = fmt::format("{}.{}-{}", place.name, word, time_now()), .inode = 0};
    const std::vector<AsideFile> there = files_set_aside(place, word);
    if (there.empty() || is_newer(now, there.front()))
        return now.name;
    const std::string& newest = there.front().name;
    const std::size_t end = newest.find_last_of('Z') + 1;
    unsigned number = 1;
    if (end < newest.size())
        std::from_chars(newest.data() + end + 1, newest.data() + newest.size(), number);
    return fmt::format("{}-{}", newest.substr(0, end), number + 1);
}

// A name ends in its time, and a number if there are several in one second:
// `-10` is newer than `-2`.
bool is_newer(const AsideFile& left, const AsideFile& right) {
    const auto number_of = [](const std::string& name) {
        return name.substr(name.find_last_of('Z') + 1);
    };
    const std::string left_number = number_of(left.name);
    const std::string right_number = number_of(right.name);
    const int order = left.name.compare(0, left.name.size() - left_number.size(), right.name, 0,
                                        right.name.size() - right_number.size());
    if (order != 0)
        return order > 0;
    return left_number.size() != right_number.size() ? left_number.size() > right_number.size()
                                                     : left_number > right_number;
}

bool is_aside_name(std::string_view name, std::string_view file, std::string_view word) {
    const std::string prefix = fmt::format("{}.{}-", file, word);
    if (!name.starts_with(prefix))
        return false;
    name.remove_prefix(prefix.size());
    if (name.size() < time_form.size())
        return false;
    for (std::size_t i = 0; i < time_form.size(); ++i)
        if (time_form[i] == '0' ? name[i] < '0' || name[i] > '9' : name[i] != time_form[i])
            return false;
    name.remove_prefix(time_form.size());
    return (name.empty() || name.front() == '-') && is_number_of_second(name);
}

Result<void> require_unchanged(const Place& place, const FileStamp& expected) {
    if (stamp_of(TRY(place.folder->status(place.name))) != expected)
        return Error(ErrorCode::invalid_argument, "another program changed it meanwhile")
            .in_file(place.path());
    return {};
}

Result<AsideFile> set_aside(const Place& place, std::string_view word, const FileStamp& expected) {
    TRY(require_unchanged(place, expected));
    for (AsideFile& file : files_set_aside(place, word))
        if (file.inode == expected.inode)
            return std::move(file); // the last run was interrupted here
    const std::string name = next_aside_name(place, word);
    const auto linked = place.folder->link(place.name, name);
    if (!linked && linked.error().code() != ErrorCode::not_supported)
        return Error(linked.error().code(),
                     fmt::format("cannot set the file aside: {}", linked.error().message()))
            .in_file(place.path());
    if (!linked)
        TRY(copy_aside(place, name));
    const FileStamp made = stamp_of(TRY(place.folder->status(name)));
    if (linked && made != expected) {
        TRY(place.folder->remove(name));
        return Error(ErrorCode::invalid_argument, "another program changed it meanwhile")
            .in_file(place.path());
    }
    const auto file = TRY(place.folder->open(name));
    TRY(FileWriter(file).sync_all());
    TRY(place.folder->sync());
    return AsideFile{.name = name, .inode = made.inode};
}

std::vector<AsideFile> files_set_aside(const Place& place, std::string_view word) {
    std::vector<AsideFile> files;
    const auto names = place.folder->names();
    if (!names)
        return files;
    for (const std::string& name : *names) {
        if (!is_aside_name(name, place.name, word))
            continue;
        const auto status = place.folder->status(name);
        if (status && S_ISREG(status->st_mode))
            files.push_back({name, status->st_ino});
    }
    std::ranges::sort(files, is_newer);
    return files;
}

bool is_there(const Place& place, const AsideFile& file) {
    const auto status = place.folder->status(file.name);
    return status && S_ISREG(status->st_mode) && status->st_ino == file.inode;
}

} // namespace rebolt::io
