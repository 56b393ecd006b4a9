// storage_risk: what may have damaged a file, as far as the system around it shows:
// the file system that it is on, how that is mounted, a full disk, and what the
// kernel's log says of the disk. Reads only; nothing here proves anything.
//
//   for (const rebolt::StorageRisk& risk : rebolt::storage_risks("/var/lib/app/my.db"))
//       std::puts(to_text(risk).c_str());
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rebolt {

enum class StorageRiskKind : std::uint8_t {
    network_file_system, ///< NFS, SMB and the like
    shared_with_host,    ///< 9p, virtiofs, drvfs (WSL), vboxsf: a folder of another system
    overlay,             ///< the upper layer of a container's file system
    in_memory,           ///< tmpfs, ramfs
    no_barriers,         ///< mounted with nobarrier or barrier=0
    fast_commit,         ///< ext4 fast_commit, on a kernel from before its fixes
    mounted_read_only,   ///< also after an error, with errors=remount-ro
    disk_full,           ///< less than 1 % or 16 MiB is free
    io_errors,           ///< the kernel's log has I/O errors of the disk
    unclean_shutdown,    ///< its file system had to be recovered since the machine started
};

/// `network-file-system`, …: stable, kebab-case.
[[nodiscard]] std::string_view name_of(StorageRiskKind kind) noexcept;

struct StorageRisk {
    StorageRiskKind kind;
    std::string detail; ///< `nfs4 on fileserver:/srv`, or the kernel's own line
};

/// One sentence without a full stop: what it is, and what it does to a bbolt file.
[[nodiscard]] std::string to_text(const StorageRisk& risk);

/// The mount that a file is on.
struct Mount {
    std::string folder;  ///< `/var/lib/docker`
    std::string type;    ///< `ext4`
    std::string source;  ///< `/dev/sda1`, `server:/export`
    std::string options; ///< of the mount and of the file system: `rw,relatime,…`
};

/// Where to look; for tests, and for another machine's files.
struct StorageProbe {
    std::string mounts = "/proc/self/mountinfo";
    std::string kernel_log = "/dev/kmsg"; ///< read to its end, without waiting
    std::string ext4_folder = "/proc/fs/ext4";
    std::string kernel_release = {}; ///< `5.15.0-91-generic`; empty: this machine's
};

/// The mount that `path` is on; nullopt where it cannot be told. The path need not exist.
[[nodiscard]] std::optional<Mount> mount_of(const std::string& path,
                                            const StorageProbe& probe = {});

/// What may have damaged the file at `path`, the likeliest first. Never fails: what
/// cannot be read (the kernel's log, without root) is not told. Cost: reads the
/// kernel's log, at most 4 MiB.
[[nodiscard]] std::vector<StorageRisk> storage_risks(const std::string& path,
                                                     const StorageProbe& probe = {});

} // namespace rebolt
