// Who wrote a file: told by what it holds. The names of the top-level buckets
// must fit, and what lies in them must be of the forms that the program writes;
// where the top level is lost, the forms must be ones that nobody else has.
#include <algorithm>
#include <cstddef>
#include <map>

#include <rebolt/schema.hpp>

#include "schema/owners.hpp"

namespace rebolt::schema {
namespace {

/// What an entry says of whether the file is an owner's.
struct Tally {
    std::size_t fitting = 0; ///< only the owner's program writes such
    std::size_t foreign = 0; ///< it does not

    void count(Fit fit) {
        fitting += fit == Fit::owners ? 1U : 0U;
        foreign += fit == Fit::foreign ? 1U : 0U;
    }
    // Damaged values are the fewer ones, also in a damaged file.
    [[nodiscard]] bool is_proof() const { return fitting != 0 && foreign <= fitting; }
};

Tally tally_of(const KnownOwner& known, const ContentSample& sample) {
    Tally tally;
    for (const SampleEntry& entry : sample.entries)
        if (entry.is_placed)
            tally.count(fit_of(known, entry));
    return tally;
}

// Whether a value is of a form that a place of the owner's has, whichever bucket
// that is: it does not tell where it belongs, and does not speak against it.
bool may_be_anywhere(const KnownOwner& known, const SampleEntry& entry) {
    return std::ranges::any_of(known.places, [&](const Place& place) {
        return place.key == entry.key ||
               (place.key == "*" && !place.judge({entry.bucket, entry.key, entry.value}));
    });
}

// A value on a leaf of which it is not known where it belongs.
Fit fit_of_orphan(const KnownOwner& known, const SampleEntry& entry) {
    const Home home = home_of(known, entry.key, entry.value);
    if (home && (known.is_proof == nullptr || known.is_proof({*home, entry.key, entry.value})))
        return Fit::owners;
    return home || may_be_anywhere(known, entry) ? Fit::either : Fit::foreign;
}

struct Inside {
    std::vector<std::string_view> keys;
    std::vector<std::string_view> buckets;
};
using Insides = std::map<Path, Inside>;

Insides insides_of(const ContentSample& sample) {
    Insides buckets;
    for (const SampleEntry& entry : sample.entries)
        if (!entry.is_placed && !entry.bucket.empty()) {
            Inside& inside = buckets[entry.bucket];
            (entry.is_bucket ? inside.buckets : inside.keys).push_back(entry.key);
        }
    return buckets;
}

Tally tally_of_orphans(const KnownOwner& known, const ContentSample& sample,
                       const Insides& insides) {
    Tally tally;
    if (known.home_of_key != nullptr)
        for (const SampleEntry& entry : sample.entries)
            if (!entry.is_placed && !entry.is_bucket)
                tally.count(fit_of_orphan(known, entry));
    if (known.home_of_bucket != nullptr)
        for (const auto& [path, inside] : insides)
            tally.count(known.home_of_bucket(path.back(), inside.keys, inside.buckets)
                            ? Fit::owners
                            : Fit::either);
    return tally;
}

Owner owner_of_orphans(const ContentSample& sample) {
    const Insides insides = insides_of(sample);
    for (const KnownOwner* known : known_owners())
        if (tally_of_orphans(*known, sample, insides).is_proof())
            return known->owner;
    return Owner::unknown;
}

} // namespace

Owner identify(const ContentSample& sample) {
    std::vector<std::string_view> names;
    for (const SampleEntry& entry : sample.entries)
        if (entry.is_placed && entry.is_bucket && entry.bucket.empty())
            names.push_back(entry.key);
    if (names.empty())
        return owner_of_orphans(sample);
    for (const KnownOwner* known : known_owners())
        if (known->has_names(names) && tally_of(*known, sample).is_proof())
            return known->owner;
    return Owner::unknown;
}

} // namespace rebolt::schema
