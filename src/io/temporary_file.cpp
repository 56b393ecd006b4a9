#include "io/temporary_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "io/file.hpp"

namespace rebolt::io {

Result<TemporaryFile> TemporaryFile::create() {
    std::error_code failed;
    const std::filesystem::path folder = std::filesystem::temp_directory_path(failed);
    if (failed)
        return system_error(failed.value(), "cannot find the folder for temporary files",
                            folder.string());
    std::string path = (folder / "rebolt-XXXXXX").string();
    const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
    if (descriptor < 0)
        return system_error(errno, "cannot create a temporary file", path);
    ::close(descriptor);
    return TemporaryFile(std::move(path));
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFile::~TemporaryFile() {
    if (!path_.empty())
        ::unlink(path_.c_str());
}

} // namespace rebolt::io
