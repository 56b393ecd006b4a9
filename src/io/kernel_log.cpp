#include "io/kernel_log.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace rebolt::io {
namespace {

// As block layer, ext4, XFS and btrfs write them.
constexpr std::array<std::string_view, 8> error_words{
    "I/O error",       "critical medium error", "critical target error", "EXT4-fs error",
    "lost page write", "metadata I/O error",    "Corruption detected",   "BTRFS error"};
constexpr std::array<std::string_view, 4> recovery_words{
    "recovery complete", "Starting recovery", "recovering journal", "start tree-log replay"};

bool has_any(std::string_view line, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return line.contains(word); });
}

// `sda1` is not named by `sda12` or by `xsda1`.
bool names(std::string_view line, std::string_view device) {
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    for (std::size_t at = line.find(device); at != std::string_view::npos;
         at = line.find(device, at + 1)) {
        const std::size_t end = at + device.size();
        if ((at == 0 || !is_word(line[at - 1])) && (end == line.size() || !is_word(line[end])))
            return true;
    }
    return false;
}

// The disk of a partition: `sda` of `sda1`, `nvme0n1` of `nvme0n1p2`.
std::string_view disk_of(std::string_view device) {
    const std::size_t last = device.find_last_not_of("0123456789");
    if (last == std::string_view::npos || last + 1 == device.size() || device.starts_with("dm-") ||
        device.starts_with("md") || device.starts_with("loop"))
        return device;
    const bool has_p = device[last] == 'p' && last > 0 &&
                       std::isdigit(static_cast<unsigned char>(device[last - 1])) != 0;
    if (has_p)
        return device.substr(0, last);
    return device.starts_with("nvme") || device.starts_with("mmcblk") ? device
                                                                      : device.substr(0, last + 1);
}

// Without /dev/kmsg's `6,1234,5678901,-;` in front.
std::string_view message_of(std::string_view line) {
    const std::size_t semicolon = line.find(';');
    const bool is_kmsg = !line.empty() && std::isdigit(static_cast<unsigned char>(line[0])) != 0 &&
                         semicolon != std::string_view::npos;
    return is_kmsg ? line.substr(semicolon + 1) : line;
}

} // namespace

DiskEvents disk_events(std::string_view log, std::string_view device) {
    DiskEvents events;
    const std::string_view disk = disk_of(device);
    while (!log.empty()) {
        const std::string_view line = log.substr(0, log.find('\n'));
        log.remove_prefix(std::min(log.size(), line.size() + 1));
        if (!names(line, device) && !names(line, disk))
            continue;
        if (has_any(line, error_words)) {
            ++events.errors;
            events.last_error = message_of(line);
        } else if (has_any(line, recovery_words)) {
            events.recovery = message_of(line);
        }
    }
    return events;
}

} // namespace rebolt::io
