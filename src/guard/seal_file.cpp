// A seal in a file: one line of JSON that says what it is, then 9 bytes a page, which
// that line has the checksum of.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <xxhash.h>

#include "base/try.hpp"
#include "guard/seal.hpp"
#include "io/new_file.hpp"

namespace rebolt::guard {
namespace {

constexpr const char* seal_name = "seal";
constexpr const char* seal_shape = "rebolt.seal/1";
constexpr std::uint32_t seal_mode = 0600;
constexpr std::size_t page_entry_bytes = 1 + sizeof(std::uint64_t);

std::string entries_of(const Seal& seal) {
    std::string bytes;
    bytes.reserve(seal.pages.size() * page_entry_bytes);
    for (const auto& page : seal.pages) {
        const std::uint64_t hash = page.value_or(0);
        bytes += page ? '\1' : '\0';
        bytes += as_text(std::as_bytes(std::span(&hash, 1)));
    }
    return bytes;
}

std::string checksum_of_entries(const std::string& entries) {
    return fmt::format("{:016x}", XXH3_64bits(entries.data(), entries.size()));
}

Seal seal_from(const nlohmann::json& head, const std::string& entries) {
    Seal seal{.transaction = head.at("transaction").get<std::uint64_t>(),
              .stamp = {head.at("inode").get<std::uint64_t>(),
                        head.at("bytes").get<std::uint64_t>(),
                        head.at("modified_ns").get<std::int64_t>()},
              .page_size_bytes = head.at("page_size").get<std::uint32_t>(),
              .pages = {},
              .time = head.at("time").get<std::string>()};
    for (std::size_t at = 0; at + page_entry_bytes <= entries.size(); at += page_entry_bytes) {
        std::uint64_t hash = 0;
        std::memcpy(&hash, entries.data() + at + 1, sizeof hash);
        seal.pages.push_back(entries[at] == '\0' ? std::nullopt : std::optional(hash));
    }
    return seal;
}

} // namespace

std::optional<Seal> read_seal(const std::string& folder) {
    std::ifstream file(std::filesystem::path(folder) / seal_name, std::ios::binary);
    std::string line;
    if (!file || !std::getline(file, line))
        return std::nullopt;
    const std::string entries{std::istreambuf_iterator<char>(file), {}};
    try {
        const auto head = nlohmann::json::parse(line);
        if (head.value("shape", "") != seal_shape ||
            head.value("xxh3", "") != checksum_of_entries(entries))
            return std::nullopt;
        return seal_from(head, entries);
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

Result<void> write_seal(const std::string& folder, const Seal& seal) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return io::system_error(error.value(), "cannot make the folder", folder);
    const std::string entries = entries_of(seal);
    const nlohmann::ordered_json head{{"shape", seal_shape},
                                      {"time", seal.time},
                                      {"transaction", seal.transaction},
                                      {"page_size", seal.page_size_bytes},
                                      {"inode", seal.stamp.inode},
                                      {"bytes", seal.stamp.bytes},
                                      {"modified_ns", seal.stamp.modified_ns},
                                      {"xxh3", checksum_of_entries(entries)}};
    auto file =
        TRY(io::NewFile::create((std::filesystem::path(folder) / seal_name).string(), seal_mode));
    TRY(file.append(as_bytes(head.dump() + "\n" + entries)));
    return file.put_in_place_unsynced();
}

} // namespace rebolt::guard
