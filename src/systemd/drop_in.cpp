#include "systemd/drop_in.hpp"

#include <filesystem>
#include <system_error>

#include <rebolt/bytes.hpp>

#include "base/try.hpp"
#include "io/file_writer.hpp"
#include "io/new_file.hpp"

namespace rebolt::systemd {
namespace {

constexpr std::uint32_t drop_in_mode = 0644;

} // namespace

Result<void> write_drop_in(const std::string& path, std::string_view content) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
        return io::system_error(failed.value(), "cannot make the folder", folder.string());
    auto file = TRY(io::NewFile::create(path, drop_in_mode));
    TRY(file.append(as_bytes(content)));
    return file.put_in_place();
}

Result<void> remove_drop_in(const std::string& path) {
    TRY(io::remove_file(path));
    std::error_code ignored;
    std::filesystem::remove(std::filesystem::path(path).parent_path(), ignored); // only if empty
    return {};
}

} // namespace rebolt::systemd
