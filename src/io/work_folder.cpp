#include "io/work_folder.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace rebolt::io {

std::string work_prefix(std::string_view file, std::string_view word) {
    constexpr std::size_t longest = 200; // of 255, with what follows
    return fmt::format("{}.{}-", file.substr(0, longest), word);
}

void remove_all_in(const Folder& folder) {
    if (const auto names = folder.names())
        for (const std::string& name : *names)
            static_cast<void>(folder.remove(name));
}

WorkFolder::WorkFolder(std::shared_ptr<const Folder> parent, std::shared_ptr<const Folder> own,
                       std::string name)
    : parent_(std::move(parent)), own_(std::move(own)), name_(std::move(name)) {}

Result<WorkFolder> WorkFolder::make(const Place& place, std::string_view word) {
    std::string name;
    auto own = TRY(place.folder->make_private(work_prefix(place.name, word), name));
    return WorkFolder(place.folder, std::move(own), std::move(name));
}

WorkFolder::~WorkFolder() {
    if (!parent_)
        return;
    remove_all_in(*own_);
    static_cast<void>(parent_->remove_folder(name_));
}

} // namespace rebolt::io
