#include "support/temporary_folder.hpp"

#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace rebolt::test {

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rebolt-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        std::perror(name.c_str());
        std::abort();
    }
    folder_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored; // nothing better to do when a test is over
    std::filesystem::remove_all(folder_, ignored);
}

std::string TemporaryFolder::path(std::string_view name) const {
    return (folder_ / name).string();
}

} // namespace rebolt::test
