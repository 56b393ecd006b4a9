#include <rebolt/page_source.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/checked.hpp"
#include "base/memory.hpp"
#include "base/try.hpp"
#include "io/bytes_to_map.hpp"
#include "io/file.hpp"
#include "io/lock.hpp"
#include "io/mapping.hpp"
#include "io/page_size.hpp"

namespace rebolt {

struct PageSource::Open {
    std::shared_ptr<const io::File> file;
    std::shared_ptr<const io::Mapping> mapping; // null for an empty file
    std::int64_t added_bytes = 0;               // that patches make the file longer
};

std::string_view name_of(PageSizeOrigin origin) noexcept {
    switch (origin) {
    case PageSizeOrigin::meta0:
        return "meta0";
    case PageSizeOrigin::meta1:
        return "meta1";
    case PageSizeOrigin::guessed:
        return "guessed";
    case PageSizeOrigin::given:
        return "given";
    case PageSizeOrigin::unknown:
        return "unknown";
    }
    return "unknown";
}

PageSource::PageSource() = default;
PageSource::PageSource(PageSource&&) noexcept = default;
PageSource& PageSource::operator=(PageSource&&) noexcept = default;
PageSource::~PageSource() = default;

Result<PageSource> PageSource::open(const std::string& path, const ReadOptions& options) {
    return with_memory([&]() -> Result<PageSource> {
        return open(TRY(io::File::open_for_reading(path)), options);
    });
}

Result<PageSource> PageSource::open(std::shared_ptr<const io::File> file,
                                    const ReadOptions& options) {
    if (options.page_size_bytes != 0 && !format::is_page_size(options.page_size_bytes))
        return Error(ErrorCode::invalid_argument,
                     fmt::format("a page size is a power of two from 512 to 65536, not {}",
                                 options.page_size_bytes));
    PageSource source;
    source.open_ = std::make_unique<Open>();
    source.open_->file = std::move(file);
    if (options.lock)
        TRY(io::lock(*source.open_->file, io::LockMode::shared, options.timeout));
    std::uint64_t size = TRY(source.open_->file->size_bytes());
    if (options.offset_bytes == 0 && options.length_bytes == 0)
        size = TRY(io::bytes_to_map(*source.open_->file, size));
    if (size != 0) {
        source.open_->mapping = TRY(io::Mapping::map(source.open_->file, size));
        source.file_ = source.open_->mapping->bytes();
    }
    if (options.offset_bytes > size || options.length_bytes > size - options.offset_bytes)
        return Error(ErrorCode::invalid_argument,
                     fmt::format("{} bytes from byte {} on were asked for, the file has {}",
                                 options.length_bytes, options.offset_bytes, size))
            .in_file(source.path());
    source.offset_bytes_ = options.offset_bytes;
    source.file_ = source.file_.subspan(options.offset_bytes, options.length_bytes == 0
                                                                  ? size - options.offset_bytes
                                                                  : options.length_bytes);
    source.find_page_size();
    if (options.page_size_bytes != 0) {
        source.page_size_bytes_ = options.page_size_bytes;
        source.origin_ = PageSizeOrigin::given;
    }
    return source;
}

void PageSource::find_page_size() {
    const io::PageSize found = io::find_page_size(file_);
    page_size_bytes_ = found.bytes;
    origin_ = found.origin;
}

Result<PageSource> PageSource::with_patches(std::span<const Patch> patches,
                                            std::uint64_t file_bytes) const {
    for (const Patch& patch : patches)
        if (patch.offset > file_bytes || patch.bytes.size() > file_bytes - patch.offset)
            return Error(ErrorCode::invalid_argument,
                         fmt::format("{} bytes at byte {} do not lie in a file of {}",
                                     patch.bytes.size(), patch.offset, file_bytes))
                .in_file(path());
    PageSource patched;
    patched.open_ = std::make_unique<Open>();
    patched.open_->file = open_->file;
    patched.open_->added_bytes =
        static_cast<std::int64_t>(file_bytes) - static_cast<std::int64_t>(file_.size());
    patched.offset_bytes_ = offset_bytes_;
    if (file_bytes != 0) {
        const std::uint64_t end = TRY(open_->file->size_bytes());
        auto mapping = TRY(io::Mapping::map_private(
            open_->file, std::min(end, offset_bytes_ + file_.size()), offset_bytes_ + file_bytes));
        for (const Patch& patch : patches)
            TRY(mapping->put(offset_bytes_ + patch.offset, patch.bytes));
        patched.open_->mapping = mapping;
        patched.file_ = mapping->bytes().subspan(offset_bytes_);
    }
    patched.page_size_bytes_ = page_size_bytes_;
    patched.origin_ = origin_;
    if (origin_ != PageSizeOrigin::given)
        patched.find_page_size();
    return patched;
}

const std::string& PageSource::path() const noexcept {
    return open_->file->path();
}

const io::File& PageSource::opened_file() const noexcept {
    return *open_->file;
}

std::string PageSource::lock_holders() const {
    return io::lock_holders(*open_->file);
}

bool PageSource::readable(std::uint64_t offset, std::uint64_t length) const noexcept {
    return open_->mapping == nullptr || !open_->mapping->faulted(offset_bytes_ + offset, length);
}

bool PageSource::probe(std::uint64_t offset, std::uint64_t length) const noexcept {
    return open_->mapping == nullptr || open_->mapping->touch(offset_bytes_ + offset, length);
}

std::uint64_t PageSource::fault_count() const noexcept {
    return open_->mapping == nullptr ? 0 : open_->mapping->fault_count();
}

Result<std::uint64_t> PageSource::current_file_bytes() const {
    const std::uint64_t size = TRY(open_->file->size_bytes());
    return static_cast<std::uint64_t>(
        static_cast<std::int64_t>(size - std::min(size, offset_bytes_)) + open_->added_bytes);
}

void PageSource::will_read_all() const noexcept {
    if (open_->mapping != nullptr)
        open_->mapping->advise_will_need();
}

Result<format::PageView> PageSource::page(PageId id) const {
    const auto damaged = [&](FindingCode code, std::string message) {
        Finding finding{.code = code,
                        .severity = text_of(code).severity,
                        .place = {.page = id,
                                  .offset = checked_mul(number(id), page_size_bytes_),
                                  .bucket = {},
                                  .path = {}},
                        .message = std::move(message),
                        .transaction = std::nullopt};
        return Error(std::move(finding)).in_file(path());
    };
    if (number(id) >= page_count())
        return damaged(
            FindingCode::page_out_of_range,
            fmt::format("the file has {} pages of {} bytes", page_count(), page_size_bytes_));
    const std::uint64_t offset = number(id) * page_size_bytes_;
    const auto header = load<format::PageHeader>(file_.data() + offset);
    const std::uint64_t pages =
        std::min<std::uint64_t>(std::uint64_t{header.overflow} + 1, page_count() - number(id));
    const Bytes bytes = file_.subspan(offset, pages * page_size_bytes_);
    if (!open_->mapping->touch(offset_bytes_ + offset, page_size_bytes_))
        return damaged(FindingCode::page_unreadable, "the system could not read the page");
    return *format::PageView::of(bytes); // a page is at least 512 bytes
}

} // namespace rebolt
