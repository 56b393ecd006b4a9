#include <rebolt/foreign_file.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include <rebolt/format.hpp>

namespace rebolt {
namespace {

constexpr std::size_t looked_at_bytes = std::size_t{1} << 20U;
constexpr std::string_view scan = "rebolt recover --scan FILE";

struct Known {
    std::size_t offset;
    std::string_view bytes;
    std::string_view name;
    std::string_view command;
};

using std::string_view_literals::operator""sv;

constexpr std::array known{
    Known{0, "\x1f\x8b"sv, "gzip", "gunzip < FILE > FILE.db"},
    Known{0,
          "\xfd"
          "7zXZ\0"sv,
          "xz", "xz -dc FILE > FILE.db"},
    Known{0, "\x28\xb5\x2f\xfd"sv, "zstd", "zstd -dc FILE > FILE.db"},
    Known{0, "BZh"sv, "bzip2", "bzip2 -dc FILE > FILE.db"},
    Known{0, "\x04\x22\x4d\x18"sv, "lz4", "lz4 -dc FILE > FILE.db"},
    Known{0, "\xff\x06\0\0sNaPpY"sv, "snappy", ""},
    Known{0, "PK\x03\x04"sv, "zip", "unzip FILE"},
    Known{0, "7z\xbc\xaf\x27\x1c"sv, "7-Zip", "7z x FILE"},
    Known{257, "ustar"sv, "tar", "tar -xvf FILE"},
    Known{0, "SQLite format 3\0"sv, "SQLite database", "sqlite3 FILE 'PRAGMA integrity_check'"},
    Known{16, "\xde\xc0\xef\xbe"sv, "LMDB database", "mdb_stat -e FILE"},
    Known{0, "version https://git-lfs.github.com/spec/"sv, "Git LFS pointer", "git lfs pull"},
    Known{0,
          "\x7f"
          "ELF"sv,
          "program (ELF)", ""},
    Known{0, "age-encryption.org/"sv, "file that age encrypted", "age -d FILE > FILE.db"},
    Known{0, "-----BEGIN "sv, "PEM file", ""},
};

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_with(std::string_view text, std::string_view wanted) {
    return text.size() >= wanted.size() &&
           std::ranges::equal(text.substr(0, wanted.size()), wanted, {}, lower);
}

std::optional<unsigned> base64_digit(char c) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t at = digits.find(c);
    return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

// The first bytes of a meta page, written as base64.
bool is_base64_of_bolt(std::string_view text) {
    std::array<std::byte, 24> decoded{};
    std::size_t count = 0;
    std::uint32_t bits = 0;
    unsigned bit_count = 0;
    for (const char c : text) {
        if (is_space(c))
            continue;
        const auto digit = base64_digit(c);
        if (!digit)
            return false;
        bits = (bits << 6U) | *digit;
        bit_count += 6;
        if (bit_count < 8)
            continue;
        bit_count -= 8;
        decoded[count++] = static_cast<std::byte>(bits >> bit_count);
        if (count == decoded.size())
            return load<std::uint32_t>(decoded.data() + format::page_header_bytes) == format::magic;
    }
    return false;
}

std::optional<ForeignFile> text_file(std::string_view text) {
    if (begins_with(text, "\xef\xbb\xbf"))
        text.remove_prefix(3);
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    if (begins_with(text, "<!doctype html") || begins_with(text, "<html"))
        return ForeignFile{"web page (HTML)", "head FILE"};
    if (begins_with(text, "<?xml"))
        return ForeignFile{"XML", "head FILE"};
    if (is_base64_of_bolt(text))
        return ForeignFile{"database as base64 text", "base64 -d FILE > FILE.db"};
    const std::string_view begin = text.substr(0, 512);
    const bool is_text = !begin.empty() && std::ranges::all_of(begin, [](char c) {
        return is_space(c) || (c >= 0x20 && c != 0x7f) || static_cast<unsigned char>(c) >= 0x80;
    });
    if (!is_text)
        return std::nullopt;
    if (text.front() == '{' || text.front() == '[')
        return ForeignFile{"JSON", "head -c 500 FILE"};
    return ForeignFile{"text", "head FILE"};
}

// A meta page with a right checksum that does not stand where bbolt looks.
std::optional<std::uint64_t> database_in(Bytes file) {
    const auto magic = std::bit_cast<std::array<std::byte, sizeof format::magic>>(format::magic);
    const Bytes begin = file.first(std::min(file.size(), looked_at_bytes));
    for (auto at = begin.begin();; ++at) {
        at = std::search(at, begin.end(), magic.begin(), magic.end());
        if (at == begin.end())
            return std::nullopt;
        const auto offset = static_cast<std::uint64_t>(at - begin.begin());
        if (offset < format::page_header_bytes)
            continue;
        const std::uint64_t page = offset - format::page_header_bytes;
        const auto meta = format::MetaView::of(file.subspan(page));
        const auto header = load<format::PageHeader>(file.data() + page);
        if (!meta || meta->validate() || header.id > 1)
            continue;
        const std::uint64_t before = header.id * meta->fields().page_size;
        if (page >= before)
            return page - before;
    }
}

} // namespace

std::optional<ForeignFile> foreign_file(Bytes file) {
    const std::string_view text = as_text(file.first(std::min(file.size(), looked_at_bytes)));
    std::optional<ForeignFile> found;
    for (const Known& format : known)
        if (!found && text.size() > format.offset &&
            text.substr(format.offset).starts_with(format.bytes))
            found = ForeignFile{format.name, format.command};
    if (!found)
        found = text_file(text);
    if (const auto at = database_in(file)) {
        const bool is_archive = found && found->name != "text";
        if (!is_archive)
            found = ForeignFile{"database with other bytes before it", scan};
        found->command = scan;
        found->database_at = at;
    }
    return found;
}

} // namespace rebolt
