#include "salvage/replacement_record.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/set_aside.hpp"

namespace rebolt::salvage {
namespace {

constexpr std::string_view replacement_magic = "RBLTREPL";
constexpr std::uint32_t replacement_version = 1;
constexpr std::size_t replacement_checksum_bytes = 8;

/// First bytes; the title and the name follow, then the checksum of all before it.
struct ReplacementHeader {
    char magic[8];             ///< 0: RBLTREPL
    std::uint32_t version;     ///< 8: 1
    std::uint16_t title_bytes; ///< 12
    std::uint16_t name_bytes;  ///< 14
    io::FileStamp old_file;    ///< 16: inode, bytes, time of change in nanoseconds
    io::FileStamp new_file;    ///< 40: the same
};
static_assert(sizeof(ReplacementHeader) == 64 && offsetof(ReplacementHeader, new_file) == 40);

Error no_record(std::string why) {
    return {ErrorCode::invalid_argument, std::move(why)};
}

} // namespace

std::vector<std::byte> encode(const ReplacementRecord& record) {
    ReplacementHeader header{.magic = {},
                             .version = replacement_version,
                             .title_bytes = static_cast<std::uint16_t>(record.title.size()),
                             .name_bytes = static_cast<std::uint16_t>(record.set_aside.size()),
                             .old_file = record.old_file,
                             .new_file = record.new_file};
    std::ranges::copy(replacement_magic, header.magic);
    const std::string text = record.title + record.set_aside;
    std::vector<std::byte> bytes(sizeof header + text.size() + replacement_checksum_bytes);
    std::memcpy(bytes.data(), &header, sizeof header);
    std::ranges::copy(as_bytes(text), bytes.begin() + sizeof header);
    const std::size_t content_bytes = bytes.size() - replacement_checksum_bytes;
    const std::uint64_t checksum = format::fnv1a(Bytes(bytes).first(content_bytes));
    std::memcpy(bytes.data() + content_bytes, &checksum, sizeof checksum);
    return bytes;
}

bool is_replacement_record(Bytes undo_file) noexcept {
    return undo_file.size() >= replacement_magic.size() &&
           as_text(undo_file.first(replacement_magic.size())) == replacement_magic;
}

Result<ReplacementRecord> decode_replacement(Bytes undo_file) {
    if (undo_file.size() < sizeof(ReplacementHeader) + replacement_checksum_bytes)
        return no_record("the undo file ends too early");
    const Bytes content = undo_file.first(undo_file.size() - replacement_checksum_bytes);
    if (format::fnv1a(content) != load<std::uint64_t>(undo_file.data() + content.size()))
        return no_record("the undo file is damaged: its checksum does not fit its content");
    const auto header = load<ReplacementHeader>(content.data());
    if (header.version != replacement_version)
        return no_record(fmt::format("the undo file is of version {}, this program reads {}",
                                     header.version, replacement_version));
    const std::string_view text = as_text(content.subspan(sizeof header));
    if (text.size() != std::size_t{header.title_bytes} + header.name_bytes)
        return no_record("the undo file is damaged: its names do not fill it");
    ReplacementRecord record{.title = std::string(text.substr(0, header.title_bytes)),
                             .set_aside = std::string(text.substr(header.title_bytes)),
                             .old_file = header.old_file,
                             .new_file = header.new_file};
    if (record.set_aside.empty() || record.set_aside.find('/') != std::string::npos)
        return no_record("the undo file is damaged: it names no file beside this one");
    return record;
}

Result<UndoReport> undo_replacement(const OpenedInPlace& opened, const ReplacementRecord& record,
                                    UndoMode mode) {
    const io::Place place = TRY(io::place_of(opened.file->path(), io::LastLink::follow));
    const std::string old_path = place.folder->path_of(record.set_aside);
    UndoReport report{.title = record.title,
                      .file_bytes_before = record.old_file.bytes,
                      .file_bytes_after = record.new_file.bytes,
                      .ranges = {},
                      .kept = {}};
    const io::FileStamp now = io::stamp_of(TRY(place.folder->status(place.name)));
    const auto old_status = place.folder->status(record.set_aside);
    const auto old_now = old_status ? std::optional(io::stamp_of(*old_status)) : std::nullopt;
    const bool is_back = now == record.old_file ||
                         (!old_now && now != record.new_file && now.bytes == record.old_file.bytes);
    if (is_back) // the last undo was interrupted here, or the new file never got its name
        return report;
    if (now != record.new_file)
        return Error(ErrorCode::invalid_argument,
                     fmt::format("the file has changed since: nothing was put back, as that would "
                                 "lose the change. The old file is {}",
                                 old_path))
            .in_file(place.path());
    if (!old_now || old_now->bytes != record.old_file.bytes)
        return Error(ErrorCode::invalid_argument, "the old file is not where it was put")
            .in_file(old_path);
    if (mode == UndoMode::look)
        return report;
    const io::AsideFile kept = TRY(io::set_aside(place, io::replaced_word, now));
    report.kept = place.folder->path_of(kept.name);
    TRY(place.folder->take(*place.folder, record.set_aside, place.name));
    TRY(place.folder->sync());
    return report;
}

} // namespace rebolt::salvage
