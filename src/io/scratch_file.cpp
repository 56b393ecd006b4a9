#include "io/scratch_file.hpp"

#include <cerrno>
#include <utility>

#include <sys/mman.h>

#include "base/try.hpp"

namespace rebolt::io {

Result<ScratchFile> ScratchFile::create() {
    const int descriptor = ::memfd_create("rebolt", MFD_CLOEXEC);
    if (descriptor < 0)
        return system_error(errno, "cannot make a file in memory", "rebolt");
    return ScratchFile(TRY(File::take(descriptor, "(in memory)")));
}

} // namespace rebolt::io
