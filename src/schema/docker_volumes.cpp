// dockerd's volumes/metadata.db: bucket `volumes`, key = the volume's name,
// value = a JSON object. The JSON repeats the name, but a volume plugin may
// have changed it after creation, and records made anew have it empty.
// By moby's volume/service/db.go, which takes an empty value for no metadata.
#include "schema/json_text.hpp"
#include "schema/value_rules.hpp"

namespace rebolt::schema {

ValueFault judge_docker_volumes(BucketPath bucket, std::string_view /*key*/,
                                std::string_view value) {
    if (bucket.size() != 1 || bucket[0] != "volumes" || value.empty())
        return std::nullopt;
    return judge_json(value, {});
}

} // namespace rebolt::schema
