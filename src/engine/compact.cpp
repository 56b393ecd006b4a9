#include <rebolt/compact.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "engine/transaction_state.hpp"
#include "io/new_file.hpp"

namespace rebolt {
namespace {

// Keys come in order: pages are left nearly full (bbolt: Compact).
constexpr double fill_fraction = 0.9;
constexpr std::uint32_t owner_alone = 0600; // until it is whole
constexpr std::uint64_t keys_between_reports = 10'000;

class Compaction {
public:
    Compaction(const Tx& from, const DB& to, const CompactOptions& options)
        : from_(from), to_(to), options_(options) {}

    Result<void> run() {
        tx_.emplace(TRY(to_.begin(Access::write)));
        levels_.push_back({from_.cursor(), from_.root(), tx_->root(), {}});
        TRY(levels_.back().to.set_fill_percent(fill_fraction));
        auto entry = TRY(levels_.back().at.first());
        for (;;) {
            if (!entry) {
                levels_.pop_back();
                if (levels_.empty())
                    break;
            } else if (entry->is_bucket) {
                TRY(enter(entry->key));
                entry = TRY(levels_.back().at.first());
                continue;
            } else {
                TRY(copy(*entry));
            }
            entry = TRY(levels_.back().at.next());
        }
        TRY(tx_->commit());
        report();
        return options_.no_sync ? Result<void>{} : to_.sync();
    }

private:
    /// A bucket on the way down.
    struct Level {
        Cursor at;
        Bucket from;
        Bucket to;
        std::string name;
    };

    Result<void> enter(std::string_view name) {
        TRY(make_room(name.size()));
        const Bucket from = TRY(levels_.back().from.bucket(name));
        Bucket to = TRY(levels_.back().to.create_bucket(name));
        TRY(to.set_sequence(from.sequence()));
        TRY(to.set_fill_percent(fill_fraction));
        levels_.push_back({from.cursor(), from, to, std::string(name)});
        return {};
    }

    Result<void> copy(const Entry& entry) {
        TRY(make_room(entry.key.size() + entry.value.size()));
        TRY(levels_.back().to.put(entry.key, entry.value));
        bytes_ += entry.key.size() + entry.value.size();
        if (++keys_ % keys_between_reports == 0 && !report())
            return Error(ErrorCode::cancelled, "cancelled").in_file(to_.path());
        return {};
    }

    bool report() const { return !options_.progress || options_.progress({keys_, bytes_}); }

    // Begins another transaction when this one has enough, and opens the
    // buckets on the way down again.
    Result<void> make_room(std::uint64_t bytes) {
        transaction_bytes_ += bytes;
        if (options_.transaction_bytes_max == 0 ||
            transaction_bytes_ <= options_.transaction_bytes_max || transaction_bytes_ == bytes)
            return {};
        TRY(tx_->commit());
        tx_.emplace(TRY(to_.begin(Access::write)));
        transaction_bytes_ = bytes;
        Bucket to = tx_->root();
        for (std::size_t i = 0; i < levels_.size(); ++i) {
            if (i != 0)
                to = TRY(to.bucket(levels_[i].name));
            TRY(to.set_fill_percent(fill_fraction));
            levels_[i].to = to;
        }
        return {};
    }

    const Tx& from_;
    const DB& to_;
    const CompactOptions& options_;
    std::optional<Tx> tx_;
    std::vector<Level> levels_;
    std::uint64_t transaction_bytes_ = 0;
    std::uint64_t keys_ = 0;
    std::uint64_t bytes_ = 0;
};

} // namespace

Result<void> compact(const DB& from, const DB& to, const CompactOptions& options) {
    const Tx tx = TRY(from.begin());
    TRY(tx.judge());
    return Compaction(tx, to, options).run();
}

namespace {

// With the owner and permissions of the file that `like` reads.
Result<void> compact_like(const engine::TransactionState& like, const DB& from,
                          const std::string& path, const CompactOptions& options) {
    io::NewFile file = TRY(io::NewFile::create(path, owner_alone));
    OpenOptions open;
    open.page_size_bytes = from.page_size_bytes();
    open.no_sync = open.no_grow_sync = true;
    DB to = TRY(DB::open(file.open_path(), open));
    TRY(compact(from, to, options));
    const DatabaseStats stats = TRY(to.stats());
    to.close();
    TRY(file.cut_to(std::max<std::uint64_t>(stats.high_water_mark * stats.page_size_bytes,
                                            format::file_bytes_min)));
    TRY(file.take_attributes(like.mapping->file()));
    return file.put_in_place();
}

} // namespace

Result<void> compact_file(const DB& from, const std::string& path, const CompactOptions& options) {
    const Tx like = TRY(from.begin());
    return with_memory([&] { return compact_like(*like.state_, from, path, options); });
}

// A bucket that is not inline keeps a page of its own. The others' content is packed: a
// page is filled until the next item would be beyond 90 %.
std::uint64_t compacted_bytes(const BucketStats& all, std::uint64_t page_size_bytes) {
    constexpr std::uint64_t other_pages = 4; // metas, freelist, the root bucket's page
    const std::uint64_t overflow_bytes = all.leaf_overflow_count * page_size_bytes;
    const std::uint64_t used_bytes =
        all.leaf_inuse_bytes - std::min(all.leaf_inuse_bytes, overflow_bytes);
    const std::uint64_t item_bytes = used_bytes / std::max<std::uint64_t>(all.key_count, 1);
    const std::uint64_t filled_bytes =
        page_size_bytes * 9 / 10 - std::min(item_bytes, page_size_bytes / 2);
    const std::uint64_t own_pages =
        std::min(all.bucket_count - std::min(all.bucket_count, all.inline_bucket_count),
                 all.leaf_page_count);
    const std::uint64_t own_bytes =
        used_bytes / std::max<std::uint64_t>(all.leaf_page_count, 1) * own_pages;
    const std::uint64_t packed_pages = (used_bytes - own_bytes + filled_bytes - 1) / filled_bytes;
    return (other_pages + all.branch_page_count + all.leaf_overflow_count + own_pages +
            packed_pages) *
           page_size_bytes;
}

} // namespace rebolt
