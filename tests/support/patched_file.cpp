#include "support/patched_file.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include <rebolt/format.hpp>

namespace rebolt::test {
namespace {

[[noreturn]] void give_up(const std::string& what) {
    std::fputs((what + "\n").c_str(), stderr);
    std::abort();
}

} // namespace

PatchedFile::PatchedFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    if (!file)
        give_up("cannot read " + path);
    const Bytes bytes = as_bytes(text);
    bytes_.assign(bytes.begin(), bytes.end());
}

PatchedFile::PatchedFile(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}

PatchedFile::~PatchedFile() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

PatchedFile& PatchedFile::seal_meta(std::uint64_t page, std::uint32_t page_size) {
    const std::uint64_t body = page * page_size + format::page_header_bytes;
    const std::size_t length = offsetof(format::MetaFields, checksum);
    return put(body + length, format::fnv1a(Bytes(bytes_).subspan(body, length)));
}

PatchedFile& PatchedFile::resize(std::uint64_t bytes) {
    bytes_.resize(bytes);
    return *this;
}

std::string PatchedFile::path() {
    if (descriptor_ < 0)
        descriptor_ = ::memfd_create("rebolt-test", MFD_CLOEXEC);
    if (descriptor_ < 0 || ::ftruncate(descriptor_, 0) != 0 ||
        ::pwrite(descriptor_, bytes_.data(), bytes_.size(), 0) !=
            static_cast<ssize_t>(bytes_.size()))
        give_up("cannot write a file in memory");
    return fmt::format("/proc/self/fd/{}", descriptor_);
}

} // namespace rebolt::test
