#include "guard/set_aside.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rebolt::guard {

void drop_oldest(const io::Place& place, std::string_view word, std::size_t kept,
                 GuardRecord& record) {
    std::vector<AsideFile> ours;
    std::vector<AsideFile> others;
    for (AsideFile& file : record.set_aside)
        if (io::is_aside_name(file.name, place.name, word))
            ours.push_back(std::move(file));
        else
            others.push_back(std::move(file));
    std::ranges::sort(ours, io::is_newer);
    std::erase_if(ours, [&](const AsideFile& file) { return !io::is_there(place, file); });
    for (; ours.size() > kept; ours.pop_back())
        if (const auto removed = place.folder->remove(ours.back().name); !removed)
            break; // it stays, and is tried again
    others.insert(others.end(), std::make_move_iterator(ours.begin()),
                  std::make_move_iterator(ours.end()));
    record.set_aside = std::move(others);
}

} // namespace rebolt::guard
