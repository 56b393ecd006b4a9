// Tx: the whole database as this transaction sees it, copied elsewhere.
#include <rebolt/tx.hpp>

#include <algorithm>
#include <array>

#include "base/try.hpp"
#include "engine/database.hpp"
#include "engine/freelist.hpp"
#include "engine/transaction_state.hpp"
#include "io/new_file.hpp"

namespace rebolt {

Result<void> Tx::judge() const {
    if (!state_->open.load())
        return engine::transaction_closed(*state_);
    if (auto newer = state_->database->newer_state())
        return std::move(*newer);
    TRY(engine::used_pages(*state_));
    return {};
}

// bbolt: Tx.WriteTo. Both metas name this state, the second as a transaction
// before, so that it is not chosen while the first can be read.
Result<void> Tx::write_to(const std::function<Result<void>(Bytes)>& write) const {
    const engine::TransactionState& state = *state_;
    if (!state.open.load())
        return engine::transaction_closed(state);
    TRY(judge());
    const std::uint64_t bytes = size_bytes();
    if (bytes > state.file.size())
        return engine::file_damage(FindingCode::file_truncated, "the file has lost its end",
                                   state.path());
    format::MetaFields meta = state.meta;
    if (is_writable()) // the state it began with
        --meta.txid;
    std::array<std::vector<std::byte>, 2> metas;
    metas[meta.txid % 2] = engine::meta_page(meta);
    meta.txid -= meta.txid == 0 ? 0 : 1;
    metas[meta.txid % 2] = engine::meta_page(meta);
    for (const auto& page : metas)
        TRY(write(page));
    constexpr std::uint64_t step_bytes = std::uint64_t{1} << 20;
    for (std::uint64_t at = std::uint64_t{2} * state.page_size; at < bytes; at += step_bytes) {
        const Bytes step = state.file.subspan(at, std::min(step_bytes, bytes - at));
        if (!state.touch(step))
            return engine::damage(state, FindingCode::page_unreadable, PageId{at / state.page_size},
                                  0, "the system could not read a page from here on", {}, nullptr);
        TRY(write(step));
    }
    const std::uint64_t written = std::max<std::uint64_t>(bytes, 2 * state.page_size);
    if (written < format::file_bytes_min)
        TRY(write(std::vector<std::byte>(format::file_bytes_min - written)));
    return {};
}

Result<void>
Tx::copy_file(const std::string& path, std::uint32_t file_mode,
              const std::function<bool(std::uint64_t, std::uint64_t)>& progress) const {
    constexpr std::uint32_t owner_alone = 0600; // until it is whole
    io::NewFile file = TRY(io::NewFile::create(path, file_mode == 0 ? owner_alone : file_mode));
    std::uint64_t done = 0;
    const auto append = [&](Bytes bytes) -> Result<void> {
        TRY(file.append(bytes));
        done += bytes.size();
        if (progress && !progress(done, size_bytes()))
            return Error(ErrorCode::cancelled, "cancelled; nothing was changed").in_file(path);
        return {};
    };
    TRY(write_to(append));
    if (file_mode == 0)
        TRY(file.take_attributes(state_->mapping->file()));
    return file.put_in_place();
}

} // namespace rebolt
