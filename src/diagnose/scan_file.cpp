#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/diagnose.hpp>

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

} // namespace

Result<ScanReport> scan_file(const std::string& path, const ScanProgress& progress) {
    const Descriptor file(path);
    if (file.number() < 0)
        return failure(errno, path);
    LogScan scan(path == "-" ? "stdin" : path);
    std::array<char, 65536> piece{};
    for (std::uint64_t done = 0;;) {
        const ssize_t size = ::read(file.number(), piece.data(), piece.size());
        if (size < 0 && errno == EINTR && (!progress || progress(done)))
            continue;
        if (size < 0)
            return failure(errno, path);
        if (size == 0)
            return scan.finish();
        done += static_cast<std::uint64_t>(size);
        scan.add({piece.data(), static_cast<std::size_t>(size)});
        if (progress && !progress(done))
            return Error(ErrorCode::cancelled, "cancelled while reading the log").in_file(path);
    }
}

} // namespace rebolt::diagnose
