// trivy.db: `vulnerability`/<id>, `data-source`/<platform>, and for each platform
// <package>/<id>: all of it JSON. By aquasecurity/trivy-db's pkg/db.
#include <array>

#include "schema/forms.hpp"
#include "schema/json_members.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::trivy {
namespace {

constexpr std::array<Place, 4> places{{
    {.bucket = "vulnerability", .key = "*", .judge = judge_object, .shown = Shown::json},
    {.bucket = "data-source", .key = "*", .judge = judge_object, .shown = Shown::json},
    {.bucket = "vulnerability-detail/*", .key = "*", .judge = judge_object, .shown = Shown::json},
    {.bucket = "*/*",
     .key = "*",
     .judge = judge_any_json,
     .shown = Shown::json,
     .is_telling = false},
}};

bool has_names(Names names) {
    return has(names, "vulnerability") && has(names, "data-source");
}

Home home_of_trivy_key(std::string_view key, std::string_view value) {
    if (!key.starts_with("CVE-") && !key.starts_with("GHSA-"))
        return std::nullopt;
    const auto members = JsonMembers::read(value);
    const bool is_text = members && (members->has("Description") || members->has("Title"));
    return is_text && !members->has("FixedVersion") ? Home(Path{"vulnerability"}) : std::nullopt;
}

} // namespace
} // namespace rebolt::schema::trivy

namespace rebolt::schema {

constinit const KnownOwner trivy_owner{.owner = Owner::trivy,
                                       .name = "trivy",
                                       .has_names = trivy::has_names,
                                       .places = trivy::places,
                                       .home_of_key = trivy::home_of_trivy_key};

} // namespace rebolt::schema
