// Tx: the whole database as this transaction sees it, copied elsewhere.
#include <rebolt/tx.hpp>

#include <algorithm>
#include <array>

#include "base/try.hpp"
#include "engine/database.hpp"
#include "engine/snapshot.hpp"
#include "io/new_file.hpp"

namespace rebolt {

// bbolt: Tx.WriteTo. Both metas name this state, the second as a transaction
// before, so that it is not chosen while the first can be read.
Result<void> Tx::write_to(const std::function<Result<void>(Bytes)>& write) const {
    const engine::Snapshot& snapshot = *snapshot_;
    if (!snapshot.open.load())
        return engine::transaction_closed(snapshot);
    const std::uint64_t bytes = size_bytes();
    if (bytes > snapshot.file.size())
        return engine::file_damage(FindingCode::file_truncated, "the file has lost its end",
                                   snapshot.path());
    format::MetaFields meta = snapshot.meta;
    if (is_writable()) // the state it began with
        --meta.txid;
    std::array<std::vector<std::byte>, 2> metas;
    metas[meta.txid % 2] = engine::meta_page(meta);
    meta.txid -= meta.txid == 0 ? 0 : 1;
    metas[meta.txid % 2] = engine::meta_page(meta);
    for (const auto& page : metas)
        TRY(write(page));
    constexpr std::uint64_t step_bytes = std::uint64_t{1} << 20;
    for (std::uint64_t at = std::uint64_t{2} * snapshot.page_size; at < bytes; at += step_bytes) {
        const Bytes step = snapshot.file.subspan(at, std::min(step_bytes, bytes - at));
        if (!snapshot.touch(step))
            return engine::damage(snapshot, FindingCode::page_unreadable,
                                  PageId{at / snapshot.page_size}, 0,
                                  "the system could not read a page from here on", {}, nullptr);
        TRY(write(step));
    }
    return {};
}

Result<void>
Tx::copy_file(const std::string& path, std::uint32_t file_mode,
              const std::function<bool(std::uint64_t, std::uint64_t)>& progress) const {
    io::NewFile file = TRY(io::NewFile::create(path, file_mode));
    std::uint64_t done = 0;
    const auto append = [&](Bytes bytes) -> Result<void> {
        TRY(file.append(bytes));
        done += bytes.size();
        if (progress && !progress(done, size_bytes()))
            return Error(ErrorCode::cancelled, "cancelled; nothing was changed").in_file(path);
        return {};
    };
    TRY(write_to(append));
    return file.put_in_place();
}

} // namespace rebolt
