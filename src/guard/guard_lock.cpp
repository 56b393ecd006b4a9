#include "guard/guard_lock.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/try.hpp"
#include "guard/set_aside.hpp"
#include "io/lock.hpp"
#include "io/new_file.hpp"

namespace rebolt::guard {
namespace {

constexpr std::uint32_t lock_mode = 0600;
constexpr std::size_t random_digits = 16;

bool is_random(std::string_view text) {
    return text.size() == random_digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// `NAME.<digits>.new`, where NAME is one that may be made: see io::NewFile.
template <class IsMade>
bool is_unfinished(std::string_view name, IsMade is_made) {
    if (!name.ends_with(io::NewFile::suffix))
        return false;
    name.remove_suffix(io::NewFile::suffix.size());
    const std::size_t dot = name.find_last_of('.');
    return dot != std::string_view::npos && is_random(name.substr(dot + 1)) &&
           is_made(name.substr(0, dot));
}

void remove_work_folder(const io::Folder& parent, const std::string& name) {
    const int descriptor = ::openat(parent.descriptor(), name.c_str(),
                                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status{};
    if (descriptor < 0)
        return;
    const io::Folder folder(descriptor, parent.path_of(name));
    if (::fstat(descriptor, &status) != 0 || status.st_uid != ::geteuid())
        return; // another user's
    io::remove_all_in(folder);
    static_cast<void>(parent.remove_folder(name));
}

} // namespace

GuardLock::GuardLock(const std::string& folder, std::chrono::milliseconds longest)
    : folder_(folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return;
    auto file = io::File::open_for_writing(folder + "/lock", lock_mode);
    if (file && io::lock(**file, io::LockMode::exclusive, longest))
        file_ = *std::move(file);
}

void GuardLock::remove_leftovers(const io::Place& place) const {
    if (!file_)
        return;
    const std::string prefix = io::work_prefix(place.name, work_word);
    const auto names = place.folder->names();
    for (const std::string& name : names ? *names : std::vector<std::string>{}) {
        if (name.starts_with(prefix) && is_random(std::string_view(name).substr(prefix.size())))
            remove_work_folder(*place.folder, name);
        if (is_unfinished(name, [&](std::string_view made) {
                return io::is_aside_name(made, place.name, io::damaged_word) ||
                       io::is_aside_name(made, place.name, io::replaced_word);
            }))
            static_cast<void>(place.folder->remove(name));
    }
    const auto state = io::place_of(folder_ + "/lock", io::LastLink::keep);
    const auto made = state ? state->folder->names() : std::vector<std::string>{};
    for (const std::string& name : made ? *made : std::vector<std::string>{})
        if (is_unfinished(name, [](std::string_view) { return true; }))
            static_cast<void>(state->folder->remove(name));
}

} // namespace rebolt::guard
