#include "io/copy_data.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/try.hpp"

namespace rebolt::io {
namespace {

constexpr std::uint64_t step_bytes = std::uint64_t{1} << 20;

Error stopped(const File& file) {
    return Error(ErrorCode::cancelled, "there was no time to copy it").in_file(file.path());
}

// Reads and writes a step of a range; for file systems that copy nothing by themselves.
Result<void> copy_step(const File& from, FileWriter& writer, std::uint64_t at,
                       std::vector<std::byte>& buffer) {
    const std::size_t count = TRY(from.read_at(at, buffer));
    return writer.write_at(at, Bytes(buffer).first(count));
}

// How many bytes the system copied; 0: it cannot, between these two.
Result<std::uint64_t> copy_by_system(const File& from, const File& to, std::uint64_t at,
                                     std::uint64_t length) {
    auto in = static_cast<off_t>(at);
    auto out = static_cast<off_t>(at);
    const ssize_t copied = ::copy_file_range(from.descriptor(), &in, to.descriptor(), &out,
                                             static_cast<std::size_t>(length), 0);
    if (copied < 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
        return system_error(errno, "cannot copy", from.path());
    return copied < 0 ? 0 : static_cast<std::uint64_t>(copied);
}

} // namespace

Result<std::optional<DataRange>> next_data(const File& file, std::uint64_t offset) {
    const std::uint64_t size = TRY(file.size_bytes());
    if (offset >= size)
        return std::optional<DataRange>{};
    const off_t data = ::lseek(file.descriptor(), static_cast<off_t>(offset), SEEK_DATA);
    if (data < 0 && errno == ENXIO)
        return std::optional<DataRange>{};
    if (data < 0)
        return std::optional(DataRange{offset, size});
    const off_t hole = ::lseek(file.descriptor(), data, SEEK_HOLE);
    return std::optional(DataRange{static_cast<std::uint64_t>(data),
                                   hole <= data ? size : static_cast<std::uint64_t>(hole)});
}

bool share_blocks(const File& from, const File& to) noexcept {
    return ::ioctl(to.descriptor(), FICLONE, from.descriptor()) == 0;
}

Result<void> copy_data(const File& from, const File& to, FileWriter& writer,
                       const std::function<bool()>& may_go_on) {
    if (share_blocks(from, to))
        return {};
    const std::uint64_t size = TRY(from.size_bytes());
    TRY(writer.resize(size));
    std::vector<std::byte> buffer;
    bool is_by_system = true;
    std::uint64_t at = 0;
    while (const auto range = TRY(next_data(from, at))) {
        const std::uint64_t end = std::min(range->end, size);
        for (at = range->begin; at < end;) {
            if (!may_go_on())
                return stopped(from);
            const std::uint64_t length = std::min(step_bytes, end - at);
            std::uint64_t copied = is_by_system ? TRY(copy_by_system(from, to, at, length)) : 0;
            if (copied == 0) {
                is_by_system = false;
                buffer.resize(length);
                TRY(copy_step(from, writer, at, buffer));
                copied = length;
            }
            at += copied;
        }
        at = range->end;
    }
    return {};
}

Result<void> read_all(const File& file, const std::function<void(Bytes)>& take,
                      const std::function<bool()>& may_go_on) {
    const std::vector<std::byte> zeros(step_bytes);
    std::vector<std::byte> buffer(step_bytes);
    const std::uint64_t size = TRY(file.size_bytes());
    std::uint64_t at = 0;
    while (at < size) {
        const auto range = TRY(next_data(file, at));
        for (const std::uint64_t hole_end = range ? range->begin : size; at < hole_end;) {
            if (!may_go_on())
                return stopped(file);
            const std::uint64_t length = std::min(step_bytes, hole_end - at);
            take(Bytes(zeros).first(length));
            at += length;
        }
        for (const std::uint64_t data_end = range ? range->end : size; at < data_end;) {
            if (!may_go_on())
                return stopped(file);
            const std::uint64_t length = std::min(step_bytes, data_end - at);
            const std::size_t count =
                TRY(file.read_at(at, std::span(buffer).first(static_cast<std::size_t>(length))));
            take(Bytes(buffer).first(count));
            at += length;
        }
    }
    return {};
}

} // namespace rebolt::io
