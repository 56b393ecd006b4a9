#include "salvage/recover/states.hpp"

#include <algorithm>

#include "salvage/meta_pair.hpp"
#include "salvage/recover/age.hpp"
#include "salvage/recover/guess.hpp"

namespace rebolt::salvage {
namespace {

using format::MetaFields;

struct Meta {
    MetaFields fields;
    std::uint64_t page;
    bool is_valid;
};

// The valid ones first, the newer one of them before the other.
std::vector<Meta> metas_of(const PageSource& source) {
    const MetaPair pair = read_metas(source);
    std::vector<Meta> metas;
    for (std::size_t i = 0; i < pair.fields.size(); ++i)
        if (pair.fields[i])
            metas.push_back({*pair.fields[i], i, pair.is_valid[i]});
    std::ranges::stable_sort(metas, [](const Meta& a, const Meta& b) {
        return a.is_valid != b.is_valid ? a.is_valid : a.fields.txid > b.fields.txid;
    });
    return metas;
}

State state_of(const Meta& meta) {
    return {.root = PageId{meta.fields.root},
            .sequence = meta.fields.sequence,
            .transaction = TxId{meta.fields.txid},
            .freelist = PageId{meta.fields.freelist},
            .page_end = meta.fields.high_water_mark,
            .has_meta = meta.is_valid};
}

// Whether a meta without a right checksum may still tell its tree.
bool may_be_believed(const Survey& pages, const Meta& meta) {
    return meta.fields.magic == format::magic && meta.fields.version == format::version &&
           meta.fields.txid % 2 == meta.page && is_sound_at_home(pages, PageId{meta.fields.root}) &&
           may_be_root(pages, PageId{meta.fields.root});
}

// One meta is valid. The other, or a root that is guessed, may be newer.
States beside_valid(Context& context, const Meta& valid, const Meta* damaged) {
    States states{.newest = state_of(valid), .other = std::nullopt};
    if (damaged != nullptr && may_be_believed(context.pages, *damaged)) {
        const State other = state_of(*damaged);
        const std::uint64_t txid = valid.fields.txid;
        if (damaged->fields.txid + 1 == txid) {
            states.other = other;
            return states;
        }
        if (damaged->fields.txid == txid + 1 && is_whole(context.pages, other)) {
            states.other = states.newest;
            states.newest = other;
            return states;
        }
    }
    if (auto guessed = guess_beside(context, states.newest)) {
        const AgeOrder age = compare_age(context, *guessed, states.newest);
        states.other = *guessed;
        states.order_is_doubtful = age.order == 0 || !age.is_sure;
        if (age.order > 0) {
            states.other = states.newest;
            states.newest = *guessed;
        }
        if (states.order_is_doubtful)
            states.rivals = {*states.other};
    } else { // what the other meta led to is damaged, and may have been newer
        states.order_is_doubtful = true;
    }
    return states;
}

} // namespace

Result<States> find_states(Context& context) {
    const std::vector<Meta> metas = metas_of(context.pages.source());
    const auto valid = std::ranges::count(metas, true, &Meta::is_valid);
    if (valid == 2)
        return States{.newest = state_of(metas[0]), .other = state_of(metas[1])};
    if (valid == 1)
        return beside_valid(context, metas[0], metas.size() > 1 ? &metas[1] : nullptr);
    std::vector<State> believed;
    for (const Meta& meta : metas)
        if (may_be_believed(context.pages, meta) && is_whole(context.pages, state_of(meta)))
            believed.push_back(state_of(meta));
    if (believed.size() == 2 &&
        number(*believed[0].transaction) == number(*believed[1].transaction) + 1)
        return States{.newest = believed[0], .other = believed[1]};
    return guess_both(context);
}

} // namespace rebolt::salvage
