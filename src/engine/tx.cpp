#include <rebolt/tx.hpp>

#include <utility>

#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/database.hpp"

namespace rebolt {

Tx::Tx(std::shared_ptr<engine::Snapshot> snapshot) noexcept : snapshot_(std::move(snapshot)) {}

Tx& Tx::operator=(Tx&& other) noexcept {
    if (this != &other) {
        rollback();
        snapshot_ = std::move(other.snapshot_);
    }
    return *this;
}

Tx::~Tx() {
    rollback();
}

TxId Tx::id() const noexcept {
    return TxId{snapshot_->meta.txid};
}

bool Tx::is_writable() const noexcept {
    return snapshot_->changes != nullptr;
}

const format::MetaFields& Tx::meta() const noexcept {
    return snapshot_->meta;
}

std::uint64_t Tx::size_bytes() const noexcept {
    return snapshot_->meta.high_water_mark * snapshot_->page_size;
}

Bucket Tx::root() const {
    Bucket bucket;
    bucket.snapshot_ = snapshot_;
    bucket.root_ = PageId{snapshot_->meta.root};
    bucket.sequence_ = snapshot_->meta.sequence;
    if (snapshot_->changes != nullptr)
        bucket.live_ = &snapshot_->changes->root;
    return bucket;
}

Result<Bucket> Tx::bucket(std::string_view name) const {
    return root().bucket(name);
}

Cursor Tx::cursor() const {
    return root().cursor();
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the database
Result<Bucket> Tx::create_bucket(std::string_view name) {
    return root().create_bucket(name);
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the database
Result<Bucket> Tx::create_bucket_if_missing(std::string_view name) {
    return root().create_bucket_if_missing(name);
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the database
Result<void> Tx::delete_bucket(std::string_view name) {
    return root().delete_bucket(name);
}

Result<void> Tx::commit() {
    if (!snapshot_->open.load())
        return engine::transaction_closed(*snapshot_);
    if (snapshot_->changes == nullptr)
        return Error(ErrorCode::transaction_not_writable, "the transaction only reads")
            .in_file(snapshot_->path());
    if (snapshot_->changes->is_managed)
        return Error(ErrorCode::invalid_argument,
                     "update() and batch() commit by themselves: return from the work instead")
            .in_file(snapshot_->path());
    return snapshot_->database->commit(*snapshot_);
}

void Tx::on_commit(std::function<void()> done) {
    if (snapshot_->changes != nullptr)
        snapshot_->changes->on_commit.push_back(std::move(done));
}

void Tx::rollback() noexcept {
    if (snapshot_ != nullptr)
        snapshot_->database->end(*snapshot_);
}

TxStats Tx::stats() const noexcept {
    return snapshot_->changes == nullptr ? TxStats{} : snapshot_->changes->stats;
}

} // namespace rebolt
