// KnownOwner: all that is known of one program that writes bbolt files. Each has
// a file of its own, which defines one such value, and a row in owners.cpp.
//
// Most owners are a table of places: a bucket, a key, the form of the value. From
// it follow what is judged, how the file is told from others, and what is shown.
// What tells where a key or a bucket belongs is a function, as it needs thought:
// it must be true for a page that nothing else speaks for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <rebolt/owner_rules.hpp>
#include <rebolt/schema.hpp>

#include "schema/value_rules.hpp"

namespace rebolt::schema {

enum class Fit : std::uint8_t {
    either,  ///< says nothing
    owners,  ///< of the owner's form
    foreign, ///< at a place whose form is known, and of another one
};

/// A key and its value, and the buckets above.
struct Entry {
    BucketPath bucket;
    std::string_view key;
    std::string_view value;
};

/// How the values of a place, or its keys, are shown.
enum class Shown : std::uint8_t {
    as_is,      ///< as any bytes are
    json,       ///< members with a secret's name are left out
    big_endian, ///< a number of up to 8 bytes
    little_endian,
    message, ///< protobuf, by field numbers
    msgpack, ///< as JSON
    go_time, ///< time.Time.MarshalBinary
    secret,  ///< all of it
};

/// A place in the file whose form is known.
struct Place {
    std::string_view bucket; ///< names joined by '/'; `*` is any name: `ctr/*`
    std::string_view key;    ///< a name, `*` for any, or `task-*` for those that begin so
    ValueClause (*judge)(const Entry& entry);
    Shown shown = Shown::as_is;
    Shown key_shown = Shown::as_is;
    std::string_view secret = {}; ///< of Shown::secret: `password hash`
    /// A sound value here is of a form that other programs hardly write.
    bool is_telling = true;
};

using Path = std::vector<std::string>;
using Home = std::optional<Path>;
using Names = std::span<const std::string_view>;

struct KnownOwner {
    Owner owner = Owner::unknown;
    std::string_view name;
    /// The names of the top-level buckets are the owner's. They prove nothing.
    bool (*has_names)(Names names) = nullptr;
    std::span<const Place> places = {};
    /// Instead of what `places` say.
    Fit (*fit)(const SampleEntry& entry) = nullptr;
    std::optional<ValueFault> (*validate)(const Entry& entry) = nullptr;
    Home (*home_of_key)(std::string_view key, std::string_view value) = nullptr;
    Home (*home_of_bucket)(std::string_view name, Names keys, Names buckets) = nullptr;
    std::optional<ValueAge> (*age_of)(const Entry& entry) = nullptr;
    /// Of a page that nothing leads to: whether an entry proves the owner by the home
    /// that it tells. nullptr: each does.
    bool (*is_proof)(const Entry& at_home) = nullptr;
    std::optional<ReadableValue> (*readable)(const Entry& entry) = nullptr;
    /// What a record is to a person, in the plural; empty: none. nullptr: each key is
    /// one of `keys`.
    std::string_view (*record_kind)(BucketPath bucket, std::string_view key) = nullptr;
    /// The same of a bucket in `bucket`.
    std::string_view (*record_kind_of_bucket)(BucketPath bucket) = nullptr;
    bool keeps_secrets = false; ///< a value of which nothing is known may be one
};

/// The place of an entry, or nullptr. The first one that fits.
[[nodiscard]] const Place* place_of(const KnownOwner& known, BucketPath bucket,
                                    std::string_view key) noexcept;

[[nodiscard]] Fit fit_of(const KnownOwner& known, const SampleEntry& entry);
[[nodiscard]] std::optional<ValueFault> fault_of(const KnownOwner& known, const Entry& entry);
/// The home that the owner's function tells, if the entry is sound there.
[[nodiscard]] Home home_of(const KnownOwner& known, std::string_view key, std::string_view value);

[[nodiscard]] bool has(Names names, std::string_view name) noexcept;
/// How many of `wanted` are among the names.
[[nodiscard]] std::size_t count_of(Names names, Names wanted) noexcept;

} // namespace rebolt::schema
