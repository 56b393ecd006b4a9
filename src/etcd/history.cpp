#include <rebolt/etcd/history.hpp>

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "etcd/tree_walk.hpp"

namespace rebolt::etcd {
namespace {

std::optional<Change> change_of(const StoredRecord& record) {
    const auto value = parse_key_value(record.value);
    if (!value || value->key.empty())
        return std::nullopt;
    return Change{record.revision, record.is_tombstone, *value, Certainty::current, PageId{0}};
}

// A record of a page that nothing vouches for.
std::optional<Change> change_of(PageId page, const format::LeafElement& element) {
    auto record = element.is_bucket() ? std::nullopt : parse_stored_key(element.key);
    if (!record)
        return std::nullopt;
    record->value = element.value;
    auto change = change_of(*record);
    if (!change || (!change->is_tombstone && change->value.mod_revision != change->revision.main))
        return std::nullopt;
    change->certainty = Certainty::old_page;
    change->page = page;
    return change;
}

bool is_same(const Change& one, const Change& other) {
    return one.is_tombstone == other.is_tombstone && encoded(one.value) == encoded(other.value);
}

// A later record of the same life of the key says what the one before it was.
bool continues(const Change& later, const Change& earlier) {
    return !later.is_tombstone && !earlier.is_tombstone &&
           later.value.create_revision == earlier.value.create_revision &&
           later.value.version == earlier.value.version + 1;
}

void add_old(std::map<Revision, Change>& changes, const Change& change) {
    const auto [at, is_new] = changes.emplace(change.revision, change);
    if (is_new || is_same(at->second, change))
        return;
    if (at->second.certainty != Certainty::current) // the newest state is what counts
        at->second.certainty = Certainty::contradicted;
}

} // namespace

std::string_view name_of(Certainty certainty) noexcept {
    constexpr std::array<std::string_view, 4> names{"current", "compacted", "old-page",
                                                    "contradicted"};
    return names[static_cast<std::size_t>(certainty)];
}

std::vector<Change> history_of(const PageSource& source, const DatabaseState& state,
                               std::string_view key, bool all_pages) {
    std::map<Revision, Change> changes;
    for (const StoredRecord& record : state.records)
        if (const auto change = change_of(record); change && change->value.key == key)
            changes.emplace(change->revision, *change);
    if (all_pages)
        walk_leaves(source, [&](PageId page, const format::LeafElement& element) {
            if (const auto change = change_of(page, element); change && change->value.key == key)
                add_old(changes, *change);
        });
    std::vector<Change> list;
    for (const auto& [revision, change] : changes)
        list.push_back(change);
    for (std::size_t i = list.size(); i-- > 1;)
        if (list[i - 1].certainty == Certainty::old_page &&
            list[i].certainty != Certainty::contradicted && continues(list[i], list[i - 1]))
            list[i - 1].certainty = Certainty::compacted;
    return list;
}

Result<std::map<std::string_view, Change>> keys_at(const DatabaseState& state,
                                                   std::int64_t revision) {
    const std::int64_t at = revision == 0 ? state.revision() : revision;
    if (at > state.revision() || at < state.compacted())
        return Error(ErrorCode::invalid_argument,
                     fmt::format("revision {} is {}: there are {} to {}", at,
                                 at > state.revision() ? "not reached yet" : "compacted",
                                 std::max<std::int64_t>(state.compacted(), 1), state.revision()));
    std::map<std::string_view, Change> keys;
    for (const StoredRecord& record : state.records) {
        if (record.revision.main > at)
            break;
        const auto change = change_of(record);
        if (!change)
            continue;
        if (change->is_tombstone)
            keys.erase(change->value.key);
        else
            keys.insert_or_assign(change->value.key, *change);
    }
    return keys;
}

std::map<std::string, Change> lost_keys(const PageSource& source, const DatabaseState& state) {
    std::set<std::string_view> there;
    for (const StoredRecord& record : state.records)
        if (const auto change = change_of(record); change && !change->is_tombstone)
            there.insert(change->value.key);
    std::map<std::string, Change> lost;
    walk_leaves(source, [&](PageId page, const format::LeafElement& element) {
        const auto change = change_of(page, element);
        if (!change || change->is_tombstone || there.contains(change->value.key))
            return;
        const auto [at, is_new] = lost.emplace(change->value.key, *change);
        if (!is_new && at->second.revision < change->revision)
            at->second = *change;
    });
    return lost;
}

} // namespace rebolt::etcd
