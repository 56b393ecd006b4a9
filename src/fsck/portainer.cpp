// Portainer's numbers: a new record gets the number after its bucket's sequence,
// and each environment has a relation of its own. By api/database/boltdb/db.go and
// api/dataservices/endpointrelation.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "fsck/contents.hpp"
#include "fsck/json.hpp"
#include "schema/numbers.hpp"

namespace rebolt::fsck_rules {
namespace {

constexpr std::size_t id_bytes = 8;

// These take their numbers from the sequence; relations and snapshots have their
// environment's.
constexpr std::array<const char*, 16> numbered{
    "customtemplates", "edgegroups",       "edgejobs", "edge_stack", "endpoints", "endpoint_groups",
    "registries",      "resource_control", "roles",    "schedules",  "stacks",    "tags",
    "teams",           "team_membership",  "users",    "webhooks"};

void compare_sequence(const Contents& contents, const char* bucket, Findings& findings) {
    std::uint64_t largest = 0;
    for (const auto& [key, value] : contents.in({bucket}))
        if (key.size() == id_bytes)
            largest = std::max(largest, schema::big_endian(key));
    const auto sequence = contents.sequences.find(Path{bucket});
    if (sequence == contents.sequences.end() || sequence->second >= largest)
        return;
    findings.push_back(
        {"sequence-behind",
         true,
         {bucket},
         {},
         fmt::format("the sequence of {} is {}, its largest number {}", bucket, sequence->second,
                     largest),
         fmt::format("Portainer gives number {} to the next new record: what has that number by "
                     "then is overwritten",
                     sequence->second + 1),
         {{.bucket = {bucket},
           .key = {},
           .value = {},
           .sequence = largest,
           .what = fmt::format("set the sequence to {}", largest)}}});
}

void compare_relations(const Contents& contents, Findings& findings) {
    const Path relations{"endpoint_relations"};
    if (!contents.has_bucket(relations))
        return;
    for (const auto& [key, value] : contents.in(relations))
        if (key.size() == id_bytes && contents.value({"endpoints"}, key) == nullptr)
            findings.push_back({"relation-without-environment",
                                false,
                                relations,
                                key,
                                fmt::format("there is a relation of environment {}, which is gone",
                                            schema::big_endian(key)),
                                "Portainer keeps it, and does not look at it",
                                {}});
}

void compare_members(const Contents& contents, Findings& findings) {
    for (const auto& [key, value] : contents.in({"team_membership"})) {
        const auto user = number_in(value, "UserID");
        std::string id;
        for (int shift = 56; user && shift >= 0; shift -= 8)
            id += static_cast<char>(*user >> static_cast<unsigned>(shift) & 0xFFU);
        if (!user || contents.value({"users"}, id) != nullptr)
            continue;
        findings.push_back({"member-without-user",
                            true,
                            {"team_membership"},
                            key,
                            fmt::format("a team has user {} as a member, who is gone", *user),
                            "Portainer says: Unable to find a user with the specified identifier",
                            {erase({"team_membership"}, key, "remove the membership")}});
    }
}

} // namespace

void compare_portainer(const Contents& contents, Findings& findings) {
    for (const char* bucket : numbered)
        compare_sequence(contents, bucket, findings);
    compare_relations(contents, findings);
    compare_members(contents, findings);
}

} // namespace rebolt::fsck_rules
