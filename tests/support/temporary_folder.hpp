// A folder for a test's files, gone with the object.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace rebolt::test {

/// A new, empty folder with a name of its own; removed with all that is in it.
/// Ends the test program if it cannot be made.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    /// Where a file of this name in the folder is, or would be.
    [[nodiscard]] std::string path(std::string_view name) const;

private:
    std::filesystem::path folder_;
};

} // namespace rebolt::test
