// raft.db of HashiCorp's raft-boltdb: Consul, Nomad servers, Vault. `logs` is the
// log, by index; `conf` the term and the vote. By raft-boltdb's bolt_store.go and
// util.go, v2 too, and raft's log.go.
#include <array>

#include <fmt/format.h>

#include "schema/forms.hpp"
#include "schema/msgpack.hpp"
#include "schema/numbers.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::raft_boltdb {
namespace {

constexpr std::size_t number_bytes = 8;

struct LogEntry {
    std::uint64_t index;
    std::uint64_t term;
    std::uint64_t type;
};

// The three numbers that every release writes.
std::optional<LogEntry> read_log_entry(std::string_view value) {
    const auto members = msgpack_members(value);
    const auto number = [&](std::string_view name) {
        const auto at = member_of(members, name);
        return at ? msgpack_number(*at) : std::nullopt;
    };
    const auto index = number("Index");
    const auto term = number("Term");
    const auto type = number("Type");
    return index && term && type ? std::optional(LogEntry{*index, *term, *type}) : std::nullopt;
}

ValueClause judge_log(const Entry& entry) {
    if (entry.key.size() != number_bytes)
        return fmt::format("the key has {} bytes, expected an index of 8", entry.key.size());
    if (auto fault = judge_msgpack(entry.value))
        return fault;
    const auto log = read_log_entry(entry.value);
    if (!log)
        return "the msgpack has no Index, Term and Type";
    if (log->index != big_endian(entry.key))
        return fmt::format("Index is {}, expected {} as in the key", log->index,
                           big_endian(entry.key));
    return std::nullopt;
}

constexpr std::array<Place, 4> places{{
    {.bucket = "logs",
     .key = "*",
     .judge = judge_log,
     .shown = Shown::msgpack,
     .key_shown = Shown::big_endian},
    {.bucket = "conf",
     .key = "CurrentTerm",
     .judge = judge_eight_bytes,
     .shown = Shown::big_endian},
    {.bucket = "conf",
     .key = "LastVoteTerm",
     .judge = judge_eight_bytes,
     .shown = Shown::big_endian},
    {.bucket = "conf", .key = "LastVoteCand", .judge = judge_text},
}};

bool has_names(Names names) {
    return names.size() == 2 && has(names, "logs") && has(names, "conf");
}

Home home_of_raft_key(std::string_view key, std::string_view value) {
    if (key == "CurrentTerm" || key == "LastVoteTerm" || key == "LastVoteCand")
        return Path{"conf"};
    return key.size() == number_bytes && !value.empty() ? Home(Path{"logs"}) : std::nullopt;
}

// A log never goes back in (term, index) without the term in `conf` having risen
// before: a follower that has to cut its log off has stored the new leader's term.
std::optional<ValueAge> age_of_raft(const Entry& entry) {
    constexpr unsigned index_bits = 40;
    constexpr std::uint64_t term_limit = std::uint64_t{1} << (64U - index_bits);
    if (entry.bucket.size() != 1)
        return std::nullopt;
    LogEntry at{0, 0, 0};
    if (entry.bucket[0] == "conf" && entry.key == "CurrentTerm" &&
        entry.value.size() == number_bytes)
        at.term = big_endian(entry.value);
    else if (const auto log =
                 entry.bucket[0] == "logs" ? read_log_entry(entry.value) : std::nullopt)
        at = *log;
    if (at.term == 0 || at.term >= term_limit || at.index >> index_bits != 0)
        return std::nullopt;
    return ValueAge{at.term << index_bits | at.index, true};
}

} // namespace
} // namespace rebolt::schema::raft_boltdb

namespace rebolt::schema {

constinit const KnownOwner raft_boltdb_owner{.owner = Owner::raft_boltdb,
                                             .name = "raft-boltdb",
                                             .has_names = raft_boltdb::has_names,
                                             .places = raft_boltdb::places,
                                             .home_of_key = raft_boltdb::home_of_raft_key,
                                             .age_of = raft_boltdb::age_of_raft};

} // namespace rebolt::schema
