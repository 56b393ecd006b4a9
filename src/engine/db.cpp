#include <rebolt/db.hpp>

#include <utility>

#include "base/memory.hpp"
#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/database.hpp"

namespace rebolt {

Result<DB> DB::open(const std::string& path, const OpenOptions& options) {
    return with_memory(
        [&]() -> Result<DB> { return DB(TRY(engine::Database::open(path, options))); });
}

Result<DB> DB::open_descriptor(int descriptor, const OpenOptions& options) {
    return with_memory([&]() -> Result<DB> {
        return DB(TRY(engine::Database::open_descriptor(descriptor, options)));
    });
}

const std::string& DB::path() const noexcept {
    return database_->path();
}

std::uint32_t DB::page_size_bytes() const noexcept {
    return database_->page_size();
}

bool DB::is_read_only() const noexcept {
    return database_->options().read_only;
}

const std::vector<Finding>& DB::findings_at_open() const noexcept {
    return database_->findings_at_open();
}

bool DB::shows_newest() const noexcept {
    return database_->shows_newest();
}

Result<Tx> DB::begin(Access access) const {
    return with_memory([&]() -> Result<Tx> { return Tx(TRY(database_->begin(access))); });
}

Result<void> DB::view(const std::function<Result<void>(Tx&)>& work) const {
    return with_memory([&]() -> Result<void> {
        Tx tx = TRY(begin());
        return work(tx);
    });
}

Result<void> DB::update(const std::function<Result<void>(Tx&)>& work) const {
    return with_memory([&]() -> Result<void> {
        Tx tx = TRY(begin(Access::write));
        engine::Changes& changes = *tx.state_->changes;
        changes.is_managed = true;
        Result<void> result = work(tx);
        if (tx.state_->open.load())
            changes.is_managed = false;
        if (result)
            result = tx.commit();
        if (!result)
            database_->note_failed_update();
        return result;
    });
}

Result<void> DB::batch(const std::function<Result<void>(Tx&)>& work) const {
    return with_memory([&]() -> Result<void> {
        TRY(database_->require_no_own_writer()); // whom others in the batch may wait for
        const OpenOptions& options = database_->options();
        return database_->batch().run(
            work, [this](const engine::Batch::Work& all) { return update(all); },
            options.batch_size_max, options.batch_delay_max);
    });
}

Result<void> DB::sync() const {
    return database_->sync();
}

void DB::set_commit_sync(CommitSync sync) const noexcept {
    database_->set_commit_sync(sync);
}

CommitSync DB::commit_sync() const noexcept {
    return database_->commit_sync();
}

Result<DatabaseStats> DB::stats() const {
    return database_->stats();
}

void DB::close() noexcept {
    database_->close();
}

} // namespace rebolt
