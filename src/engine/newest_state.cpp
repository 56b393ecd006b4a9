#include "engine/newest_state.hpp"

#include <array>
#include <cstddef>
#include <string>

#include <fmt/format.h>

namespace rebolt::engine {
namespace {

using format::MetaFields;
using format::MetaView;
using format::NewerMeta;

std::optional<MetaView> meta_at(Bytes file, std::uint64_t begin) {
    if (begin >= file.size())
        return std::nullopt;
    const auto view = MetaView::of(file.subspan(begin));
    return view ? std::optional(*view) : std::nullopt;
}

bool is_valid(const MetaView& meta, std::uint32_t page_size) {
    return !meta.validate() && meta.fields().page_size == page_size;
}

Finding finding_of(const MetaView& meta, std::uint64_t slot, const MetaFields& taken,
                   const std::optional<NewerMeta>& newer) {
    const auto fault = meta.validate();
    const FindingCode code = fault ? fault->code : FindingCode::meta_page_size;
    const std::string wrong =
        fault ? to_text(*fault) : fmt::format("its page size is {}", meta.fields().page_size);
    const std::string rest =
        newer ? fmt::format("it names transaction {}, newer than {}, which is used instead",
                            newer->fields.txid, taken.txid)
              : fmt::format("transaction {} of the other meta is used", taken.txid);
    return {.code = code,
            .severity = newer ? Severity::fatal : Severity::note,
            .place = {.page = PageId{slot},
                      .offset = slot * taken.page_size + (fault ? fault->offset : 24),
                      .bucket = {},
                      .path = {}},
            .message = fmt::format("meta {} is damaged ({}): {}", slot, wrong, rest),
            .transaction = newer ? std::optional(TxId{newer->fields.txid}) : std::nullopt};
}

} // namespace

std::optional<format::MetaFields> meta_of(TxId transaction, Bytes file, std::uint32_t page_size) {
    for (const std::uint64_t slot : {0U, 1U})
        if (const auto meta = meta_at(file, slot * page_size);
            meta && is_valid(*meta, page_size) && meta->fields().txid == number(transaction))
            return meta->fields();
    return std::nullopt;
}

NewestState newest_state(Bytes file, std::uint32_t page_size) {
    NewestState state;
    std::array<std::optional<MetaView>, 2> metas;
    std::size_t taken = 0;
    for (std::size_t slot = 0; slot < metas.size(); ++slot) {
        metas[slot] = meta_at(file, slot * page_size);
        if (!metas[slot] || !is_valid(*metas[slot], page_size) ||
            (state.taken && metas[slot]->fields().txid <= state.taken->txid))
            continue;
        state.taken = metas[slot]->fields();
        taken = slot;
    }
    const std::size_t other = 1 - taken;
    if (!state.taken || !metas[other] || is_valid(*metas[other], page_size))
        return state;
    state.newer = format::newer_than(*state.taken, metas[other]->fields());
    state.other = finding_of(*metas[other], other, *state.taken, state.newer);
    return state;
}

} // namespace rebolt::engine
