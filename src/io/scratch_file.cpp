#include "io/scratch_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/try.hpp"

namespace rebolt::io {
namespace {

constexpr std::uint64_t memory_bytes_max = std::uint64_t{256} << 20;
constexpr mode_t scratch_mode = 0600;

int open_on_disk() {
    const char* folder = std::getenv("TMPDIR");
    return ::open(folder == nullptr ? "/var/tmp" : folder, O_TMPFILE | O_RDWR | O_CLOEXEC,
                  scratch_mode);
}

// For kernels before 3.17: a file that loses its name at once. -1, with errno: there
// is no folder for it.
int make_nameless_file() {
    const char* const given = std::getenv("TMPDIR");
    for (std::string path : {"/dev/shm", given == nullptr ? "/tmp" : given, "/tmp", "."}) {
        path += "/rebolt-XXXXXX";
        const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
        if (descriptor < 0)
            continue;
        ::unlink(path.c_str());
        return descriptor;
    }
    return -1;
}

} // namespace

Result<ScratchFile> ScratchFile::create(std::string path, std::uint64_t bytes) {
    int descriptor = bytes > memory_bytes_max ? open_on_disk() : -1;
    if (descriptor < 0)
        descriptor = ::memfd_create("rebolt", MFD_CLOEXEC);
    if (descriptor < 0 && errno == ENOSYS)
        descriptor = make_nameless_file();
    if (descriptor < 0)
        return system_error(errno, "cannot make a file in memory", path);
    return ScratchFile(TRY(File::take(descriptor, std::move(path))));
}

} // namespace rebolt::io
