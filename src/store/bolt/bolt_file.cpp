#include "store/bolt/bolt_file.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "base/try.hpp"

namespace rebolt::store {
namespace {

using Clock = std::chrono::steady_clock;

// Longer files are not compared with their freelist on each open.
constexpr std::uint64_t verified_up_to_bytes = std::uint64_t{4} << 20U;

// The files that this thread is reading: it must not wait for itself.
thread_local std::vector<const BoltFile*> reading;

std::chrono::milliseconds left_until(Clock::time_point deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    return std::max(left, std::chrono::milliseconds{0});
}

Result<void> read_bucket(Tx& tx, const std::string& name,
                         const std::function<Result<void>(const Bucket*)>& work) {
    auto found = tx.bucket(name);
    if (!found && found.error().code() == ErrorCode::bucket_not_found)
        return work(nullptr);
    const Bucket bucket = TRY(std::move(found));
    return work(&bucket);
}

Result<void> write_bucket(Tx& tx, const BoltTarget& target,
                          const std::function<Result<void>(Bucket&)>& work) {
    Bucket bucket = target.create ? TRY(tx.create_bucket_if_missing(target.bucket))
                                  : TRY(tx.bucket(target.bucket));
    return work(bucket);
}

} // namespace

struct BoltFile::AccessGuard {
    AccessGuard(BoltFile& its_file, Use its_use) : file(&its_file), use(its_use) {
        if (use == Use::shared)
            reading.push_back(file);
    }
    explicit AccessGuard(DB its_db) : db(std::move(its_db)) {}
    AccessGuard(AccessGuard&& other) noexcept
        : file(std::exchange(other.file, nullptr)), use(other.use), db(std::move(other.db)) {}
    AccessGuard& operator=(AccessGuard&&) = delete;
    AccessGuard(const AccessGuard&) = delete;
    AccessGuard& operator=(const AccessGuard&) = delete;
    ~AccessGuard() {
        if (file == nullptr)
            return;
        if (use == Use::shared)
            reading.pop_back();
        file->leave(use);
    }

    BoltFile* file = nullptr;
    Use use = Use::shared;
    std::optional<DB> db;
};

std::shared_ptr<BoltFile> BoltFile::of(const std::string& path) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<BoltFile>> files;
    std::error_code failed;
    std::string canonical = std::filesystem::weakly_canonical(path, failed);
    if (failed || canonical.empty())
        canonical = path;
    const std::lock_guard lock(mutex);
    std::erase_if(files, [](const auto& file) { return file.second.expired(); });
    std::shared_ptr<BoltFile> file = files[canonical].lock();
    if (!file)
        files[canonical] = file = std::make_shared<BoltFile>(canonical);
    return file;
}

Result<BoltFile::AccessGuard> BoltFile::enter(Use use, Deadline deadline) {
    const bool reads_already = std::ranges::find(reading, this) != reading.end();
    std::unique_lock lock(mutex_);
    if (held_)
        return AccessGuard(*held_);
    if (use == Use::exclusive && reads_already)
        return Error(ErrorCode::invalid_argument,
                     "a visitor of for_each may not write to the file it is reading")
            .in_file(path_);
    const auto is_free = [&] {
        if (held_)
            return true;
        if (use == Use::exclusive)
            return !is_written_ && readers_ == 0;
        return !is_written_ && (writers_waiting_ == 0 || reads_already);
    };
    writers_waiting_ += use == Use::exclusive ? 1 : 0;
    const bool got_in = left_.wait_until(lock, deadline, is_free);
    writers_waiting_ -= use == Use::exclusive ? 1 : 0;
    if (!got_in) {
        left_.notify_all();
        return Error(ErrorCode::lock_timeout,
                     "timed out: another thread of this process is using the file")
            .in_file(path_);
    }
    if (held_)
        return AccessGuard(*held_);
    if (use == Use::exclusive)
        is_written_ = true;
    else
        ++readers_;
    return AccessGuard(*this, use);
}

void BoltFile::leave(Use use) noexcept {
    const std::lock_guard lock(mutex_);
    if (use == Use::exclusive)
        is_written_ = false;
    else
        --readers_;
    left_.notify_all();
}

Result<DB> BoltFile::open(Use use, Deadline deadline) const {
    OpenOptions options;
    options.read_only = use == Use::shared;
    options.timeout = left_until(deadline);
    options.verify_freelist_up_to_bytes = verified_up_to_bytes;
    return DB::open(path_, options);
}

Result<void> BoltFile::expect_file(const BoltTarget& target) const {
    std::error_code failed;
    if (target.create || std::filesystem::exists(path_, failed))
        return {};
    return Error(ErrorCode::file_not_found, "there is no such file").in_file(path_);
}

Result<void> BoltFile::read(const BoltTarget& target,
                            const std::function<Result<void>(const Bucket*)>& work) {
    const Deadline deadline = Clock::now() + target.timeout;
    const AccessGuard access = TRY(enter(Use::shared, deadline));
    const auto read_it = [&](Tx& tx) { return read_bucket(tx, target.bucket, work); };
    if (access.db)
        return access.db->view(read_it);
    auto opened = open(Use::shared, deadline);
    // An empty file has just been created by another program's open.
    const bool is_missing =
        !opened && (opened.error().code() == ErrorCode::file_not_found ||
                    (opened.error().finding() != nullptr &&
                     opened.error().finding()->code == FindingCode::file_empty));
    if (is_missing && target.create)
        return work(nullptr);
    return TRY(std::move(opened)).view(read_it);
}

Result<void> BoltFile::write(const BoltTarget& target,
                             const std::function<Result<void>(Bucket&)>& work) {
    const Deadline deadline = Clock::now() + target.timeout;
    const AccessGuard access = TRY(enter(Use::exclusive, deadline));
    const auto write_it = [&](Tx& tx) { return write_bucket(tx, target, work); };
    if (access.db) {
        Result<void> written = access.db->update(write_it);
        tell_listeners();
        return written;
    }
    TRY(expect_file(target));
    return TRY(open(Use::exclusive, deadline)).update(write_it);
}

void BoltFile::tell_listeners() {
    ++held_writes_;
    const std::lock_guard lock(mutex_);
    for (io::FileEvents* listener : listeners_)
        listener->wake();
}

void BoltFile::add(io::FileEvents& listener) {
    const std::lock_guard lock(mutex_);
    listeners_.insert(&listener);
}

void BoltFile::remove(io::FileEvents& listener) noexcept {
    const std::lock_guard lock(mutex_);
    listeners_.erase(&listener);
}

Result<void> BoltFile::hold(const BoltTarget& target) {
    const Deadline deadline = Clock::now() + target.timeout;
    const AccessGuard access = TRY(enter(Use::exclusive, deadline));
    std::optional<DB> db;
    if (!access.db) {
        TRY(expect_file(target));
        db = TRY(open(Use::exclusive, deadline));
    }
    const std::lock_guard lock(mutex_);
    if (access.db) // the previous holder may have released it meanwhile
        db = access.db;
    if (!held_)
        held_ = std::move(db);
    ++holders_;
    left_.notify_all();
    return {};
}

void BoltFile::release() {
    std::optional<DB> last;
    const std::lock_guard lock(mutex_);
    if (--holders_ == 0)
        last = std::exchange(held_, std::nullopt);
}

} // namespace rebolt::store
