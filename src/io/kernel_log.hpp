// What the kernel's log says of one disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rebolt::io {

struct DiskEvents {
    std::uint64_t errors = 0; ///< lines that tell of I/O errors or of a damaged file system
    std::string last_error;   ///< the last of them
    std::string recovery;     ///< the line that tells of a recovery at mounting; or empty
};

/// Looks through a log, in dmesg's form or /dev/kmsg's, for lines that name the device:
/// `sda1` (and its disk, `sda`), `dm-0`.
[[nodiscard]] DiskEvents disk_events(std::string_view log, std::string_view device);

} // namespace rebolt::io
