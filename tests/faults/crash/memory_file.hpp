// A file in memory that can be opened by a path: fast, and gone with the object.
#pragma once

#include <string>

namespace rebolt::test {

class MemoryFile {
public:
    /// Ends the test program if there is no memory for it.
    explicit MemoryFile(const std::string& content = {});
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string content() const;
    /// Writes only what differs from what was shown before.
    void show(const std::string& content);
    /// Someone else wrote into the file: show() writes all of it again.
    void forget() noexcept { is_known_ = false; }

private:
    int descriptor_;
    std::string path_;
    std::string shown_;
    bool is_known_ = true;
};

} // namespace rebolt::test
