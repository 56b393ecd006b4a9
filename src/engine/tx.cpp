#include <rebolt/tx.hpp>

#include <utility>

#include "engine/engine.hpp"

namespace rebolt {

Tx::Tx(std::shared_ptr<engine::Snapshot> snapshot) noexcept : snapshot_(std::move(snapshot)) {}

Tx& Tx::operator=(Tx&& other) noexcept {
    rollback();
    snapshot_ = std::move(other.snapshot_);
    return *this;
}

Tx::~Tx() {
    rollback();
}

TxId Tx::id() const noexcept {
    return TxId{snapshot_->meta.txid};
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
    return bucket;
}

Result<Bucket> Tx::bucket(std::string_view name) const {
    return root().bucket(name);
}

Cursor Tx::cursor() const {
    return root().cursor();
}

void Tx::rollback() noexcept {
    if (snapshot_ != nullptr)
        snapshot_->open.store(false);
}

} // namespace rebolt
