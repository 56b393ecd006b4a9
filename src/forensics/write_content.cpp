#include <algorithm>

#include <rebolt/content_walk.hpp>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "io/new_file.hpp"

namespace rebolt {
namespace {

// As compact: keys mostly come in order, so pages are left nearly full.
constexpr double fill_fraction = 0.9;
constexpr std::uint32_t owner_alone = 0600;
constexpr std::uint64_t items_between_reports = 10'000;

class ContentWriter {
public:
    ContentWriter(const DB& to, const WriteContentOptions& options) : to_(to), options_(options) {}

    Result<std::uint64_t> write_all(const ContentStream& next) {
        tx_.emplace(TRY(to_.begin(Access::write)));
        while (const auto item = TRY(next())) {
            TRY(make_room(item->key.size() + item->value.size()));
            TRY(write(*item));
            if (++items_ % items_between_reports == 0 && options_.progress &&
                !options_.progress(items_))
                return Error(ErrorCode::cancelled, "cancelled");
        }
        TRY(tx_->commit());
        return items_;
    }

private:
    Result<void> write(const ContentItem& item) {
        TRY(enter(item.bucket));
        Bucket to = bucket_ ? *bucket_ : tx_->root();
        if (!item.is_bucket)
            return to.put(item.key, item.value);
        Bucket made = TRY(to.create_bucket_if_missing(item.key));
        return made.set_sequence(item.sequence);
    }

    // Items of one bucket mostly come together: it is opened once.
    Result<void> enter(std::span<const std::string> path) {
        if (bucket_ && std::ranges::equal(path, path_))
            return {};
        Bucket to = tx_->root();
        for (const std::string& name : path)
            to = TRY(to.create_bucket_if_missing(name));
        TRY(to.set_fill_percent(fill_fraction));
        path_.assign(path.begin(), path.end());
        bucket_ = to;
        return {};
    }

    Result<void> make_room(std::uint64_t bytes) {
        transaction_bytes_ += bytes;
        if (transaction_bytes_ <= options_.transaction_bytes_max || transaction_bytes_ == bytes)
            return {};
        bucket_.reset();
        TRY(tx_->commit());
        tx_.emplace(TRY(to_.begin(Access::write)));
        transaction_bytes_ = bytes;
        return {};
    }

    const DB& to_;
    const WriteContentOptions& options_;
    std::optional<Tx> tx_;
    std::optional<Bucket> bucket_; ///< at path_
    std::vector<std::string> path_;
    std::uint64_t transaction_bytes_ = 0;
    std::uint64_t items_ = 0;
};

Result<std::uint64_t> write_new_file(const std::string& path, const ContentStream& next,
                                     const WriteContentOptions& options) {
    io::NewFile file = TRY(io::NewFile::create(path, owner_alone));
    OpenOptions open;
    open.page_size_bytes = options.page_size_bytes;
    open.no_sync = open.no_grow_sync = true;
    DB to = TRY(DB::open(file.open_path(), open));
    const std::uint64_t items = TRY(ContentWriter(to, options).write_all(next));
    const DatabaseStats stats = TRY(to.stats());
    to.close();
    TRY(file.cut_to(std::max<std::uint64_t>(stats.high_water_mark * stats.page_size_bytes,
                                            format::file_bytes_min)));
    TRY(file.put_in_place());
    return items;
}

} // namespace

Result<std::uint64_t> write_content(const std::string& path, const ContentStream& next,
                                    const WriteContentOptions& options) {
    return with_memory([&] { return write_new_file(path, next, options); });
}

} // namespace rebolt
