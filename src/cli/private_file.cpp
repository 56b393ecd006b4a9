#include "cli/private_file.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

namespace rebolt::cli {

Result<std::FILE*> create_private_file(const std::string& path, bool replace) {
    constexpr mode_t owner_alone = 0600;
    std::error_code ignored;
    if (replace && std::filesystem::is_regular_file(std::filesystem::symlink_status(path, ignored)))
        std::filesystem::remove(path, ignored);
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_alone);
    if (descriptor < 0 && errno == EEXIST)
        return Error(ErrorCode::invalid_argument,
                     "there is a file already; give another name, or --force to replace it")
            .in_file(path);
    if (descriptor < 0)
        return Error(ErrorCode::io, fmt::format("the file cannot be made: {}",
                                                std::generic_category().message(errno)))
            .in_file(path);
    return ::fdopen(descriptor, "wb");
}

} // namespace rebolt::cli
