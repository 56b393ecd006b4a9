// A copy of a file, in memory, with bytes changed: for damage made by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace rebolt::test {

/// Bytes that can be patched and then opened as a file, by path() (an
/// anonymous file in memory, gone with the object).
class PatchedFile {
public:
    /// Reads `path`, or starts from given bytes. Ends the test program if the
    /// file cannot be read: tests cannot go on without their data.
    explicit PatchedFile(const std::string& path);
    explicit PatchedFile(std::vector<std::byte> bytes);
    PatchedFile(const PatchedFile&) = delete;
    PatchedFile& operator=(const PatchedFile&) = delete;
    ~PatchedFile();

    template <class T>
    PatchedFile& put(std::uint64_t offset, T value) {
        std::memcpy(bytes_.data() + offset, &value, sizeof value);
        return *this;
    }
    template <class T>
    [[nodiscard]] T get(std::uint64_t offset) const {
        T value;
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return value;
    }
    /// Gives a meta page the checksum that fits its content.
    PatchedFile& seal_meta(std::uint64_t page, std::uint32_t page_size);
    PatchedFile& resize(std::uint64_t bytes);

    [[nodiscard]] std::vector<std::byte>& bytes() noexcept { return bytes_; }
    /// Writes the bytes out and says where. Valid as long as this object is.
    [[nodiscard]] std::string path();

private:
    std::vector<std::byte> bytes_;
    int descriptor_ = -1;
};

} // namespace rebolt::test
