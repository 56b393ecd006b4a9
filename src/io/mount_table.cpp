#include "io/mount_table.hpp"

#include <algorithm>

namespace rebolt::io {
namespace {

std::string_view next_word(std::string_view& line) {
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(line.size(), word.size() + 1));
    return word;
}

// Spaces and the like are there as three octal digits: `\040`.
std::string unescaped(std::string_view word) {
    constexpr std::size_t digits = 3;
    const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
    std::string text;
    while (!word.empty()) {
        if (word.front() == '\\' && word.size() > digits &&
            std::ranges::all_of(word.substr(1, digits), is_octal)) {
            int value = 0;
            for (const char c : word.substr(1, digits))
                value = value * 8 + (c - '0');
            text += static_cast<char>(value);
            word.remove_prefix(digits + 1);
        } else {
            text += word.front();
            word.remove_prefix(1);
        }
    }
    return text;
}

// `36 35 98:0 /root /folder options tags… - type source options`, see proc(5).
bool take_line(std::string_view line, Mount& mount) {
    for (int skipped = 0; skipped < 4; ++skipped)
        next_word(line);
    mount.folder = unescaped(next_word(line));
    mount.options = next_word(line);
    while (!line.empty() && next_word(line) != "-") {
    }
    mount.type = next_word(line);
    mount.source = unescaped(next_word(line));
    if (!line.empty())
        mount.options += "," + std::string(line);
    return !mount.folder.empty() && !mount.type.empty();
}

} // namespace

std::vector<Mount> mounts_in(std::string_view table) {
    std::vector<Mount> mounts;
    while (!table.empty()) {
        const std::string_view line = table.substr(0, table.find('\n'));
        table.remove_prefix(std::min(table.size(), line.size() + 1));
        if (Mount mount; take_line(line, mount))
            mounts.push_back(std::move(mount));
    }
    return mounts;
}

const Mount* mount_above(const std::vector<Mount>& mounts, std::string_view path) {
    const Mount* nearest = nullptr;
    for (const Mount& mount : mounts) {
        const bool is_above = mount.folder == "/" || path == mount.folder ||
                              (path.starts_with(mount.folder) && path[mount.folder.size()] == '/');
        if (is_above && (nearest == nullptr || mount.folder.size() >= nearest->folder.size()))
            nearest = &mount;
    }
    return nearest;
}

} // namespace rebolt::io
