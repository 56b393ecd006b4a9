#include <rebolt/db.hpp>

#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/engine.hpp"
#include "engine/freelist_count.hpp"
#include "io/io.hpp"
#include "io/page_size.hpp"

namespace rebolt {

/// What copies of a DB share. The mapping is replaced when the file grew.
struct DB::Impl {
    std::string path;
    std::uint32_t page_size = 0;
    std::mutex mutex;                           // guards what follows
    std::shared_ptr<const io::Mapping> mapping; // keeps the file open; null: closed
};

namespace {

Error file_damage(FindingCode code, std::string message, const std::string& path) {
    return Error(Finding{.code = code,
                         .severity = text_of(code).severity,
                         .place = {},
                         .message = std::move(message),
                         .transaction = std::nullopt})
        .in_file(path);
}

// bbolt: DB.meta. The valid one with the larger txid; meta 0 when equal.
std::optional<format::MetaFields> choose_meta(Bytes file, std::uint32_t page_size) {
    std::optional<format::MetaFields> chosen;
    for (const std::uint64_t begin : {std::uint64_t{0}, std::uint64_t{page_size}}) {
        if (begin >= file.size())
            break;
        const auto meta = format::MetaView::of(file.subspan(begin));
        if (!meta || meta->validate() || meta->fields().page_size != page_size)
            continue;
        if (!chosen || meta->fields().txid > chosen->txid)
            chosen = meta->fields();
    }
    return chosen;
}

// Why a file without a usable meta is none.
Error no_meta(Bytes file, std::uint32_t page_size, const std::string& path) {
    for (const std::uint64_t begin : {std::uint64_t{0}, std::uint64_t{page_size}}) {
        const auto meta = begin < file.size() ? format::MetaView::of(file.subspan(begin))
                                              : format::Checked<format::MetaView>(std::unexpect);
        if (!meta)
            continue;
        if (meta->fields().magic == format::magic_of_foreign_byte_order)
            return file_damage(FindingCode::foreign_byte_order,
                               "the file was written on a big-endian machine", path);
        if (meta->fields().magic == format::magic)
            return file_damage(FindingCode::both_metas_invalid, "neither meta page is valid", path);
    }
    return file_damage(FindingCode::not_a_bolt_file, "no meta page: not a bbolt database", path);
}

} // namespace

Result<DB> DB::open(const std::string& path, const OpenOptions& options) {
    if (!options.read_only)
        return Error(ErrorCode::invalid_argument, "this release opens files for reading only")
            .in_file(path);
    auto impl = std::make_shared<Impl>();
    impl->path = path;
    auto file = TRY(io::File::open_for_reading(path));
    if (options.lock)
        TRY(io::lock(*file, io::LockMode::shared, options.timeout));
    const std::uint64_t size = TRY(file->size_bytes());
    if (size == 0)
        return file_damage(FindingCode::file_empty, "the file has 0 bytes", path);
    impl->mapping = TRY(io::Mapping::map(std::move(file), size));
    impl->page_size = io::find_page_size(impl->mapping->bytes()).bytes;
    if (!choose_meta(impl->mapping->bytes(), impl->page_size))
        return no_meta(impl->mapping->bytes(), impl->page_size, path);
    return DB(std::move(impl));
}

const std::string& DB::path() const noexcept {
    return impl_->path;
}

std::uint32_t DB::page_size_bytes() const noexcept {
    return impl_->page_size;
}

Result<Tx> DB::begin() const {
    auto snapshot = std::make_shared<engine::Snapshot>();
    {
        const std::scoped_lock lock(impl_->mutex);
        if (impl_->mapping == nullptr)
            return Error(ErrorCode::database_closed, "the database is closed").in_file(path());
        const std::uint64_t size = TRY(impl_->mapping->file().size_bytes());
        if (size > impl_->mapping->bytes().size())
            impl_->mapping = TRY(io::Mapping::map(impl_->mapping->shared_file(), size));
        snapshot->mapping = impl_->mapping;
    }
    snapshot->file = snapshot->mapping->bytes();
    snapshot->page_size = impl_->page_size;
    snapshot->faults = &snapshot->mapping->fault_counter();
    snapshot->faults_at_begin = snapshot->mapping->fault_count();
    const auto meta = choose_meta(snapshot->file, snapshot->page_size);
    if (!meta)
        return no_meta(snapshot->file, snapshot->page_size, path());
    snapshot->meta = *meta;
    snapshot->page_end =
        std::min(meta->high_water_mark, snapshot->file.size() / snapshot->page_size);
    if (meta->root < 2 || meta->root >= meta->high_water_mark)
        return engine::damage(*snapshot, FindingCode::meta_root_out_of_range, PageId{meta->root}, 0,
                              fmt::format("the root is page {}, expected 2 to {}", meta->root,
                                          meta->high_water_mark - 1),
                              {}, nullptr);
    return Tx(std::move(snapshot));
}

Result<void> DB::view(const std::function<Result<void>(Tx&)>& work) const {
    Tx tx = TRY(begin());
    return work(tx);
}

Result<DatabaseStats> DB::stats() const {
    const Tx tx = TRY(begin());
    const auto& snapshot = *tx.snapshot_;
    DatabaseStats stats{.page_size_bytes = impl_->page_size,
                        .high_water_mark = snapshot.meta.high_water_mark,
                        .file_bytes = snapshot.file.size()};
    const engine::FreelistCount count = TRY(engine::count_freelist(snapshot, tx));
    stats.free_page_count = count.free_pages;
    stats.free_alloc_bytes = count.free_pages * impl_->page_size;
    stats.freelist_inuse_bytes = count.inuse_bytes;
    return stats;
}

void DB::close() noexcept {
    const std::scoped_lock lock(impl_->mutex);
    impl_->mapping.reset();
}

} // namespace rebolt
