// dockerd's volumes/metadata.db: bucket `volumes`, key = the volume's name,
// value = a JSON object. The JSON repeats the name, but a volume plugin may
// have changed it after creation, and records made anew have it empty.
// By moby's volume/service/db.go, which takes an empty value for no metadata.
#include "schema/forms.hpp"
#include "schema/json_text.hpp"
#include "schema/value_rules.hpp"

namespace rebolt::schema {

ValueClause validate_docker_volumes(BucketPath bucket, std::string_view /*key*/,
                                    std::string_view value) {
    if (bucket.size() != 1 || bucket[0] != "volumes" || value.empty())
        return std::nullopt;
    return judge_json(value, {});
}

// Go writes a struct's fields in their order.
Fit fit_docker_volumes(const SampleEntry& entry) {
    if (entry.is_bucket || entry.bucket.size() != 1 || entry.bucket[0] != "volumes" ||
        entry.value.empty())
        return Fit::either;
    const bool is_whole = entry.value.ends_with('}');
    const bool has_driver = entry.value.contains("\"Driver\":\"");
    return entry.value.starts_with("{\"Name\":\"") && (has_driver || !is_whole) ? Fit::owners
                                                                                : Fit::foreign;
}

} // namespace rebolt::schema
