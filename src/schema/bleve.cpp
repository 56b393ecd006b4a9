// root.bolt of a Bleve index (scorch): `s`/<epoch>, a snapshot of the index. In it
// `m` and `i`, and a bucket for each segment, which names its file. By
// index/scorch/persister.go and util/keys.go.
#include <array>

#include "schema/forms.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::bleve {
namespace {

bool is_segment_file(std::string_view name) {
    constexpr std::string_view ending = ".zap";
    if (!name.ends_with(ending) || name.size() < ending.size() + 12)
        return false;
    return is_hex(name.substr(0, name.size() - ending.size()), name.size() - ending.size());
}

ValueClause judge_path(const Entry& entry) {
    return judge_value_is(is_segment_file(entry.value), entry, "a segment's file");
}

ValueClause judge_fields(const Entry& entry) {
    return entry.value.empty() ? std::nullopt : judge_any_json(entry);
}

ValueClause judge_anything(const Entry& /*entry*/) {
    return std::nullopt;
}

constexpr std::array<Place, 7> places{{
    {.bucket = "s/*/m", .key = "type", .judge = judge_text},
    {.bucket = "s/*/m", .key = "timeStamp", .judge = judge_text, .is_telling = false},
    {.bucket = "s/*/m", .key = "*", .judge = judge_anything, .is_telling = false},
    {.bucket = "s/*/i", .key = "*", .judge = judge_anything, .is_telling = false},
    {.bucket = "s/*/*", .key = "p", .judge = judge_path},
    {.bucket = "s/*/*", .key = "fields", .judge = judge_fields, .is_telling = false},
    {.bucket = "s/*/*", .key = "*", .judge = judge_anything, .is_telling = false},
}};

bool has_names(Names names) {
    return names.size() == 1 && names[0] == "s";
}

Home home_of_bleve_bucket(std::string_view name, Names keys, Names buckets) {
    if (has(buckets, "m") && has(buckets, "i") && keys.empty())
        return Path{"s"};
    static constexpr std::array<std::string_view, 3> own{"type", "version", "timeStamp"};
    const bool is_meta = name == "m" && count_of(keys, own) == own.size();
    return is_meta ? Home(Path{"s", "*"}) : std::nullopt;
}

} // namespace
} // namespace rebolt::schema::bleve

namespace rebolt::schema {

constinit const KnownOwner bleve_owner{.owner = Owner::bleve,
                                       .name = "bleve",
                                       .has_names = bleve::has_names,
                                       .places = bleve::places,
                                       .home_of_bucket = bleve::home_of_bleve_bucket};

} // namespace rebolt::schema
