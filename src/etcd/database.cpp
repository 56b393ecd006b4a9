#include <rebolt/etcd/database.hpp>

#include <algorithm>
#include <array>
#include <bit>

#include <rebolt/bytes.hpp>
#include <rebolt/schema.hpp>

#include "etcd/tree_walk.hpp"
#include "etcd/wire.hpp"

namespace rebolt::etcd {
namespace {

constexpr std::string_view keyspace = "key";

std::uint64_t big_endian(std::string_view bytes) {
    return std::byteswap(load<std::uint64_t>(as_bytes(bytes).data()));
}

std::optional<std::uint64_t> number_of(std::optional<std::string_view> value) {
    if (!value || value->size() != sizeof(std::uint64_t))
        return std::nullopt;
    return big_endian(*value);
}

std::int64_t main_of(std::optional<std::string_view> value) {
    const auto record = value ? parse_stored_key(*value) : std::nullopt;
    return record ? record->revision.main : never_compacted;
}

// The integers of a message's first two fields.
std::array<std::uint64_t, 2> two_integers(std::string_view message) {
    std::array<std::uint64_t, 2> numbers{};
    FieldReader reader(message, "");
    while (const auto field = reader.next())
        if (field->number <= numbers.size())
            numbers[field->number - 1] = field->integer;
    return numbers;
}

struct Meta {
    PageId page;
    format::MetaFields fields;
};

std::vector<Meta> valid_metas(const PageSource& source) {
    std::vector<Meta> metas;
    for (std::uint64_t page = 0; page < 2; ++page) {
        const std::uint64_t offset = page * source.page_size_bytes();
        if (offset + source.page_size_bytes() > source.file_bytes())
            break;
        const auto view =
            format::MetaView::of(source.file().subspan(offset, source.page_size_bytes()));
        if (view && !view->validate() && source.readable(offset, source.page_size_bytes()))
            metas.push_back({PageId{page}, view->fields()});
    }
    std::ranges::stable_sort(metas, std::greater<>(),
                             [](const Meta& meta) { return meta.fields.txid; });
    return metas;
}

DatabaseState read_state(const PageSource& source, const Meta& meta) {
    DatabaseState state;
    state.transaction = TxId{meta.fields.txid};
    state.meta = meta.page;
    std::vector<std::string> path(1);
    state.holes =
        walk_tree(source, PageId{meta.fields.root},
                  [&](std::string_view bucket, std::string_view key, std::string_view value) {
                      path[0] = bucket;
                      const auto fault = schema::validate(Owner::etcd, path, key, value);
                      state.malformed += fault && !fault->is_unknown_form ? 1 : 0;
                      if (bucket != keyspace) {
                          state.buckets[path[0]].emplace(key, value);
                          return;
                      }
                      state.has_keyspace = true;
                      if (auto record = parse_stored_key(key)) {
                          record->value = value;
                          state.records.push_back(*record);
                      }
                  });
    state.has_keyspace = state.has_keyspace || state.consistent_index().has_value();
    return state;
}

} // namespace

bool DatabaseState::has_whole_bookkeeping() const noexcept {
    return std::ranges::all_of(holes, [](const TreeHole& hole) { return hole.bucket == keyspace; });
}

std::optional<std::string_view> DatabaseState::value(std::string_view bucket,
                                                     std::string_view key) const {
    const auto found = buckets.find(bucket);
    if (found == buckets.end())
        return std::nullopt;
    const auto at = found->second.find(key);
    if (at == found->second.end())
        return std::nullopt;
    return at->second;
}

std::optional<std::uint64_t> DatabaseState::consistent_index() const {
    return number_of(value("meta", "consistent_index"));
}
std::optional<std::uint64_t> DatabaseState::term() const {
    return number_of(value("meta", "term"));
}
std::int64_t DatabaseState::scheduled_compaction() const {
    return main_of(value("meta", "scheduledCompactRev"));
}
std::int64_t DatabaseState::finished_compaction() const {
    return main_of(value("meta", "finishedCompactRev"));
}
std::int64_t DatabaseState::compacted() const {
    return std::max(scheduled_compaction(), finished_compaction());
}

std::int64_t DatabaseState::revision() const {
    const std::int64_t last = records.empty() ? 1 : records.back().revision.main;
    return std::max({std::int64_t{1}, last, compacted()});
}

bool DatabaseState::is_auth_enabled() const {
    const auto flag = value("auth", "authEnabled");
    return flag && flag->size() == 1 && flag->front() == 1;
}

std::vector<Lease> DatabaseState::leases() const {
    std::vector<Lease> leases;
    const auto found = buckets.find("lease");
    if (found == buckets.end())
        return leases;
    for (const auto& [key, message] : found->second) {
        const auto numbers = two_integers(message);
        leases.push_back(
            {static_cast<std::int64_t>(numbers[0]), static_cast<std::int64_t>(numbers[1])});
    }
    return leases;
}

std::vector<Alarm> DatabaseState::alarms() const {
    std::vector<Alarm> alarms;
    const auto found = buckets.find("alarm");
    if (found == buckets.end())
        return alarms;
    for (const auto& [key, message] : found->second) {
        const auto numbers = two_integers(key);
        alarms.push_back({numbers[0], numbers[1]});
    }
    return alarms;
}

std::vector<DatabaseState> read_states(const PageSource& source) {
    std::vector<DatabaseState> states;
    for (const Meta& meta : valid_metas(source))
        states.push_back(read_state(source, meta));
    return states;
}

} // namespace rebolt::etcd
