#include <rebolt/read_pages.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <limits>

#include <unistd.h>

#include "base/try.hpp"
#include "io/file_writer.hpp"
#include "io/scratch_file.hpp"

namespace rebolt {

Result<PageSource> read_pages(int descriptor, const std::string& name) {
    // How much comes nobody knows: it is kept on disk.
    const auto scratch =
        TRY(io::ScratchFile::create(name, std::numeric_limits<std::uint64_t>::max()));
    io::FileWriter writer(scratch.file());
    std::array<std::byte, std::size_t{64} << 10> buffer{};
    for (std::uint64_t offset = 0;;) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return io::system_error(errno, "cannot read", name);
        if (count == 0)
            break;
        const auto bytes = static_cast<std::size_t>(count);
        TRY(writer.write_at(offset, Bytes(buffer.data(), bytes)));
        offset += bytes;
    }
    return PageSource::open(scratch.file(), {.lock = false});
}

} // namespace rebolt
