#include "guard/guard_lock.hpp"

#include <filesystem>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "io/lock.hpp"
#include "io/new_file.hpp"
#include "io/set_aside.hpp"

namespace rebolt::guard {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view temporary_suffix = ".rebolt-guard";
constexpr std::uint32_t lock_mode = 0600;

// Names that only a guard gives.
bool is_left_behind(std::string_view name, std::string_view file) {
    if (!name.starts_with(file))
        return false;
    const std::string_view rest = name.substr(file.size());
    if (rest.starts_with(temporary_suffix))
        return true;
    const bool is_set_aside = rest.starts_with(fmt::format(".{}-", io::damaged_word)) ||
                              rest.starts_with(fmt::format(".{}-", io::replaced_word));
    return is_set_aside && rest.ends_with(io::NewFile::suffix);
}

template <class Predicate>
void remove_in(const fs::path& folder, Predicate is_wanted) {
    std::error_code error;
    std::error_code ignored;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (is_wanted(entry->path().filename().string()))
            fs::remove(entry->path(), ignored);
}

} // namespace

std::string temporary_name(const std::string& path) {
    return path + std::string(temporary_suffix);
}

GuardLock::GuardLock(const std::string& folder, std::chrono::milliseconds longest)
    : folder_(folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return;
    auto file = io::File::open_for_writing(folder + "/lock", lock_mode);
    if (file && io::lock(**file, io::LockMode::exclusive, longest))
        file_ = *std::move(file);
}

void GuardLock::remove_leftovers(const std::string& path) const {
    if (!file_)
        return;
    const fs::path place(path);
    const std::string file = place.filename().string();
    remove_in(place.parent_path(),
              [&](const std::string& name) { return is_left_behind(name, file); });
    remove_in(folder_, [](const std::string& name) { return name.ends_with(io::NewFile::suffix); });
}

} // namespace rebolt::guard
