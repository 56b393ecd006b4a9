// InfluxDB 2's indexes: a record's name, or its token, leads to its id. By
// tenant/storage_*.go and authorization/storage*.go.
#include <array>

#include <fmt/format.h>

#include <rebolt/finding.hpp>

#include "fsck/contents.hpp"
#include "fsck/json.hpp"

namespace rebolt::fsck_rules {
namespace {

struct Index {
    std::string_view noun;
    const char* records;
    const char* index;
    const char* prefix;        ///< a member that the index's key begins with, or ""
    const char* name;          ///< the member that it ends with
    std::string_view missing;  ///< what influxd says of a record without its entry
    std::string_view dangling; ///< and of an entry without its record
    bool is_secret = false;
};
constexpr std::array<Index, 4> indexes{{
    {"user", "usersv1", "userindexv1", "", "name", "nobody can sign in by this name",
     "influxd says: user not found, and the name cannot be used again"},
    {"organization", "organizationsv1", "organizationindexv1", "", "name",
     "influxd says: organization name not found",
     "influxd says: organization not found, and the name cannot be used again"},
    {"bucket", "bucketsv1", "bucketindexv1", "orgID", "name",
     "influxd says: bucket not found, to each write and query that names it",
     "influxd says: bucket not found, and the name cannot be used again"},
    {"authorization", "authorizationsv1", "authorizationindexv1", "", "token",
     "influxd says: unauthorized access, to each request with this token",
     "influxd says: authorization not found", true},
}};

std::string shown_key(const Index& index, std::string_view key) {
    return index.is_secret ? "<token>" : printable(key);
}

// The key under which a record is in its index; empty: it names none.
std::string key_of(const Index& index, std::string_view record) {
    const std::string name = string_in(record, index.name);
    const std::string prefix = *index.prefix == 0 ? "" : string_in(record, index.prefix);
    return name.empty() || (*index.prefix != 0 && prefix.empty()) ? "" : prefix + name;
}

void compare_records(const Contents& contents, const Index& index, Findings& findings) {
    for (const auto& [id, record] : contents.in({index.records})) {
        const std::string key = key_of(index, record);
        if (record.empty() || key.empty())
            continue;
        const std::string* entry = contents.value({index.index}, key);
        const bool is_free = entry == nullptr || entry->empty();
        if (!is_free && *entry == id)
            continue;
        const bool is_anothers =
            !is_free && key_of(index, contents.value({index.records}, *entry) == nullptr
                                          ? std::string_view()
                                          : *contents.value({index.records}, *entry)) == key;
        if (is_anothers)
            findings.push_back(
                {"name-twice",
                 true,
                 {index.records},
                 id,
                 fmt::format("the {} {} has the name of {}", index.noun, id, printable(*entry)),
                 "influxd reaches only one of the two by name",
                 {}});
        else
            findings.push_back(
                {"record-without-index",
                 true,
                 {index.index},
                 key,
                 fmt::format("{} does not lead to the {} {}", index.index, index.noun, id),
                 std::string(index.missing),
                 {put({index.index}, key, id, "add it to the index")}});
    }
}

void compare_entries(const Contents& contents, const Index& index, Findings& findings) {
    for (const auto& [key, id] : contents.in({index.index})) {
        if (id.empty())
            continue;
        const std::string* record = contents.value({index.records}, id);
        const bool is_gone = record == nullptr || record->empty();
        if (!is_gone && key_of(index, *record) == key)
            continue;
        findings.push_back({"index-without-record",
                            true,
                            {index.index},
                            key,
                            is_gone
                                ? fmt::format("{} leads from `{}` to {}, which is gone",
                                              index.index, shown_key(index, key), printable(id))
                                : fmt::format("{} leads from `{}` to {}, which has another name",
                                              index.index, shown_key(index, key), printable(id)),
                            std::string(index.dangling),
                            {erase({index.index}, key, "remove it from the index")}});
    }
}

void compare_passwords(const Contents& contents, Findings& findings) {
    for (const auto& [id, hash] : contents.in({"userspasswordv1"}))
        if (!hash.empty() && contents.value({"usersv1"}, id) == nullptr)
            findings.push_back({"password-without-user",
                                false,
                                {"userspasswordv1"},
                                id,
                                fmt::format("the password of {} is kept, and no such user", id),
                                "influxd does not look at it",
                                {}});
}

} // namespace

void compare_influxdb(const Contents& contents, Findings& findings) {
    for (const Index& index : indexes) {
        compare_records(contents, index, findings);
        compare_entries(contents, index, findings);
    }
    compare_passwords(contents, findings);
}

} // namespace rebolt::fsck_rules
