#include "engine/commit.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "engine/freelist.hpp"
#include "engine/tree_writer.hpp"

namespace rebolt::engine {
namespace {

constexpr std::uint64_t grown_bytes_min = std::uint64_t{32} << 10;
constexpr std::uint64_t reserved_pages_max = 64;
// Pages that stand beside each other are written together, as far as this.
constexpr std::size_t write_bytes = std::size_t{1} << 20;

// Adds the time that it lives to a sum.
class Stopwatch {
public:
    explicit Stopwatch(std::chrono::nanoseconds& sum) noexcept : sum_(sum) {}
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;
    ~Stopwatch() { sum_ += std::chrono::steady_clock::now() - begin_; }

private:
    std::chrono::nanoseconds& sum_;
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// A bucket's value: header, then an inline bucket's page image.
std::string bucket_value(std::uint64_t root, std::uint64_t sequence, const DirtyPage* inline_page) {
    const format::BucketHeader header{root, sequence};
    std::string value(sizeof header + (inline_page == nullptr ? 0 : inline_page->image_bytes()),
                      '\0');
    std::memcpy(value.data(), &header, sizeof header);
    if (inline_page != nullptr) {
        std::vector<std::byte> image(inline_page->image_bytes());
        inline_page->write(image.data(), 0, 0);
        std::memcpy(value.data() + sizeof header, image.data(), image.size());
    }
    return value;
}

} // namespace

std::vector<std::byte> meta_page(format::MetaFields fields) {
    std::vector<std::byte> page(fields.page_size);
    const format::PageHeader header{
        .id = fields.txid % 2, .flags = format::meta_flag, .count = 0, .overflow = 0};
    std::memcpy(page.data(), &header, sizeof header);
    std::byte* at = page.data() + sizeof header;
    std::memcpy(at, &fields, sizeof fields);
    fields.checksum = format::fnv1a({at, offsetof(format::MetaFields, checksum)});
    std::memcpy(at, &fields, sizeof fields);
    return page;
}

Commit::Commit(Database& database, TransactionState& state) noexcept
    : database_(database), state_(state), changes_(*state.changes), meta_(state.meta),
      syncs_(database.commit_sync() == CommitSync::on) {}

Result<void> Commit::run() {
    const Stopwatch stopwatch(changes_.stats.commit_time);
    Result<void> written = write_all();
    if (written)
        return written;
    taken_.push_back(reserved_);
    for (const PageRun& run : taken_)
        database_.free_pages_.give_back(run);
    if (stage_ == Stage::harmless)
        return written;
    const std::string fate =
        stage_ == Stage::meta
            ? fmt::format("transaction {} may or may not be in the file", meta_.txid)
            : std::string("the disk may have lost what was written");
    return database_.refuse(fmt::format("{}: {}", written.error().message(), fate));
}

Result<void> Commit::write_all() {
    reserve();
    TRY(rebalance(changes_.root));
    meta_.root = number(TRY(assign_page_ids(changes_.root.root)));
    meta_.sequence = changes_.root.sequence;
    TRY(assign_freelist_page());
    TRY(grow_file());
    TRY(write_pages());
    return write_meta();
}

// Buckets inside first: their roots' places are written into this one. As deep
// as open buckets are in each other.
Result<void> Commit::rebalance(OpenBucket& bucket) {
    for (const auto& [name, inside] : bucket.children) {
        TRY(rebalance(*inside));
        TRY(write_header(bucket, *inside));
    }
    return TreeWriter(state_, bucket).rebalance();
}

Result<void> Commit::write_header(OpenBucket& parent, OpenBucket& bucket) {
    if (!bucket.has_changed)
        return {};
    std::string value;
    if (fits_inline(bucket))
        value = bucket_value(0, bucket.sequence, &changes_.dirty_pages.at(bucket.root));
    else
        value = bucket_value(number(TRY(assign_page_ids(bucket.root))), bucket.sequence, nullptr);
    TreeWriter tree(state_, parent);
    Search search;
    TRY(tree.find(bucket.name, search));
    return tree.put(search, bucket.name, value, format::bucket_leaf_flag);
}

// bbolt: Bucket.inlineable.
bool Commit::fits_inline(const OpenBucket& bucket) const noexcept {
    if (!is_dirty(bucket.root))
        return false;
    const DirtyPage& page = changes_.dirty_pages.at(bucket.root);
    if (!page.is_leaf() || page.image_bytes() > state_.page_size / 4)
        return false;
    for (std::size_t i = 0; i < page.count(); ++i)
        if ((page.item(i).flags & format::bucket_leaf_flag) != 0)
            return false;
    return true;
}

// Gives a page and all changed pages below it their places, and names them.
Result<PageId> Commit::assign_page_ids(PageId page) {
    if (!is_dirty(page))
        return page;
    DirtyPage& dirty = changes_.dirty_pages.at(page);
    if (!dirty.is_leaf())
        for (std::size_t i = 0; i < dirty.count(); ++i)
            dirty.set_child(i, number(TRY(assign_page_ids(PageId{dirty.item(i).child}))));
    const PageRun run = TRY(allocate(dirty.image_bytes()));
    writes_.push_back({run, &dirty});
    return PageId{run.first};
}

std::uint64_t Commit::pages_of(std::uint64_t bytes) const noexcept {
    return (bytes + state_.page_size - 1) / state_.page_size;
}

// A small commit goes into one run of pages, if there is one: one write to the
// disk instead of one a page.
void Commit::reserve() {
    FreePages& free_pages = database_.free_pages_;
    std::uint64_t pages =
        pages_of(freelist_bytes(free_pages.free_count() + free_pages.pending_count()));
    changes_.dirty_pages.for_each(
        [&](const DirtyPage& dirty) { pages += pages_of(dirty.image_bytes()); });
    if (pages > reserved_pages_max)
        return;
    if (const auto first = free_pages.take(pages))
        reserved_ = {*first, pages};
}

Result<PageRun> Commit::allocate(std::uint64_t bytes) {
    const std::uint64_t count = pages_of(bytes);
    changes_.stats.pages_allocated += count;
    if (count <= reserved_.count) {
        taken_.push_back({reserved_.first, count});
        reserved_ = {reserved_.first + count, reserved_.count - count};
        return taken_.back();
    }
    if (const auto first = database_.free_pages_.take(count)) {
        taken_.push_back({*first, count});
        return taken_.back();
    }
    const PageRun run{meta_.high_water_mark, count};
    meta_.high_water_mark += count;
    const std::uint64_t size_max = database_.options_.max_size_bytes;
    if (size_max != 0 && meta_.high_water_mark * state_.page_size > size_max)
        return Error(ErrorCode::max_size_reached,
                     fmt::format("the transaction needs {} bytes, but the file may have {} at most",
                                 meta_.high_water_mark * state_.page_size, size_max))
            .in_file(database_.path_);
    return run;
}

// The list is written with all pages that will be free once nobody reads them.
Result<void> Commit::assign_freelist_page() {
    FreePages& free_pages = database_.free_pages_;
    if (database_.freelist_run_)
        TRY(free_after_commit(state_, *database_.freelist_run_, nullptr));
    if (database_.options_.no_freelist_sync) {
        meta_.freelist = number(no_freelist);
    } else {
        freelist_run_ = TRY(allocate(freelist_bytes(free_pages.free_count() +
                                                    free_pages.pending_count() + reserved_.count)));
        meta_.freelist = freelist_run_->first;
        writes_.push_back({*freelist_run_, nullptr});
    }
    free_pages.give_back(std::exchange(reserved_, {}));
    return {};
}

// bbolt: a file grows to the next power of two from 32 KiB on, and from DB.AllocSize
// on by as much at a time.
std::uint64_t Commit::grown(std::uint64_t needed_bytes) const noexcept {
    const std::uint64_t step =
        std::max<std::uint64_t>(database_.options_.growth_bytes, state_.page_size);
    if (needed_bytes <= step)
        return std::min(std::bit_ceil(std::max(needed_bytes, grown_bytes_min)),
                        std::max(step, grown_bytes_min));
    return (needed_bytes + step - 1) / step * step;
}

Result<void> Commit::grow_file() {
    {
        const std::scoped_lock lock(database_.mutex_);
        mapping_ = database_.mapping_;
    }
    const std::uint64_t needed = meta_.high_water_mark * state_.page_size;
    if (needed > database_.file_bytes_)
        TRY(enlarge_file(needed));
    // The mapping may be behind the file, where making it failed before.
    if (needed <= mapping_->bytes().size())
        return {};
    const std::uint64_t shown = std::min(
        database_.file_bytes_, std::max(grown(needed), database_.options_.initial_mapping_bytes));
    // A page that was not there once would stay so in the same mapping.
    if (mapping_->fault_count() == 0 && mapping_->extend(shown))
        return {};
    mapping_ = TRY(database_.map_to_grow(mapping_->shared_file(), shown));
    const std::scoped_lock lock(database_.mutex_);
    database_.mapping_ = mapping_;
    return {};
}

Result<void> Commit::enlarge_file(std::uint64_t needed) {
    const std::uint64_t size_max = database_.options_.max_size_bytes;
    std::uint64_t size = std::max(grown(needed), database_.options_.initial_mapping_bytes);
    if (size_max != 0)
        size = std::max(needed, std::min(size, size_max));
    TRY(database_.file_writer_->resize(size));
    if (syncs_ && !database_.options_.no_grow_sync) {
        stage_ = Stage::sync;
        TRY(sync(&io::FileWriter::sync_all));
        stage_ = Stage::harmless;
    }
    database_.log(LogLevel::debug, "{} grew to {} bytes", database_.path_, size);
    database_.file_bytes_ = size;
    return {};
}

Result<void> Commit::write_pages() {
    std::ranges::sort(writes_, {}, [](const Write& write) { return write.run.first; });
    WriteBuffer& buffer = database_.write_buffer_;
    buffer.clear();
    std::uint64_t end = 0; // behind the last page in the buffer
    for (const Write& write : writes_) {
        if (buffer.size() >= write_bytes || write.run.first != end)
            TRY(flush(end));
        put_in_buffer(write);
        end = write.run.first + write.run.count;
    }
    TRY(flush(end));
    // A long freelist is written by each commit: its memory is not fetched each time.
    const std::uint64_t freelist_pages = freelist_run_ ? freelist_run_->count : 0;
    buffer.keep_up_to(2 * (write_bytes + freelist_pages * state_.page_size));
    if (!syncs_)
        return {};
    stage_ = Stage::sync;
    TRY(sync(&io::FileWriter::sync_data));
    stage_ = Stage::harmless;
    return {};
}

void Commit::put_in_buffer(const Write& write) {
    const std::uint64_t run_bytes = write.run.count * state_.page_size;
    std::byte* const out = database_.write_buffer_.extend(run_bytes);
    const FreePages& free_pages = database_.free_pages_;
    const std::uint64_t used_bytes =
        write.page == nullptr ? freelist_bytes(free_pages.free_count() + free_pages.pending_count())
                              : write.page->image_bytes();
    if (write.page == nullptr)
        write_freelist(out, write.run, free_pages);
    else
        write.page->write(out, write.run.first, static_cast<std::uint32_t>(write.run.count - 1));
    std::memset(out + used_bytes, 0, run_bytes - used_bytes);
    ++changes_.stats.pages_written;
}

// Writes the pages in the buffer, of which the last one's end is given.
Result<void> Commit::flush(std::uint64_t end) {
    WriteBuffer& buffer = database_.write_buffer_;
    changes_.stats.bytes_written += buffer.size();
    TRY(database_.file_writer_->write_at(end * state_.page_size - buffer.size(), buffer.bytes()));
    buffer.clear();
    return {};
}

// A system that failed to write may say so once and forget it.
Result<void> Commit::sync(Result<void> (io::FileWriter::*sync_now)()) {
    const Stopwatch stopwatch(changes_.stats.sync_time);
    return ((*database_.file_writer_).*sync_now)();
}

Result<void> Commit::write_meta() {
    const std::vector<std::byte> page = meta_page(meta_);
    stage_ = Stage::meta;
    TRY(database_.file_writer_->write_at(meta_.txid % 2 * state_.page_size, page));
    if (syncs_)
        TRY(sync(&io::FileWriter::sync_data));
    stage_ = Stage::harmless;
    changes_.stats.bytes_written += page.size();
    return {};
}

} // namespace rebolt::engine
