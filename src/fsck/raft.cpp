// A raft log: its indexes follow each other, its terms never fall, and the server
// knows of a term as high. By raft's log.go and raft.go. Nothing mends a log: what
// is missing comes from the other servers.
#include <algorithm>

#include <fmt/format.h>

#include "fsck/contents.hpp"
#include "schema/msgpack.hpp"
#include "schema/numbers.hpp"

namespace rebolt::fsck_rules {
namespace {

constexpr std::size_t number_bytes = 8;

std::uint64_t term_of(std::string_view entry) {
    const auto members = schema::msgpack_members(entry);
    const auto term = schema::member_of(members, "Term");
    return term ? schema::msgpack_number(*term).value_or(0) : 0;
}

} // namespace

void compare_raft(const Contents& contents, Findings& findings) {
    std::uint64_t last = 0;
    std::uint64_t last_term = 0;
    for (const auto& [key, entry] : contents.in({"logs"})) {
        if (key.size() != number_bytes)
            continue;
        const std::uint64_t index = schema::big_endian(key);
        const std::uint64_t term = term_of(entry);
        if (last != 0 && index != last + 1)
            findings.push_back({"log-gap",
                                true,
                                {"logs"},
                                key,
                                fmt::format("entry {} follows entry {}", index, last),
                                "the server ends with `log not found`, unless a snapshot was "
                                "restored by hand there",
                                {}});
        if (term < last_term)
            findings.push_back({"term-falls",
                                true,
                                {"logs"},
                                key,
                                fmt::format("entry {} is of term {}, the one before of term {}",
                                            index, term, last_term),
                                "no raft server writes such a log: parts of it are old",
                                {}});
        last = index;
        last_term = std::max(last_term, term);
    }
    const std::string* current = contents.value({"conf"}, "CurrentTerm");
    if (current != nullptr && current->size() == number_bytes &&
        schema::big_endian(*current) < last_term)
        findings.push_back({"term-behind",
                            true,
                            {"conf"},
                            "CurrentTerm",
                            fmt::format("CurrentTerm is {}, the log's last term {}",
                                        schema::big_endian(*current), last_term),
                            "the server may vote twice in one term",
                            {}});
}

} // namespace rebolt::fsck_rules
