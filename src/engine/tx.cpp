#include <rebolt/tx.hpp>

#include <utility>

#include "base/try.hpp"
#include "engine/changes.hpp"
#include "engine/database.hpp"

namespace rebolt {

Tx::Tx(std::shared_ptr<engine::TransactionState> state) noexcept : state_(std::move(state)) {}

Tx& Tx::operator=(Tx&& other) noexcept {
    if (this != &other) {
        rollback();
        state_ = std::move(other.state_);
    }
    return *this;
}

Tx::~Tx() {
    rollback();
}

TxId Tx::id() const noexcept {
    return TxId{state_->meta.txid};
}

bool Tx::is_writable() const noexcept {
    return state_->changes != nullptr;
}

const format::MetaFields& Tx::meta() const noexcept {
    return state_->meta;
}

std::uint64_t Tx::size_bytes() const noexcept {
    return state_->meta.high_water_mark * state_->page_size;
}

Bucket Tx::root() const {
    Bucket bucket;
    bucket.state_ = state_;
    bucket.root_ = PageId{state_->meta.root};
    bucket.sequence_ = state_->meta.sequence;
    if (state_->changes != nullptr)
        bucket.live_ = &state_->changes->root;
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
    if (!state_->open.load())
        return engine::transaction_closed(*state_);
    if (state_->changes == nullptr)
        return Error(ErrorCode::transaction_not_writable, "the transaction only reads")
            .in_file(state_->path());
    if (state_->changes->is_managed)
        return Error(ErrorCode::invalid_argument,
                     "update() and batch() commit by themselves: return from the work instead")
            .in_file(state_->path());
    return state_->database->commit(*state_);
}

void Tx::on_commit(std::function<void()> done) {
    if (state_->changes != nullptr)
        state_->changes->on_commit.push_back(std::move(done));
}

void Tx::rollback() noexcept {
    if (state_ != nullptr)
        state_->database->end(*state_);
}

TxStats Tx::stats() const noexcept {
    return state_->changes == nullptr ? state_->stats_at_end : state_->changes->stats;
}

} // namespace rebolt
