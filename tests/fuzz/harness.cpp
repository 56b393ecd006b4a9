#include "harness.hpp"

#include <cstring>
#include <string>
#include <vector>

#include <rebolt/check.hpp>
#include <rebolt/db.hpp>
#include <rebolt/recover.hpp>
#include <rebolt/schema.hpp>

#include "input_file.hpp"

namespace rebolt::fuzz {
namespace {

constexpr std::size_t buckets_max = 64;

std::uint64_t count_entries(const std::string& path) {
    const auto db = DB::open(path, {.read_only = true});
    require(db.has_value());
    const auto tx = db->begin();
    std::uint64_t count = 0;
    std::vector<Bucket> buckets{tx->root()};
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        const Bucket bucket = buckets[i];
        require(bucket
                    .for_each([&](const Entry& entry) -> Result<void> {
                        ++count;
                        if (entry.is_bucket)
                            buckets.push_back(*bucket.bucket(entry.key));
                        return {};
                    })
                    .has_value());
    }
    return count;
}

void walk(const Bucket& bucket, std::vector<Bucket>& found) {
    Cursor cursor = bucket.cursor();
    for (auto entry = cursor.first(); entry && entry->has_value(); entry = cursor.next()) {
        static_cast<void>(bucket.get((*entry)->key));
        if (!(*entry)->is_bucket || found.size() >= buckets_max)
            continue;
        if (auto inside = bucket.bucket((*entry)->key))
            found.push_back(std::move(*inside));
    }
    for (auto entry = cursor.last(); entry && entry->has_value(); entry = cursor.prev())
        static_cast<void>(entry);
    static_cast<void>(cursor.seek("m"));
    static_cast<void>(cursor.next());
    static_cast<void>(bucket.stats());
}

/// A file with nothing in it is refused; a new file that is not clean is our fault.
void require_no_defect(const Error& error) {
    require(error.code() == ErrorCode::damaged &&
            error.message().find("defect") == std::string::npos);
}

} // namespace

void open_file(Input input) {
    const MemoryFile file(input);
    if (const auto db = DB::open(file.path(), {.read_only = true}))
        static_cast<void>(db->stats());
    if (const auto source = PageSource::open(file.path()))
        for (std::uint64_t page = 0; page < source->page_count(); ++page)
            static_cast<void>(source->page(PageId{page}));
}

void walk_cursors(Input input) {
    const MemoryFile file(input);
    const auto db = DB::open(file.path(), {.read_only = true});
    if (!db)
        return;
    const auto tx = db->begin();
    if (!tx)
        return;
    std::vector<Bucket> found{tx->root()};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Bucket bucket = found[i];
        walk(bucket, found);
    }
}

void check_file(Input input) {
    const MemoryFile file(input);
    const auto source = PageSource::open(file.path());
    require(source.has_value());
    CheckOptions options;
    const auto one = check(*source, options);
    options.threads = 2;
    options.parallel_pages_min = 0;
    const auto two = check(*source, options);
    require(one.has_value() && two.has_value());
    require(one->pages_entered <= 2 * source->page_count() + 2);
    require(one->verdict == two->verdict && one->count_of == two->count_of &&
            one->pages == two->pages);
}

void recover_stages(Input input) {
    const MemoryFile file(input);
    const auto source = PageSource::open(file.path());
    require(source.has_value());
    for (const RecoverPolicy policy :
         {RecoverPolicy::best, RecoverPolicy::newest_whole, RecoverPolicy::current_only})
        for (const bool has_owners : {true, false}) {
            RecoverOptions options;
            options.dry_run = true;
            options.policy = policy;
            if (!has_owners)
                options.owners = {};
            std::uint64_t current = 0;
            options.on_item = [&](const RecoveredItem& item) -> Result<void> {
                current += item.provenance == Provenance::current ? 1 : 0;
                return {};
            };
            auto recovery = Recovery::begin(*source, {}, std::move(options));
            require(recovery.has_value());
            if (const auto done = recovery->run(); !done) {
                require_no_defect(done.error());
                continue;
            }
            const RecoverReport& report = recovery->report();
            require(report.counts.keys[0] + report.counts.buckets[0] == current);
        }
}

void recover_file(Input input) {
    const MemoryFile file(input);
    const NewName name;
    const auto source = PageSource::open(file.path());
    require(source.has_value());
    RecoverOptions options;
    std::uint64_t told = 0;
    options.on_item = [&](const RecoveredItem&) -> Result<void> {
        ++told;
        return {};
    };
    auto recovery = Recovery::begin(*source, name.path(), options);
    if (!recovery)
        return;
    if (const auto done = recovery->run(); !done)
        return require_no_defect(done.error());
    const RecoveredCounts& counts = recovery->report().counts;
    require(counts.total() + counts.total_buckets() == told);
    const auto made = PageSource::open(name.path());
    require(made.has_value());
    CheckOptions check_options;
    const auto checked = check(*made, check_options);
    require(checked.has_value() && checked->findings.empty());
    require(count_entries(name.path()) == told);
}

void seal_metas(std::span<std::uint8_t> bytes) {
    std::uint32_t page_size = 0;
    if (bytes.size() < 80)
        return;
    std::memcpy(&page_size, bytes.data() + 24, sizeof page_size);
    for (const std::uint64_t begin : {std::uint64_t{0}, std::uint64_t{page_size}}) {
        if (begin + 80 > bytes.size())
            continue;
        const std::span<std::uint8_t> body = bytes.subspan(begin + 16, 56);
        const std::uint64_t checksum = format::fnv1a(std::as_bytes(body));
        std::memcpy(bytes.data() + begin + 72, &checksum, sizeof checksum);
    }
}

} // namespace rebolt::fuzz
