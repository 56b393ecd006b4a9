#include <rebolt/storage_risk.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/bytes.hpp>
#include <rebolt/finding.hpp>

#include "io/kernel_log.hpp"
#include "io/mount_table.hpp"

namespace rebolt {
namespace {

namespace fs = std::filesystem;

struct RiskText {
    std::string_view name;
    std::string_view sentence; ///< {}: the detail
};

// In the order of StorageRiskKind.
constexpr std::array<RiskText, 10> risk_texts{
    RiskText{"network-file-system",
             "the file is on a network file system ({}): locks and syncs there may not hold"},
    RiskText{"shared-with-host", "the file is in a folder shared with another system ({}): memory "
                                 "maps and syncs there are not those of a local disk"},
    RiskText{"overlay", "the file is in a container's own layer ({}), which goes with the "
                        "container; bbolt files belong in a volume"},
    RiskText{"in-memory", "the file is in memory ({}): it is gone when the machine restarts"},
    RiskText{"no-barriers", "the file system is mounted without write barriers ({}): a power cut "
                            "can lose what was synced"},
    RiskText{"fast-commit", "ext4 commits with fast_commit on a kernel from 5.10 to 5.16 ({}), "
                            "where it can lose what was synced"},
    RiskText{"mounted-read-only", "the file system is mounted read-only ({}), perhaps after an "
                                  "error of the disk"},
    RiskText{"disk-full", "the disk is full: {}"},
    RiskText{"io-errors", "the kernel's log has I/O errors of this disk: {}"},
    RiskText{"unclean-shutdown", "the machine was not shut down cleanly before it last started, "
                                 "as after a power cut: {}"},
};

const RiskText& text_of(StorageRiskKind kind) {
    return risk_texts[static_cast<std::size_t>(kind)];
}

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// /dev/kmsg gives one message a read, and would wait at the end.
std::string log_of(const std::string& path) {
    constexpr std::size_t bytes_max = std::size_t{4} << 20;
    std::string log;
    const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return log;
    std::array<char, 8192> buffer{};
    while (log.size() < bytes_max) {
        const ssize_t got = ::read(file, buffer.data(), buffer.size());
        if (got < 0 && errno == EPIPE) // a message was overwritten meanwhile
            continue;
        if (got <= 0)
            break;
        log.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(file);
    return log;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

bool has_option(const Mount& mount, std::string_view wanted) {
    const std::string& all = mount.options;
    for (std::size_t at = 0; at <= all.size();) {
        const std::size_t end = std::min(all.find(',', at), all.size());
        if (std::string_view(all).substr(at, end - at) == wanted)
            return true;
        at = end + 1;
    }
    return false;
}

std::optional<StorageRisk> risk_of_type(const Mount& mount) {
    constexpr std::array<std::string_view, 10> network{
        "nfs",       "nfs4",           "cifs",       "smb3",      "ceph",
        "glusterfs", "fuse.glusterfs", "fuse.sshfs", "fuse.s3fs", "lustre"};
    constexpr std::array<std::string_view, 9> shared{
        "9p",     "virtiofs",      "drvfs",      "vboxsf",   "fuse.vmhgfs-fuse",
        "prl_fs", "fuse.grpcfuse", "fuse.osxfs", "fakeowner"};
    constexpr std::array<std::string_view, 2> memory{"tmpfs", "ramfs"};
    const std::string detail = fmt::format("{} at {}", mount.type, mount.folder);
    if (is_one_of(mount.type, network))
        return StorageRisk{StorageRiskKind::network_file_system, detail};
    if (is_one_of(mount.type, shared))
        return StorageRisk{StorageRiskKind::shared_with_host, detail};
    if (mount.type == "overlay" || mount.type == "aufs")
        return StorageRisk{StorageRiskKind::overlay, detail};
    if (is_one_of(mount.type, memory))
        return StorageRisk{StorageRiskKind::in_memory, detail};
    return std::nullopt;
}

// `dm-0` of `/dev/mapper/data`.
std::string device_of(const Mount& mount) {
    std::error_code failed;
    const fs::path device = fs::canonical(mount.source, failed);
    return (failed ? fs::path(mount.source) : device).filename().string();
}

// ext4's fast_commit lost data from 5.10, where it came, until 5.17: bbolt's README.
bool has_fast_commit_faults(const std::string& release) {
    unsigned major = 0;
    unsigned minor = 0;
    const char* end = release.data() + release.size();
    const auto after = std::from_chars(release.data(), end, major);
    if (after.ec != std::errc{} || after.ptr == end)
        return false;
    std::from_chars(after.ptr + 1, end, minor);
    return major == 5 && minor >= 10 && minor < 17;
}

std::string kernel_release(const StorageProbe& probe) {
    utsname name{};
    if (!probe.kernel_release.empty() || ::uname(&name) != 0)
        return probe.kernel_release;
    return static_cast<const char*>(name.release);
}

// `fc stats:` and then `12 commits`: none, if it is off.
bool uses_fast_commit(const Mount& mount, const StorageProbe& probe) {
    const std::string info =
        content_of(fmt::format("{}/{}/fc_info", probe.ext4_folder, device_of(mount)));
    const std::size_t line = info.find('\n');
    return line != std::string::npos && line + 1 < info.size() && info[line + 1] != '0';
}

void add_mount_risks(const Mount& mount, const StorageProbe& probe,
                     std::vector<StorageRisk>& risks) {
    if (auto risk = risk_of_type(mount))
        risks.push_back(*std::move(risk));
    for (const std::string_view option : {"nobarrier", "barrier=0"})
        if (has_option(mount, option))
            risks.push_back(
                {StorageRiskKind::no_barriers, fmt::format("{} at {}", option, mount.folder)});
    const std::string release = kernel_release(probe);
    if (mount.type == "ext4" && has_fast_commit_faults(release) && uses_fast_commit(mount, probe))
        risks.push_back({StorageRiskKind::fast_commit, release});
    if (has_option(mount, "ro"))
        risks.push_back({StorageRiskKind::mounted_read_only,
                         fmt::format("{} at {}", mount.source, mount.folder)});
}

void add_space_risk(const std::string& folder, std::vector<StorageRisk>& risks) {
    constexpr std::uint64_t free_bytes_min = std::uint64_t{16} << 20;
    constexpr std::uint64_t part = 100;
    constexpr std::uint64_t megabyte = 1'000'000;
    struct statvfs space{};
    if (::statvfs(folder.c_str(), &space) != 0 || space.f_blocks == 0)
        return;
    const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
    const std::uint64_t all = std::uint64_t{space.f_blocks} * space.f_frsize;
    if (free < free_bytes_min || free < all / part)
        risks.push_back(
            {StorageRiskKind::disk_full,
             fmt::format("{} of {} MB are free at {}", free / megabyte, all / megabyte, folder)});
}

void add_disk_events(const Mount& mount, const StorageProbe& probe,
                     std::vector<StorageRisk>& risks) {
    if (!mount.source.starts_with('/'))
        return;
    const io::DiskEvents events = io::disk_events(log_of(probe.kernel_log), device_of(mount));
    if (events.errors != 0)
        risks.push_back({StorageRiskKind::io_errors,
                         fmt::format("{} line{}, the last: {}", events.errors,
                                     events.errors == 1 ? "" : "s", printable(events.last_error))});
    if (!events.recovery.empty())
        risks.push_back({StorageRiskKind::unclean_shutdown, printable(events.recovery)});
}

// Of a file that is gone, of its folder.
std::string place_of_file(const std::string& path) {
    std::error_code failed;
    const fs::path place = fs::weakly_canonical(fs::absolute(path, failed), failed);
    return failed ? path : place.string();
}

} // namespace

std::string_view name_of(StorageRiskKind kind) noexcept {
    return text_of(kind).name;
}

std::string to_text(const StorageRisk& risk) {
    return fmt::format(fmt::runtime(text_of(risk.kind).sentence), risk.detail);
}

std::optional<Mount> mount_of(const std::string& path, const StorageProbe& probe) {
    const std::vector<Mount> mounts = io::mounts_in(content_of(probe.mounts));
    const Mount* mount = io::mount_above(mounts, place_of_file(path));
    return mount == nullptr ? std::nullopt : std::optional(*mount);
}

std::vector<StorageRisk> storage_risks(const std::string& path, const StorageProbe& probe) {
    std::vector<StorageRisk> risks;
    const auto mount = mount_of(path, probe);
    if (mount) {
        add_disk_events(*mount, probe, risks);
        add_mount_risks(*mount, probe, risks);
    }
    add_space_risk(fs::path(place_of_file(path)).parent_path().string(), risks);
    return risks;
}

} // namespace rebolt
