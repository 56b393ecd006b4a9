// Puts back what the undo file holds. The order, and why a crash at any moment
// does no harm: the undo file stays until all old bytes and the old size are
// synced; until then each sector is old or new, and the same undo runs again.
#include <rebolt/undo.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/unfinished.hpp"
#include "salvage/in_place.hpp"
#include "salvage/page_edit.hpp"
#include "salvage/replacement_record.hpp"
#include "salvage/undo_file.hpp"

namespace rebolt {
namespace salvage {
namespace {

Error does_not_fit(const std::string& path, const std::string& what) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("the file has changed since ({}): nothing was put back. If that "
                             "change is to be kept, remove the undo file",
                             what))
        .in_file(path);
}

Result<std::vector<std::byte>> read_undo_file(const std::string& path) {
    const std::string undo = undo_path(path);
    if (!std::filesystem::exists(undo))
        return Error(ErrorCode::file_not_found,
                     fmt::format("there is no undo file ({}): no change to take back", undo))
            .in_file(path);
    const auto file = TRY(io::File::open_for_reading(undo));
    const std::uint64_t size = TRY(file->size_bytes());
    return read_range(*file, 0, size);
}

// A sector of a range: what it was, what it became, what it is.
struct SectorState {
    Bytes before;
    Bytes after;
    Bytes now;

    // Behind the end that the file had, zeros may stand, or nothing.
    [[nodiscard]] bool is_old() const {
        return now.size() >= before.size() &&
               std::ranges::equal(now.first(before.size()), before) &&
               format::all_zero(now.subspan(before.size()));
    }
    [[nodiscard]] bool is_new() const { return std::ranges::equal(now, after); }
};

// Bytes from `at` to the end of its sector, as far as there are any.
Bytes piece(Bytes bytes, std::size_t at, std::size_t length) {
    if (at >= bytes.size())
        return {};
    return bytes.subspan(at, std::min(length, bytes.size() - at));
}

Result<UndoRange> inspect_range(const OpenedInPlace& opened, const ByteChange& range) {
    const auto now = TRY(read_range(*opened.file, range.offset, range.after.size()));
    UndoRange inspected{.offset = range.offset, .bytes = range.after.size(), .bytes_new = 0};
    for (std::size_t at = 0; at < range.after.size();) {
        const std::size_t length = sector_bytes - (range.offset + at) % sector_bytes;
        const SectorState sector{.before = piece(range.before, at, length),
                                 .after = piece(range.after, at, length),
                                 .now = piece(now, at, length)};
        if (!sector.is_old() && !sector.is_new())
            return does_not_fit(opened.file->path(),
                                fmt::format("byte {} and those behind are neither as before nor "
                                            "as written",
                                            range.offset + at));
        if (!sector.is_old())
            inspected.bytes_new += sector.after.size();
        at += length;
    }
    return inspected;
}

Result<UndoReport> inspect(const OpenedInPlace& opened, const UndoFile& undo) {
    if (opened.size_bytes < undo.file_bytes_before || opened.size_bytes > undo.file_bytes_after)
        return does_not_fit(opened.file->path(),
                            fmt::format("{} bytes, expected {} to {}", opened.size_bytes,
                                        undo.file_bytes_before, undo.file_bytes_after));
    UndoReport report{.title = undo.title,
                      .file_bytes_before = undo.file_bytes_before,
                      .file_bytes_after = undo.file_bytes_after,
                      .ranges = {}};
    for (const ByteChange& range : undo.ranges) {
        const UndoRange inspected = TRY(inspect_range(opened, range));
        if (range.before != range.after)
            report.ranges.push_back(inspected);
    }
    return report;
}

Result<void> write_back(OpenedInPlace& opened, const UndoFile& undo) {
    const io::ChangeInPlace under_way;
    for (const ByteChange& range : undo.ranges)
        if (TRY(read_range(*opened.file, range.offset, range.before.size())) != range.before)
            TRY(opened.writer.write_at(range.offset, range.before));
    TRY(opened.writer.sync_all());
    if (opened.size_bytes != undo.file_bytes_before) {
        TRY(opened.writer.resize(undo.file_bytes_before));
        TRY(opened.writer.sync_all());
    }
    return {};
}

Result<UndoReport> undo_bytes(OpenedInPlace& opened, Bytes undo_file, UndoMode mode) {
    const UndoFile undo = TRY(decode(undo_file));
    UndoReport report = TRY(inspect(opened, undo));
    if (mode == UndoMode::put_back)
        TRY(write_back(opened, undo));
    return report;
}

// What FILE.undo is of says how.
Result<UndoReport> undo_or_look(OpenedInPlace& opened, const std::string& path, UndoMode mode) {
    const std::vector<std::byte> undo_file = TRY(read_undo_file(path));
    auto done = [&]() -> Result<UndoReport> {
        if (is_replacement_record(undo_file))
            return undo_replacement(opened, TRY(decode_replacement(undo_file)), mode);
        return undo_bytes(opened, undo_file, mode);
    }();
    if (!done && done.error().file().empty())
        return std::move(done).error().in_file(undo_path(path));
    return done;
}

} // namespace
} // namespace salvage

std::string undo_path(const std::string& path) {
    return path + ".undo";
}

Result<UndoReport> read_undo(const std::string& path, const ApplyOptions& options) {
    auto opened = TRY(salvage::open_in_place(path, io::LockMode::shared, options.timeout));
    return salvage::undo_or_look(opened, path, salvage::UndoMode::look);
}

Result<UndoReport> undo(const std::string& path, const ApplyOptions& options) {
    auto opened = TRY(salvage::open_in_place(path, io::LockMode::exclusive, options.timeout));
    UndoReport report = TRY(salvage::undo_or_look(opened, path, salvage::UndoMode::put_back));
    TRY(io::remove_file(undo_path(path)));
    return report;
}

} // namespace rebolt
