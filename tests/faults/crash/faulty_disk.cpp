#include "faulty_disk.hpp"

#include <cerrno>

namespace rebolt::test {

std::string_view name_of(Fault fault) noexcept {
    switch (fault) {
    case Fault::io_error:
        return "EIO";
    case Fault::disk_full:
        return "ENOSPC";
    case Fault::half_written:
        return "EIO after half of it";
    case Fault::short_write:
        return "a short write";
    case Fault::interrupted:
        return "EINTR";
    }
    return {};
}

void FaultyDisk::fail_after(std::size_t calls, Fault fault, bool for_good) {
    countdown_ = calls;
    fault_ = fault;
    for_good_ = for_good;
    failed_.reset();
}

bool FaultyDisk::fails(Call call) {
    if (!countdown_)
        return false;
    if (*countdown_ > 0) {
        --*countdown_;
        return false;
    }
    if (!for_good_)
        countdown_.reset();
    if (!failed_)
        failed_ = call;
    errno = fault_ == Fault::interrupted ? EINTR : fault_ == Fault::disk_full ? ENOSPC : EIO;
    return true;
}

// Calls that have no halves.
bool FaultyDisk::fails_without_a_trace(Call call) {
    return fails(call) && fault_ != Fault::short_write;
}

ssize_t FaultyDisk::pwrite(int descriptor, const void* bytes, std::size_t count, off_t offset) {
    if (!fails({CallKind::write, static_cast<std::uint64_t>(offset)}))
        return SystemCalls::pwrite(descriptor, bytes, count, offset);
    if (fault_ == Fault::short_write)
        return SystemCalls::pwrite(descriptor, bytes, (count + 1) / 2, offset);
    if (fault_ == Fault::half_written) {
        static_cast<void>(SystemCalls::pwrite(descriptor, bytes, (count + 1) / 2, offset));
        errno = EIO;
    }
    return -1;
}

int FaultyDisk::ftruncate(int descriptor, off_t bytes) {
    return fails_without_a_trace({CallKind::resize, 0}) ? -1
                                                        : SystemCalls::ftruncate(descriptor, bytes);
}

int FaultyDisk::fdatasync(int descriptor) {
    return fails_without_a_trace({CallKind::data_sync, 0}) ? -1
                                                           : SystemCalls::fdatasync(descriptor);
}

int FaultyDisk::fsync(int descriptor) {
    return fails_without_a_trace({CallKind::full_sync, 0}) ? -1 : SystemCalls::fsync(descriptor);
}

} // namespace rebolt::test
