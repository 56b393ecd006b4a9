// The public functions: each asks the row of the owner.
#include <fmt/format.h>

#include <rebolt/finding.hpp>

#include "schema/owners.hpp"

namespace rebolt::schema {

std::string_view name_of(Owner owner) noexcept {
    const KnownOwner* known = known_owner(owner);
    return known == nullptr ? "unknown" : known->name;
}

std::optional<ValueFault> validate(Owner owner, BucketPath bucket, std::string_view key,
                                   std::string_view value) {
    const KnownOwner* known = known_owner(owner);
    return known == nullptr ? std::nullopt : fault_of(*known, {bucket, key, value});
}

Home home_of_key(Owner owner, std::string_view key, std::string_view value) {
    const KnownOwner* known = known_owner(owner);
    return known == nullptr ? std::nullopt : home_of(*known, key, value);
}

Home home_of_bucket(Owner owner, std::string_view name, Names keys, Names buckets) {
    const KnownOwner* known = known_owner(owner);
    if (known == nullptr || known->home_of_bucket == nullptr)
        return std::nullopt;
    return known->home_of_bucket(name, keys, buckets);
}

bool knows(Owner owner, BucketPath bucket, std::string_view key, std::string_view value) {
    const KnownOwner* known = known_owner(owner);
    if (known == nullptr)
        return false;
    const Place* place = place_of(*known, bucket, key);
    return place != nullptr && !place->judge({bucket, key, value});
}

std::optional<ValueAge> age_of(Owner owner, BucketPath bucket, std::string_view key,
                               std::string_view value) {
    const KnownOwner* known = known_owner(owner);
    if (known == nullptr || known->age_of == nullptr)
        return std::nullopt;
    return known->age_of({bucket, key, value});
}

std::string shown(std::string_view text) {
    constexpr std::size_t shown_bytes = 80;
    if (text.size() <= shown_bytes)
        return printable(text);
    return printable(text.substr(0, shown_bytes)) + "...";
}

ValueClause judge_empty(std::string_view value) {
    if (value.empty())
        return std::nullopt;
    return fmt::format("expected no value, found {} bytes", value.size());
}

} // namespace rebolt::schema

namespace rebolt {

const OwnerRules& known_owner_rules() noexcept {
    static const OwnerRules rules{.identify = schema::identify,
                                  .validate = schema::validate,
                                  .home_of_key = schema::home_of_key,
                                  .home_of_bucket = schema::home_of_bucket,
                                  .knows = schema::knows,
                                  .age_of = schema::age_of};
    return rules;
}

} // namespace rebolt
