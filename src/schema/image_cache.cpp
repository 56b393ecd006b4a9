// blob-info-cache-v1.boltdb of containers/image (Podman, Buildah, Skopeo, CRI-O):
// what is known of blobs, by digest. By pkg/blobinfocache/boltdb/boltdb.go.
#include <array>

#include "schema/forms.hpp"
#include "schema/go_time.hpp"
#include "schema/owners.hpp"

namespace rebolt::schema::image_cache {
namespace {

// Of an algorithm that is not known here only the form is: `name:hex`.
bool is_any_digest(std::string_view text) {
    if (text.starts_with("sha256:") || text.starts_with("sha512:"))
        return is_digest(text);
    return is_text(text) && text.contains(':');
}

ValueClause judge_key(const Entry& entry) {
    return judge_key_is(is_any_digest(entry.key), entry, "a digest");
}

ValueClause judge_digest_to_digest(const Entry& entry) {
    if (auto fault = judge_key(entry))
        return fault;
    return judge_value_is(is_any_digest(entry.value), entry, "a digest");
}

ValueClause judge_compressor(const Entry& entry) {
    if (auto fault = judge_key(entry))
        return fault;
    return judge_text(entry);
}

ValueClause judge_member(const Entry& entry) {
    if (auto fault = judge_key(entry))
        return fault;
    return judge_empty(entry.value);
}

ValueClause judge_location(const Entry& entry) {
    return judge_go_time(entry.value);
}

constexpr std::array<Place, 5> places{{
    {.bucket = "uncompressedDigest", .key = "*", .judge = judge_digest_to_digest},
    {.bucket = "uncompressedDigestByTOC", .key = "*", .judge = judge_digest_to_digest},
    {.bucket = "digestCompressor", .key = "*", .judge = judge_compressor},
    {.bucket = "digestByUncompressed/*", .key = "*", .judge = judge_member},
    {.bucket = "knownLocations/*/*/*",
     .key = "*",
     .judge = judge_location,
     .shown = Shown::go_time},
}};

bool has_names(Names names) {
    static constexpr std::array<std::string_view, 5> own{
        "uncompressedDigest", "uncompressedDigestByTOC", "digestCompressor", "digestByUncompressed",
        "knownLocations"};
    return !names.empty() && count_of(names, own) == names.size();
}

Home home_of_image_key(std::string_view key, std::string_view value) {
    static constexpr std::array<std::string_view, 5> compressors{"gzip", "zstd", "uncompressed",
                                                                 "zstd:chunked", "bzip2"};
    return is_digest(key) && has(compressors, value) ? Home(Path{"digestCompressor"})
                                                     : std::nullopt;
}

bool are_digests(Names names) {
    for (const std::string_view name : names)
        if (!is_digest(name))
            return false;
    return !names.empty();
}

Home home_of_image_bucket(std::string_view name, Names keys, Names buckets) {
    const bool is_set = is_digest(name) && buckets.empty() && are_digests(keys);
    return is_set ? Home(Path{"digestByUncompressed"}) : std::nullopt;
}

} // namespace
} // namespace rebolt::schema::image_cache

namespace rebolt::schema {

constinit const KnownOwner image_cache_owner{.owner = Owner::image_cache,
                                             .name = "image-cache",
                                             .has_names = image_cache::has_names,
                                             .places = image_cache::places,
                                             .home_of_key = image_cache::home_of_image_key,
                                             .home_of_bucket = image_cache::home_of_image_bucket};

} // namespace rebolt::schema
