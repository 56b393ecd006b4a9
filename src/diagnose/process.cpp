// A process from outside, by /proc.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/evidence.hpp>

#include "diagnose/line_text.hpp"
#include "diagnose/number_text.hpp"
#include "io/file.hpp"
#include "io/lock.hpp"

namespace rebolt::diagnose {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t databases_max = 64;
constexpr std::size_t descriptors_max = 65536;
constexpr std::uint32_t bolt_magic = 0xED0CDAED;
constexpr std::uint64_t growth_min = std::uint64_t{1} << 20; ///< bytes a second

std::string folder_of(std::uint64_t process_id) {
    return fmt::format("/proc/{}", process_id);
}

std::string first_line(const std::string& path) {
    std::ifstream stream(path);
    std::string line;
    std::getline(stream, line);
    return line;
}

// The value after `State:` or `VmRSS:`.
std::string status_value(std::uint64_t process_id, std::string_view name) {
    std::ifstream status(folder_of(process_id) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name))
            return std::string(trimmed(std::string_view(line).substr(name.size())));
    return {};
}

std::optional<std::uint64_t> used_bytes(std::uint64_t process_id) {
    const auto kilobytes = leading_number(status_value(process_id, "VmRSS:"));
    return kilobytes ? std::optional(*kilobytes * 1024) : std::nullopt;
}

bool has_magic(const io::File& file, std::uint64_t offset) {
    constexpr std::uint64_t header_bytes = 16;
    std::array<std::byte, sizeof(bolt_magic)> bytes{};
    const auto size = file.read_at(offset + header_bytes, bytes);
    return size && *size == bytes.size() && load<std::uint32_t>(bytes.data()) == bolt_magic;
}

// By its first meta page, or by the second one, or by its name.
bool is_bolt(const io::File& file, std::string_view path) {
    for (const std::uint64_t offset : {0U, 1024U, 2048U, 4096U, 8192U, 16384U, 32768U, 65536U})
        if (has_magic(file, offset))
            return true;
    return path.ends_with("local-kv.db") || path.ends_with("/snap/db") || path.ends_with(".bolt");
}

// What `fdinfo` says of the locks taken through this descriptor.
HeldLock own_lock(const std::string& fdinfo) {
    std::ifstream stream(fdinfo);
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with("lock:") || line.find("FLOCK") == std::string::npos)
            continue;
        if (line.find("->") != std::string::npos)
            return HeldLock::waiting;
        return line.find("WRITE") != std::string::npos ? HeldLock::exclusive : HeldLock::shared;
    }
    return HeldLock::none;
}

std::optional<OpenDatabase> database_behind(const fs::path& descriptor, const std::string& folder) {
    struct stat status{};
    if (::stat(descriptor.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
        return std::nullopt;
    std::error_code error;
    const std::string path = fs::read_symlink(descriptor, error).string();
    const auto file = io::File::open_for_reading(descriptor.string());
    if (error || !file || !is_bolt(**file, path))
        return std::nullopt;
    OpenDatabase database;
    database.path = path;
    database.open_as = descriptor.string();
    database.bytes = static_cast<std::uint64_t>(status.st_size);
    database.lock = own_lock(folder + "/fdinfo/" + descriptor.filename().string());
    if (database.lock == HeldLock::none || database.lock == HeldLock::waiting) {
        // bbolt does not block on the lock but tries again and again.
        database.lock_holders = io::lock_holders(**file);
        if (!database.lock_holders.empty())
            database.lock = HeldLock::waiting;
    }
    return database;
}

void keep(std::vector<OpenDatabase>& databases, OpenDatabase database) {
    const auto same = std::ranges::find(databases, database.path, &OpenDatabase::path);
    if (same == databases.end()) {
        if (databases.size() < databases_max)
            databases.push_back(std::move(database));
    } else if (same->lock == HeldLock::none || same->lock == HeldLock::waiting)
        *same = std::move(database);
}

Result<std::vector<OpenDatabase>> open_databases(std::uint64_t process_id) {
    const std::string folder = folder_of(process_id);
    std::error_code error;
    fs::directory_iterator descriptors(folder + "/fd", error);
    if (error)
        return Error(error.value() == EACCES || error.value() == EPERM
                         ? ErrorCode::permission_denied
                         : ErrorCode::file_not_found,
                     fmt::format("cannot see which files process {} has open: {}; root may",
                                 process_id, error.message()))
            .in_file(folder + "/fd");
    std::vector<OpenDatabase> databases;
    std::size_t seen = 0;
    for (; descriptors != fs::directory_iterator() && seen < descriptors_max;
         descriptors.increment(error), ++seen) {
        if (error)
            break; // the process ended
        if (auto database = database_behind(descriptors->path(), folder))
            keep(databases, std::move(*database));
    }
    return databases;
}

} // namespace

std::string_view name_of(HeldLock lock) noexcept {
    constexpr std::array<std::string_view, 4> names{"none", "shared", "exclusive", "waiting"};
    return names[static_cast<std::size_t>(lock)];
}

double ProcessEvidence::growth_bytes_per_second() const noexcept {
    if (samples.size() < 2 || samples.back().seconds <= samples.front().seconds)
        return 0;
    return (static_cast<double>(samples.back().used_bytes) -
            static_cast<double>(samples.front().used_bytes)) /
           (samples.back().seconds - samples.front().seconds);
}

bool ProcessEvidence::is_growing() const noexcept {
    // Go's heap grows by steps: some samples may be alike, none smaller.
    const bool ascends = std::ranges::is_sorted(samples, {}, &MemorySample::used_bytes);
    return samples.size() >= 3 && ascends &&
           growth_bytes_per_second() > static_cast<double>(growth_min);
}

Result<ProcessEvidence> inspect_process(std::uint64_t process_id, const ProcessOptions& options) {
    ProcessEvidence evidence;
    evidence.process_id = process_id;
    if (!fs::exists(folder_of(process_id)))
        return Error(ErrorCode::file_not_found,
                     fmt::format("there is no process {} on this machine", process_id));
    evidence.program = printable(first_line(folder_of(process_id) + "/comm"));
    evidence.state = status_value(process_id, "State:");
    auto databases = open_databases(process_id);
    if (!databases)
        return std::move(databases).error();
    evidence.databases = std::move(*databases);
    const auto begin = std::chrono::steady_clock::now();
    const std::uint32_t samples = std::max<std::uint32_t>(options.samples, 2);
    for (std::uint32_t i = 0; i < samples; ++i) {
        std::this_thread::sleep_until(begin + options.watch * i / (samples - 1));
        if (options.cancelled && options.cancelled())
            return Error(ErrorCode::cancelled, "cancelled while watching the process");
        const auto used = used_bytes(process_id);
        if (!used)
            break; // it ended, or is a zombie
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        evidence.samples.push_back({seconds.count(), *used});
    }
    return evidence;
}

} // namespace rebolt::diagnose
