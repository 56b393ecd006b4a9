#include "io/file_writer.hpp"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

#include <fmt/format.h>

namespace rebolt::io {
namespace {

// Linux writes at most this at once.
constexpr std::size_t write_bytes_max = 0x7fff'f000;

// Calls until it is not interrupted.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

} // namespace

ssize_t SystemCalls::pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) {
    return ::pwrite(descriptor, bytes, count, offset);
}

int SystemCalls::ftruncate(int descriptor, off_t bytes) {
    return ::ftruncate(descriptor, bytes);
}

int SystemCalls::fdatasync(int descriptor) {
    return ::fdatasync(descriptor);
}

int SystemCalls::fsync(int descriptor) {
    return ::fsync(descriptor);
}

const std::shared_ptr<SystemCalls>& SystemCalls::real() {
    static const auto calls = std::make_shared<SystemCalls>();
    return calls;
}

Result<void> FileWriter::write_at(std::uint64_t offset, Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t count = uninterrupted([&] {
            return calls_->pwrite(file_->descriptor(), bytes.data(),
                                  std::min(bytes.size(), write_bytes_max),
                                  static_cast<off_t>(offset));
        });
        if (count <= 0)
            return system_error(
                count < 0 ? errno : ENOSPC,
                fmt::format("cannot write {} bytes at offset {}", bytes.size(), offset),
                file_->path());
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

Result<void> FileWriter::resize(std::uint64_t bytes) {
    if (uninterrupted(
            [&] { return calls_->ftruncate(file_->descriptor(), static_cast<off_t>(bytes)); }) != 0)
        return system_error(errno, fmt::format("cannot grow to {} bytes", bytes), file_->path());
    return {};
}

Result<void> FileWriter::sync_data() {
    if (uninterrupted([&] { return calls_->fdatasync(file_->descriptor()); }) != 0)
        return system_error(errno, "cannot sync", file_->path());
    return {};
}

Result<void> FileWriter::sync_all() {
    if (uninterrupted([&] { return calls_->fsync(file_->descriptor()); }) != 0)
        return system_error(errno, "cannot sync", file_->path());
    return {};
}

} // namespace rebolt::io
