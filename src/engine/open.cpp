// Opening a database: its file, its lock, its metas, and for writing its free
// pages.
#include <algorithm>
#include <filesystem>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/database.hpp"
#include "engine/freelist.hpp"
#include "engine/page_walk.hpp"
#include "io/bytes_to_map.hpp"
#include "io/io.hpp"
#include "io/page_size.hpp"

namespace rebolt::engine {
namespace {

using format::file_bytes_min;

constexpr std::uint64_t new_pages = 4;

// bbolt: DB.init: two metas, an empty freelist, an empty leaf.
std::vector<std::byte> new_database(std::uint32_t page_size) {
    format::MetaFields fields{.magic = format::magic,
                              .version = format::version,
                              .page_size = page_size,
                              .flags = 0,
                              .root = 3,
                              .sequence = 0,
                              .freelist = 2,
                              .high_water_mark = new_pages,
                              .txid = 0,
                              .checksum = 0};
    std::vector<std::byte> image = meta_page(fields);
    fields.txid = 1;
    const std::vector<std::byte> second = meta_page(fields);
    image.insert(image.end(), second.begin(), second.end());
    image.resize(std::max<std::size_t>(new_pages * page_size, file_bytes_min));
    write_freelist(image.data() + std::size_t{2} * page_size, {2, 1}, FreePages{});
    DirtyPage(true, 0).write(image.data() + std::size_t{3} * page_size, 3, 0);
    return image;
}

// True if the file is the image, but for sectors that are zero or missing.
bool is_part_of(Bytes file, Bytes image) {
    constexpr std::size_t sector_bytes = 512;
    if (file.size() > image.size() || std::ranges::equal(file, image))
        return false;
    for (std::size_t at = 0; at < file.size(); at += sector_bytes) {
        const Bytes sector = file.subspan(at, std::min(sector_bytes, file.size() - at));
        if (!format::all_zero(sector) &&
            !std::ranges::equal(sector, image.subspan(at, sector.size())))
            return false;
    }
    return true;
}

Result<void> judge_options(const std::string& path, const OpenOptions& options) {
    const auto fail = [&](std::string message) {
        return Error(ErrorCode::invalid_argument, std::move(message)).in_file(path);
    };
    if (!options.read_only && !options.lock)
        return fail("a database can be opened without its lock for reading only");
    if (options.page_size_bytes != 0 && !format::is_page_size(options.page_size_bytes))
        return fail(fmt::format("a page cannot have {} bytes: a power of two from {} to {}",
                                options.page_size_bytes, format::page_size_min,
                                format::page_size_max));
    return {};
}

} // namespace

Error file_damage(FindingCode code, std::string message, const std::string& path) {
    return Error(Finding{.code = code,
                         .severity = text_of(code).severity,
                         .place = {},
                         .message = std::move(message),
                         .transaction = std::nullopt})
        .in_file(path);
}

std::uint64_t bytes_to_map(Bytes head, std::uint64_t file_bytes) {
    return std::min(file_bytes, std::max(io::bytes_of_metas(head), io::mapped_whole_bytes));
}

Error no_meta(Bytes file, std::uint32_t page_size, const std::string& path) {
    bool is_foreign = false;
    bool has_magic = false;
    io::for_each_meta(file, page_size, [&](const format::MetaView& meta) {
        is_foreign |= !has_magic && meta.fields().magic == format::magic_of_foreign_byte_order;
        has_magic |= meta.fields().magic == format::magic;
    });
    if (is_foreign)
        return file_damage(FindingCode::foreign_byte_order,
                           "the file was written on a big-endian machine", path);
    if (has_magic)
        return file_damage(FindingCode::both_metas_invalid, "neither meta page is valid", path);
    return file_damage(FindingCode::not_a_bolt_file, "no meta page: not a bbolt database", path);
}

Result<std::shared_ptr<Database>> Database::open(const std::string& path,
                                                 const OpenOptions& options) {
    TRY(judge_options(path, options));
    auto file = TRY(options.read_only ? io::File::open_for_reading(path)
                                      : io::File::open_for_writing(path, options.file_mode));
    std::shared_ptr<Database> database(new Database(path, options));
    TRY(database->open(std::move(file)));
    return database;
}

Result<std::shared_ptr<Database>> Database::open_descriptor(int descriptor,
                                                            const OpenOptions& options) {
    auto file = TRY(io::File::take(descriptor));
    TRY(judge_options(file->path(), options));
    if (!options.read_only && !(file->is_regular() && file->is_writable()))
        return Error(ErrorCode::invalid_argument,
                     "the descriptor is not one of a regular file open for reading and writing")
            .in_file(file->path());
    std::shared_ptr<Database> database(new Database(file->path(), options));
    TRY(database->open(std::move(file)));
    return database;
}

Result<void> Database::open(std::shared_ptr<const io::File> file) {
    TRY(open_file(std::move(file)));
    if (!options_.read_only)
        TRY(judge_for_writing());
    else if (options_.preload_freelist)
        TRY(stats());
    for (const Finding& finding : findings_at_open_)
        log(finding.severity == Severity::note ? LogLevel::info : LogLevel::warning, "{}: {}: {}",
            path_, name_of(finding.code), finding.message);
    log(LogLevel::debug, "opened {}: {}, transaction {}, {} bytes in pages of {}", path_,
        options_.read_only ? "for reading" : "for writing", meta_.txid, file_bytes_, page_size_);
    return {};
}

// Who listens is told for whom it waits.
Result<void> Database::lock(const io::File& file) const {
    const auto mode = options_.read_only ? io::LockMode::shared : io::LockMode::exclusive;
    constexpr std::chrono::milliseconds once{0};
    if (options_.log && options_.timeout != once) {
        const Result<void> locked = io::lock(file, mode, once);
        if (locked)
            return {};
        log(LogLevel::info, "waiting: {}", locked.error().to_text());
    }
    return io::lock(file, mode, options_.timeout);
}

Result<void> Database::open_file(std::shared_ptr<const io::File> file) {
    if (options_.lock)
        TRY(lock(*file));
    file_bytes_ = TRY(file->size_bytes());
    if (!options_.read_only)
        file_writer_.emplace(file);
    if (file_bytes_ == 0 && options_.read_only)
        return file_damage(FindingCode::file_empty, "the file has 0 bytes", path_);
    if (file_bytes_ == 0) {
        TRY(make_new(page_size_wanted()));
        is_new_ = true;
    } else if (!options_.read_only) {
        if (const auto size = TRY(cut_off_making(*file))) {
            TRY(make_new(*size));
            findings_at_open_.push_back(
                {.code = FindingCode::file_empty,
                 .severity = Severity::note,
                 .place = {},
                 .message = "the file's making was cut off before anything was put into it; it "
                            "was made again",
                 .transaction = std::nullopt});
        }
    }
    std::vector<std::byte> head(std::min(file_bytes_, io::metas_bytes_max));
    head.resize(TRY(file->read_at(0, head)));
    const std::uint64_t mapped_bytes = bytes_to_map(head, file_bytes_);
    mapping_ = TRY(map(std::move(file), mapped_bytes));
    page_size_ = io::find_page_size(mapping_->bytes()).bytes;
    NewestState newest = newest_state(mapping_->bytes(), page_size_);
    if (!newest.taken)
        return no_meta(mapping_->bytes(), page_size_, path_);
    meta_ = *newest.taken;
    if (options_.transaction && *options_.transaction != TxId{meta_.txid})
        return take_older(*options_.transaction);
    return judge_other_meta(std::move(newest));
}

// The newer state is valid, and passed over because that was asked for.
Result<void> Database::take_older(TxId transaction) {
    const auto older = meta_of(transaction, mapping_->bytes(), page_size_);
    if (!older)
        return Error(ErrorCode::invalid_argument,
                     fmt::format("no valid meta names transaction {}: the newest is {}",
                                 number(transaction), meta_.txid))
            .in_file(path_);
    meta_ = *older;
    is_older_ = true;
    shows_newest_ = false;
    return {};
}

// A newer transaction whose meta is damaged must not be written over unless that
// was asked for. It is there if its meta is proven, or its trees are whole.
Result<void> Database::judge_other_meta(NewestState newest) {
    if (!newest.other)
        return {};
    Finding& finding = *newest.other;
    shows_newest_ = !newest.newer;
    if (newest.newer) {
        const auto state = state_of(mapping_, newest.newer->fields);
        const bool is_whole = state && used_pages(**state).has_value();
        finding.message +=
            is_whole ? "; all of its pages are there" : "; not all of its pages are there";
        if (!options_.read_only && !options_.from_older && (is_whole || newest.newer->is_proven)) {
            finding.message += ": writing would destroy it. `rebolt repair` brings it back, "
                               "`rebolt recover` copies it to a new file";
            return Error(std::move(finding)).in_file(path_);
        }
    }
    findings_at_open_.push_back(std::move(finding));
    return {};
}

Result<void> Database::make_new(std::uint32_t page_size) {
    const std::vector<std::byte> image = new_database(page_size);
    TRY(file_writer_->write_at(0, image));
    TRY(file_writer_->sync_all());
    TRY(io::sync_folder_of(path_));
    file_bytes_ = image.size();
    return {};
}

// A new file's page size.
std::uint32_t Database::page_size_wanted() const {
    if (options_.page_size_bytes != 0)
        return options_.page_size_bytes;
    return static_cast<std::uint32_t>(
        std::clamp<long>(::sysconf(_SC_PAGESIZE), format::page_size_min, format::page_size_max));
}

// The page size of a database whose making a power cut ended: it has no more
// than the first pages, of which some sectors are still zero. A database that
// ever committed has more pages, so that nothing is lost by making it again.
Result<std::optional<std::uint32_t>> Database::cut_off_making(const io::File& file) const {
    if (file_bytes_ > new_pages * format::page_size_max)
        return std::optional<std::uint32_t>{};
    std::vector<std::byte> bytes(file_bytes_);
    bytes.resize(TRY(file.read_at(0, bytes)));
    const io::PageSize found = io::find_page_size(bytes);
    const bool has_meta =
        found.origin == PageSizeOrigin::meta0 || found.origin == PageSizeOrigin::meta1;
    const std::uint32_t size = has_meta ? found.bytes : page_size_wanted();
    if (!is_part_of(bytes, new_database(size)))
        return std::optional<std::uint32_t>{};
    return std::optional(size);
}

Result<void> Database::judge_for_writing() {
    if (meta_.high_water_mark > file_bytes_ / page_size_)
        return file_damage(
            FindingCode::file_truncated,
            fmt::format("the file has {} pages, but transaction {} uses {}: nothing is written "
                        "into a file that lost its end",
                        file_bytes_ / page_size_, meta_.txid, meta_.high_water_mark),
            path_);
    const auto state = TRY(state_of(mapping_, meta_));
    Node root;
    if (!enter(*state, PageId{meta_.root}, root)) {
        const PageId path[] = {PageId{meta_.root}};
        return damage(*state, why_not(*state, PageId{meta_.root}), PageId{meta_.root}, path,
                      nullptr);
    }
    TRY(load_free_pages(*state));
    // Room for a page, one element more, and the gaps that changes leave.
    dirty_page_memory_ = std::make_unique<DirtyPageMemory>(page_size_ + page_size_ / 4);
    count_pages(stats_);
    // bbolt: "Flush freelist when transitioning from no sync to sync".
    if (!options_.no_freelist_sync && !freelist_run_) {
        Tx tx(TRY(begin(Access::write)));
        TRY(tx.commit());
    }
    return {};
}

// From the list in the file, if that can be believed; else from the trees.
Result<void> Database::load_free_pages(const TransactionState& state) {
    Result<StoredFreelist> stored = read_freelist(state);
    const bool is_stored = PageId{meta_.freelist} != no_freelist;
    if (stored && meta_.high_water_mark * page_size_ > options_.verify_freelist_up_to_bytes) {
        freelist_run_ = stored->run;
        for (const std::uint64_t page : stored->pages)
            free_pages_.add(page);
        return {};
    }
    std::vector<bool> used = TRY(used_pages(state));
    if (stored && std::ranges::none_of(stored->run.pages(), [&](auto page) { return used[page]; }))
        freelist_run_ = stored->run;
    if (freelist_run_)
        for (const std::uint64_t page : freelist_run_->pages())
            used[page] = true;
    for (std::uint64_t page = 2; page < meta_.high_water_mark; ++page)
        if (!used[page])
            free_pages_.add(page);
    if (is_stored && !stored)
        findings_at_open_.push_back(*stored.error().finding());
    else if (is_stored)
        if (auto finding = compare(stored->pages, free_pages_, used, state))
            findings_at_open_.push_back(std::move(*finding));
    return {};
}

} // namespace rebolt::engine
