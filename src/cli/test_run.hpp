// For tests of commands: runs the real binary on a file and sees to it that the
// file is byte-identical afterwards.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

#include <rebolt/bytes.hpp>

#include "support/patched_file.hpp"
#include "support/run_command.hpp"

namespace rebolt::cli {

inline std::string real_file(const std::string& name) {
    return REBOLT_TEST_DATA "/real/" + name;
}

inline std::string damaged_file(const std::string& name) {
    return REBOLT_TEST_DATA "/damaged/" + name;
}

/// `rebolt <arguments…>`.
inline test::CommandResult rebolt(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), REBOLT_EXE);
    return test::run_command(arguments);
}

/// `rebolt <command> <file> <arguments…>`, and the file is as it was.
inline test::CommandResult rebolt_on(const std::string& file, const std::string& command,
                                     const std::vector<std::string>& arguments = {}) {
    const std::string before = test::bytes_of(file);
    std::vector<std::string> all{command, file};
    all.insert(all.end(), arguments.begin(), arguments.end());
    test::CommandResult result = rebolt(all);
    EXPECT_TRUE(test::bytes_of(file) == before) << command << " changed " << file;
    return result;
}

/// A patched file under a name that other processes can open; gone with the object.
class TemporaryFile {
public:
    explicit TemporaryFile(test::PatchedFile& patched)
        : path_(::testing::TempDir() + "rebolt-" + std::to_string(::getpid()) + "-" +
                std::to_string(count_++) + ".db") {
        const std::string_view bytes = as_text(patched.bytes());
        std::ofstream(path_, std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    static inline int count_ = 0;
    std::string path_;
};

} // namespace rebolt::cli
