#include "salvage/in_place.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <rebolt/edit_plan.hpp>
#include <rebolt/undo.hpp>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "io/folder.hpp"
#include "io/new_file.hpp"
#include "salvage/undo_file.hpp"

namespace rebolt {
namespace salvage {
namespace {

constexpr std::uint32_t owner_alone = 0600; // until it is whole

Error changed_since(const std::string& path, const std::string& what) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("the file has changed since it was looked at ({}); nothing was "
                             "written: run the command again",
                             what))
        .in_file(path);
}

Result<void> must_be_as_planned(const OpenedInPlace& opened, const EditPlan& plan) {
    const std::string& path = opened.file->path();
    if (opened.size_bytes != plan.file_bytes_before)
        return changed_since(
            path, fmt::format("{} bytes, not {}", opened.size_bytes, plan.file_bytes_before));
    for (const auto* list : {&plan.changes, &plan.witnesses})
        for (const ByteChange& change : *list)
            if (TRY(read_range(*opened.file, change.offset, change.before.size())) != change.before)
                return changed_since(path, fmt::format("at byte {}", change.offset));
    return {};
}

Result<void> write_undo_file(const std::string& path, const OpenedInPlace& opened,
                             const EditPlan& plan) {
    auto undo = TRY(io::NewFile::create(undo_path(path), owner_alone));
    TRY(undo.append(encode(undo_of(plan))));
    TRY(undo.take_attributes(*opened.file));
    return undo.put_in_place();
}

Result<void> write_changes(OpenedInPlace& opened, const EditPlan& plan) {
    const io::ChangeInPlace under_way;
    if (plan.file_bytes_after > plan.file_bytes_before)
        TRY(opened.writer.resize(plan.file_bytes_after));
    for (const ByteChange& change : plan.changes) {
        if (change.after_sync)
            TRY(opened.writer.sync_all());
        TRY(opened.writer.write_at(change.offset, change.after));
    }
    return opened.writer.sync_all();
}

// The plan's bytes where it has some, the file's elsewhere.
Result<void> append_patched(io::NewFile& to, const PageSource& patched) {
    constexpr std::uint64_t chunk_bytes = 1U << 20;
    for (std::uint64_t at = 0; at < patched.file_bytes(); at += chunk_bytes) {
        const std::uint64_t length = std::min(chunk_bytes, patched.file_bytes() - at);
        TRY(to.append(patched.file().subspan(at, length)));
        if (!patched.readable(at, length))
            return Error(Finding{.code = FindingCode::page_unreadable,
                                 .severity = Severity::fatal,
                                 .place = {.page = PageId{at / patched.page_size_bytes()},
                                           .offset = at,
                                           .bucket = {},
                                           .path = {}},
                                 .message = "the system could not read the file here or in the "
                                            "mebibyte behind; rebolt recover writes what is left",
                                 .transaction = std::nullopt})
                .in_file(patched.path());
    }
    return {};
}

} // namespace

Result<OpenedInPlace> open_in_place(const std::string& path, io::LockMode mode,
                                    std::optional<std::chrono::milliseconds> timeout) {
    const io::Place place = TRY(io::place_of(path, io::LastLink::follow));
    auto file = TRY(place.folder->open_for_writing(place.name));
    TRY(io::lock(*file, mode, timeout));
    const std::uint64_t size = TRY(file->size_bytes());
    return OpenedInPlace{.file = file, .writer = io::FileWriter(file), .size_bytes = size};
}

Result<std::vector<std::byte>> read_range(const io::File& file, std::uint64_t offset,
                                          std::size_t count) {
    std::vector<std::byte> bytes(count);
    bytes.resize(TRY(file.read_at(offset, bytes)));
    return bytes;
}

namespace {

// Errors: as apply_in_place.
Result<void> apply(const std::string& path, const EditPlan& plan, const ApplyOptions& options) {
    auto opened = TRY(open_in_place(path, io::LockMode::exclusive, options.timeout));
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(undo_path(path), ignored)))
        return Error(ErrorCode::invalid_argument,
                     "there is an undo file of an earlier change already; take that change back "
                     "with `rebolt undo`, or keep it: move the undo file away or remove it")
            .in_file(undo_path(path));
    TRY(must_be_as_planned(opened, plan));
    if (plan.is_empty())
        return {};
    TRY(write_undo_file(path, opened, plan));
    return write_changes(opened, plan);
}

// Errors: as apply_to_copy.
Result<void> write_copy(const PageSource& source, const EditPlan& plan, const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::equivalent(source.path(), path, ignored))
        return Error(ErrorCode::invalid_argument, "the copy would overwrite the file itself")
            .in_file(path);
    const PageSource patched = TRY(preview(source, plan));
    auto file = TRY(io::NewFile::create(path, owner_alone));
    TRY(append_patched(file, patched));
    TRY(file.take_attributes(source.opened_file()));
    return file.put_in_place();
}

} // namespace
} // namespace salvage

std::uint64_t EditPlan::bytes() const noexcept {
    std::uint64_t sum = 0;
    for (const ByteChange& change : changes)
        sum += change.after.size();
    return sum;
}

std::uint64_t EditEffect::keys(const CheckReport& report) noexcept {
    return report.trees.empty()
               ? 0
               : report.trees.front().key_count - report.trees.front().bucket_count;
}

std::uint64_t EditEffect::buckets(const CheckReport& report) noexcept {
    return report.trees.empty() ? 0 : report.trees.front().bucket_count;
}

Result<PageSource> preview(const PageSource& source, const EditPlan& plan) {
    std::vector<Patch> patches;
    patches.reserve(plan.changes.size());
    for (const ByteChange& change : plan.changes)
        patches.push_back({change.offset, change.after});
    return source.with_patches(patches, plan.file_bytes_after);
}

Result<EditEffect> foresee(const PageSource& source, const EditPlan& plan,
                           const CheckOptions& options) {
    EditEffect effect{.before = TRY(check(source, options)), .after = {}};
    const PageSource patched = TRY(preview(source, plan));
    effect.after = TRY(check(patched, options));
    return effect;
}

Result<void> apply_in_place(const std::string& path, const EditPlan& plan,
                            const ApplyOptions& options) {
    return with_memory([&] { return salvage::apply(path, plan, options); });
}

Result<void> apply_to_copy(const PageSource& source, const EditPlan& plan,
                           const std::string& path) {
    return with_memory([&] { return salvage::write_copy(source, plan, path); });
}

} // namespace rebolt
