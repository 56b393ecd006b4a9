#include "schema/known_owner.hpp"

#include <algorithm>

namespace rebolt::schema {
namespace {

bool is_name(std::string_view pattern, std::string_view name) noexcept {
    if (pattern.ends_with('*'))
        return name.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == name;
}

bool is_bucket(std::string_view pattern, BucketPath bucket) noexcept {
    for (const std::string& name : bucket) {
        const std::size_t slash = pattern.find('/');
        if (pattern.empty() || !is_name(pattern.substr(0, slash), name))
            return false;
        pattern.remove_prefix(slash == std::string_view::npos ? pattern.size() : slash + 1);
    }
    return pattern.empty();
}

} // namespace

bool has(Names names, std::string_view name) noexcept {
    return std::ranges::find(names, name) != names.end();
}

std::size_t count_of(Names names, Names wanted) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(wanted, [&](std::string_view name) { return has(names, name); }));
}

const Place* place_of(const KnownOwner& known, BucketPath bucket, std::string_view key) noexcept {
    for (const Place& place : known.places)
        if (is_name(place.key, key) && is_bucket(place.bucket, bucket))
            return &place;
    return nullptr;
}

Fit fit_of(const KnownOwner& known, const SampleEntry& entry) {
    if (known.fit != nullptr)
        return known.fit(entry);
    if (entry.is_bucket)
        return Fit::either;
    const Place* place = place_of(known, entry.bucket, entry.key);
    if (place == nullptr)
        return Fit::either;
    if (place->judge({entry.bucket, entry.key, entry.value}))
        return Fit::foreign;
    return place->is_telling ? Fit::owners : Fit::either;
}

std::optional<ValueFault> fault_of(const KnownOwner& known, const Entry& entry) {
    if (known.validate != nullptr)
        return known.validate(entry);
    const Place* place = place_of(known, entry.bucket, entry.key);
    if (place == nullptr)
        return std::nullopt;
    if (ValueClause clause = place->judge(entry))
        return ValueFault{std::move(*clause)};
    return std::nullopt;
}

Home home_of(const KnownOwner& known, std::string_view key, std::string_view value) {
    if (known.home_of_key == nullptr)
        return std::nullopt;
    Home home = known.home_of_key(key, value);
    if (home && fault_of(known, {*home, key, value}))
        return std::nullopt;
    return home;
}

} // namespace rebolt::schema
