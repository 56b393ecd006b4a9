#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/diagnose.hpp>

#include "base/try.hpp"
#include "diagnose/database_path.hpp"
#include "diagnose/gunzip.hpp"

namespace rebolt::diagnose {
namespace {

// A log may be a pipe, which io::File refuses.
class Descriptor {
public:
    explicit Descriptor(const std::string& path)
        : number_(path == "-" ? STDIN_FILENO
                              : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ > STDERR_FILENO)
            ::close(number_);
    }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

Error failure(int number, const std::string& path) {
    const ErrorCode code = number == ENOENT   ? ErrorCode::file_not_found
                           : number == EACCES ? ErrorCode::permission_denied
                                              : ErrorCode::io;
    return Error(code,
                 fmt::format("cannot read the log: {}", std::generic_category().message(number)))
        .in_file(path);
}

// How other packers' files start, and what unpacks them.
struct Packer {
    std::string_view start;
    std::string_view command;
};
constexpr std::array packers{
    Packer{std::string_view("\xFD"
                            "7zXZ\0",
                            6),
           "xz"},
    Packer{"\x28\xB5\x2F\xFD", "zstd"},
    Packer{"BZh", "bzip2"},
};

// Whether a file that starts so is a bolt file: by the magic number of either
// meta page, or by its name if its bytes are no text.
bool is_database(std::string_view start, std::string_view path) noexcept {
    constexpr std::string_view magic = "\xED\xDA\x0C\xED";
    constexpr std::size_t header_bytes = 16;
    for (const std::size_t page : {0U, 1024U, 2048U, 4096U, 8192U, 16384U, 32768U})
        if (page < start.size() &&
            start.substr(page + std::min(header_bytes, start.size() - page)).starts_with(magic))
            return true;
    return sort_of_path(path) != PathSort::none && start.size() > header_bytes &&
           start.substr(0, header_bytes).find(std::string_view("\0\0\0", 3)) !=
               std::string_view::npos;
}

ScanReport report_of_database(const std::string& path) {
    ScanReport report;
    report.source = path;
    report.files.push_back(path);
    report.symptoms.push_back({.signature = Signature::database_given,
                               .program = {},
                               .writer = {},
                               .text = path,
                               .time = {},
                               .trace = {}});
    return report;
}

// Reads the log piece by piece, packed or not.
class LogFile {
public:
    explicit LogFile(const std::string& source) : scan_(source) {}

    Result<void> add(std::string_view bytes, const ScanProgress& progress) {
        if (is_first_ && is_gzip(bytes))
            gunzip_ = TRY(Gunzip::start());
        is_first_ = false;
        if (!gunzip_) {
            scan_.add(bytes);
            return {};
        }
        return gunzip_->add(bytes, [&](std::string_view text) {
            scan_.add(text);
            return !progress || progress(unpacked_ += text.size());
        });
    }
    ScanReport finish() { return scan_.finish(); }

private:
    LogScan scan_;
    std::optional<Gunzip> gunzip_;
    std::uint64_t unpacked_ = 0;
    bool is_first_ = true;
};

Result<void> is_readable(std::string_view start, const std::string& path) {
    for (const auto& [first, command] : packers)
        if (start.starts_with(first))
            return Error(ErrorCode::invalid_argument,
                         fmt::format("the log is compressed; unpack it first: {} -dc {} | rebolt "
                                     "diagnose -",
                                     command, path));
    return {};
}

} // namespace

Result<ScanReport> scan_file(const std::string& path, const ScanProgress& progress) {
    const Descriptor file(path);
    if (file.number() < 0)
        return failure(errno, path);
    LogFile log(path == "-" ? "stdin" : path);
    std::array<char, 65536> piece{};
    for (std::uint64_t done = 0;;) {
        const ssize_t size = ::read(file.number(), piece.data(), piece.size());
        if (size < 0 && errno == EINTR && (!progress || progress(done)))
            continue;
        if (size < 0)
            return failure(errno, path);
        if (size == 0)
            return log.finish();
        const std::string_view bytes(piece.data(), static_cast<std::size_t>(size));
        if (done == 0)
            TRY(is_readable(bytes, path));
        if (done == 0 && is_database(bytes, path))
            return report_of_database(path);
        done += bytes.size();
        TRY(log.add(bytes, progress));
        if (progress && !progress(done))
            return Error(ErrorCode::cancelled, "cancelled while reading the log").in_file(path);
    }
}

} // namespace rebolt::diagnose
