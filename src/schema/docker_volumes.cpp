// dockerd's volumes/metadata.db: bucket `volumes`, key = the volume's name,
// value = a JSON object. The JSON repeats the name, but a volume plugin may
// have changed it after creation, and recreated records have it empty.
// By moby's volume/service/db.go, which takes an empty value for no metadata.
#include <array>

#include "schema/json_text.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::docker_volumes {
namespace {

bool has_names(Names names) {
    return names.size() == 1 && names[0] == "volumes";
}

ValueClause judge_volume(const Entry& entry) {
    return entry.value.empty() ? std::nullopt : judge_json(entry.value, {});
}

constexpr std::array<Place, 1> places{
    {{.bucket = "volumes", .key = "*", .judge = judge_volume, .shown = Shown::json}}};

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

} // namespace
} // namespace rebolt::schema::docker_volumes

namespace rebolt::schema {

constinit const KnownOwner docker_volumes_owner{.owner = Owner::docker_volumes,
                                                .name = "docker-volumes",
                                                .has_names = docker_volumes::has_names,
                                                .places = docker_volumes::places,
                                                .fit = docker_volumes::fit_docker_volumes};

} // namespace rebolt::schema
