#include "salvage/recover/file_target.hpp"

#include <algorithm>
#include <utility>

#include "base/try.hpp"

namespace rebolt::salvage {
namespace {

constexpr double fill_fraction = 0.9; // as compact's
constexpr std::uint64_t transaction_bytes_max = 8U << 20;
constexpr std::uint64_t file_bytes_min = 4096; // bbolt reads as much to find the page size

} // namespace

Result<std::unique_ptr<FileTarget>>
FileTarget::create(const std::string& path, const PageSource& source, std::uint32_t mode) {
    constexpr std::uint32_t owner_alone = 0600; // until it is whole
    io::NewFile file = TRY(io::NewFile::create(path, mode == 0 ? owner_alone : mode));
    OpenOptions open;
    open.page_size_bytes = source.page_size_bytes();
    open.no_sync = open.no_grow_sync = true;
    DB db = TRY(DB::open(file.open_path(), open));
    auto target = std::make_unique<FileTarget>(std::move(file), std::move(db));
    if (mode == 0)
        target->like_ = &source.opened_file();
    return target;
}

Result<void> FileTarget::put_in_place() {
    if (like_ != nullptr)
        TRY(file_.take_attributes(*like_));
    return file_.put_in_place();
}

Result<void> FileTarget::make_room(std::uint64_t bytes) {
    if (tx_ && transaction_bytes_ + bytes > transaction_bytes_max && transaction_bytes_ != 0) {
        bucket_.reset();
        TRY(tx_->commit());
        tx_.reset();
    }
    if (!tx_) {
        tx_.emplace(TRY(db_.begin(Access::write)));
        transaction_bytes_ = 0;
    }
    transaction_bytes_ += bytes;
    return {};
}

// Stands in a bucket, if it is there or is made; returns how many of its names
// were there.
Result<std::size_t> FileTarget::enter(Path path, bool is_made) {
    if (bucket_ && std::ranges::equal(path, path_))
        return path.size();
    TRY(make_room(0));
    Bucket bucket = tx_->root();
    std::size_t were_there = path.size();
    for (std::size_t depth = 0; depth < path.size(); ++depth) {
        auto inside = bucket.bucket(path[depth]);
        if (!inside) {
            were_there = std::min(were_there, depth);
            if (!is_made)
                return were_there;
            inside = bucket.create_bucket(path[depth]);
        }
        bucket = TRY(std::move(inside));
        TRY(bucket.set_fill_percent(fill_fraction));
    }
    bucket_ = bucket;
    path_.assign(path.begin(), path.end());
    return were_there;
}

Result<There> FileTarget::there(Path bucket, std::string_view key) {
    if (TRY(enter(bucket, false)) != bucket.size())
        return There::nothing;
    const auto entry = TRY(bucket_->cursor().seek(key));
    if (!entry || entry->key != key)
        return There::nothing;
    return entry->is_bucket ? There::bucket : There::value;
}

Result<std::string> FileTarget::last_key(Path bucket) {
    if (TRY(enter(bucket, false)) != bucket.size())
        return std::string();
    const auto entry = TRY(bucket_->cursor().last());
    return entry ? std::string(entry->key) : std::string();
}

Result<std::size_t> FileTarget::make(Path bucket) {
    return enter(bucket, true);
}

Result<void> FileTarget::put(Path bucket, std::string_view key, std::string_view value) {
    TRY(make_room(key.size() + value.size()));
    TRY(enter(bucket, true));
    return bucket_->put(key, value);
}

Result<void> FileTarget::put_bucket(Path bucket, std::string_view key, std::uint64_t sequence) {
    TRY(make_room(key.size()));
    TRY(enter(bucket, true));
    Bucket made = TRY(bucket_->create_bucket_if_missing(key));
    return made.set_sequence(sequence);
}

Result<void> FileTarget::close() {
    bucket_.reset();
    if (tx_)
        TRY(tx_->commit());
    tx_.reset();
    const DatabaseStats stats = TRY(db_.stats());
    db_.close();
    size_bytes_ = std::max(stats.high_water_mark * stats.page_size_bytes, file_bytes_min);
    return file_.cut_to(size_bytes_);
}

} // namespace rebolt::salvage
