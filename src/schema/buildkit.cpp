// BuildKit's cache.db (`_result`, `_links`, `_byresult`, `_backlinks`) and its
// metadata_v2.db (`_main`, `_index`; `_external` holds anything). By
// solver/bboltcachestorage/storage.go and cache/metadata/metadata.go.
#include <array>

#include "schema/json_text.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::buildkit {
namespace {

// `_links/<id>`: the link is the key, `<JSON>@<target id>`, and has no value.
ValueClause judge_link(std::string_view key, std::string_view value) {
    const std::size_t at = key.rfind('@');
    if (at == std::string_view::npos)
        return "the key is not of the form JSON@id";
    if (auto fault = judge_json(key.substr(0, at), {.subject = "the JSON in the key"}))
        return fault;
    return judge_empty(value);
}

ValueClause judge_index(std::string_view key, std::string_view value) {
    if (key.find("::") == std::string_view::npos)
        return "the key is not of the form index::id";
    return judge_empty(value);
}

ValueClause judge_buildkit(const Entry& entry) {
    const auto& [bucket, key, value] = entry;
    if (bucket.size() == 1 && bucket[0] == "_index")
        return judge_index(key, value);
    if (bucket.size() != 2)
        return std::nullopt;
    const std::string_view top = bucket[0];
    if (top == "_result")
        return judge_json(value, {.id_field = "ID", .id = key});
    if (top == "_links")
        return judge_link(key, value);
    if (top == "_byresult" || top == "_backlinks")
        return judge_empty(value);
    if (top == "_main" && !value.empty()) // empty: a field that was taken back
        return judge_json(value, {});
    return std::nullopt;
}

Fit fit_buildkit(const SampleEntry& entry) {
    if (entry.is_bucket)
        return Fit::either;
    if (judge_buildkit({entry.bucket, entry.key, entry.value}))
        return entry.value.starts_with('{') ? Fit::either : Fit::foreign;
    const std::string_view top = entry.bucket.empty() ? "" : std::string_view(entry.bucket[0]);
    if (entry.bucket.size() == 1)
        return top == "_index" ? Fit::owners : Fit::either;
    const bool is_known = top == "_result" || top == "_links" || top == "_byresult" ||
                          top == "_backlinks" || top == "_main";
    return is_known && entry.bucket.size() == 2 ? Fit::owners : Fit::either;
}

bool has_names(Names names) {
    static constexpr std::array<std::string_view, 4> cache{"_result", "_links", "_byresult",
                                                           "_backlinks"};
    static constexpr std::array<std::string_view, 2> metadata{"_index", "_external"};
    if (count_of(names, cache) >= 2)
        return true;
    return has(names, "_main") && (names.size() == 1 || count_of(names, metadata) > 0);
}

constexpr std::array<Place, 5> places{{
    {.bucket = "_result/*", .key = "*", .judge = judge_buildkit, .shown = Shown::json},
    {.bucket = "_main/*", .key = "*", .judge = judge_buildkit, .shown = Shown::json},
    {.bucket = "_links/*", .key = "*", .judge = judge_buildkit},
    {.bucket = "_byresult/*", .key = "*", .judge = judge_buildkit},
    {.bucket = "_backlinks/*", .key = "*", .judge = judge_buildkit},
}};

std::optional<ValueFault> validate_buildkit(const Entry& entry) {
    if (ValueClause clause = judge_buildkit(entry))
        return ValueFault{std::move(*clause)};
    return std::nullopt;
}

} // namespace
} // namespace rebolt::schema::buildkit

namespace rebolt::schema {

constinit const KnownOwner buildkit_owner{.owner = Owner::buildkit,
                                          .name = "buildkit",
                                          .has_names = buildkit::has_names,
                                          .places = buildkit::places,
                                          .fit = buildkit::fit_buildkit,
                                          .validate = buildkit::validate_buildkit};

} // namespace rebolt::schema
